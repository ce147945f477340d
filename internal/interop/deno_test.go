package interop

import (
	"fmt"
	"os"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testproc"
)

var denoProgram = os.Getenv("TLSENGINE_DENO")

// deno is Deno, for its rustls, which cannot be told much; make interop says
// where it is.
var deno = &peer{
	name: "deno", programs: []string{denoProgram}, source: "make interop",
	serve: denoServe, connect: denoConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{group.X25519MLKEM768, group.X25519, group.P256, group.P384},
	kinds:  []kind{ecdsa256, ecdsa384, rsaKey, ed25519Key},
	has:    hasALPN | hasEcho | hasClose | hasNoChoice,
}

func denoStart(t *testing.T, x *script) *process {
	env := []string{"DENO_DIR=" + keys(t).file("deno"), "DENO_NO_UPDATE_CHECK=1", "NO_COLOR=1"}
	return x.start(t, env, denoProgram, "deno.ts", "run", "--no-remote", "--no-check", "--no-lock", "--no-config", "--allow-net", "--allow-read")
}

func denoServe(t *testing.T, s setup) *running {
	x := newScript(&s)
	x.Port = testproc.FreePort(t)
	return &running{process: denoStart(t, x), addr: fmt.Sprintf("127.0.0.1:%d", x.Port)}
}

func denoConnect(t *testing.T, s setup, addr string) *running {
	x := newScript(&s)
	x.Connect = addr
	return &running{process: denoStart(t, x)}
}
