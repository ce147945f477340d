package interop

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// peers are all that the engine is run against.
var peers = append([]*peer{openssl, gnutls, nss, curl, std}, newer()...)

func peers12() (list []*peer) {
	for _, p := range peers {
		list = append(list, p.tls12())
	}
	return list
}

var tls13Suites = []cipher.ID{
	cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384, cipher.TLS_CHACHA20_POLY1305_SHA256,
}

var tls12Suites = []cipher.ID{
	cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// certificateFor is the kind of certificate that goes with a suite.
func certificateFor(id cipher.ID) kind {
	if cipher.Lookup(id).Auth == cipher.AuthRSA {
		return rsaKey
	}
	return ecdsa256
}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "4") // they mostly wait
	os.Exit(withScratch(m))
}

func withScratch(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tlsengine-interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratchDir = dir
	return corpus(m.Run())
}

// client is the Config of an engine as client of the peer.
func (p *peer) client(t testing.TB) *tlsengine.Config {
	return p.bound(&tlsengine.Config{
		Roots: keys(t).pool, ServerName: serverName,
		Groups: group.All(), Signatures: signature.All(),
	})
}

// server is the Config of an engine as server of the peer.
func (p *peer) server(t testing.TB, k kind) *tlsengine.Config {
	return p.bound(&tlsengine.Config{
		Credentials: []*tlsengine.Credential{keys(t).identity(t, k).credential},
		Roots:       keys(t).pool,
		TicketKeys:  tlsengine.NewTicketKeys(),
		Groups:      group.All(), Signatures: signature.All(),
	})
}

// bound leaves the choice of the version to peers that can make it.
func (p *peer) bound(cfg *tlsengine.Config) *tlsengine.Config {
	if p.can(hasNoChoice) {
		cfg.MinVersion, cfg.MaxVersion = p.version, p.version
	}
	return cfg
}

// only restricts a Config to one suite or one group; 0 leaves it.
func only(cfg *tlsengine.Config, suite cipher.ID, g group.ID) *tlsengine.Config {
	if suite != 0 {
		cfg.Suites = []*cipher.Suite{cipher.Lookup(suite)}
	}
	if g != 0 {
		cfg.Groups = []*group.Group{group.Lookup(g)}
	}
	return cfg
}

// anyGroup is a kind of certificate that goes with any group: in TLS 1.2 the
// groups are also the curves of certificates.
func (p *peer) anyGroup() kind {
	if p.tls13() {
		return ecdsa256
	}
	return rsaKey
}

// signsWith are the schemes that keys of a kind sign with.
func (k kind) signsWith(v tlsengine.Version) []signature.Scheme {
	switch {
	case v == tlsengine.VersionTLS12 && strings.HasPrefix(string(k), "ecdsa"):
		return []signature.Scheme{signature.ECDSASecp256r1SHA256, signature.ECDSASecp384r1SHA384, signature.ECDSASecp521r1SHA512}
	case k == rsaKey && v == tlsengine.VersionTLS12:
		return []signature.Scheme{
			signature.RSAPSSRsaeSHA256, signature.RSAPSSRsaeSHA384, signature.RSAPSSRsaeSHA512,
			signature.RSAPKCS1SHA256, signature.RSAPKCS1SHA384, signature.RSAPKCS1SHA512,
		}
	case k == rsaKey:
		return []signature.Scheme{signature.RSAPSSRsaeSHA256, signature.RSAPSSRsaeSHA384, signature.RSAPSSRsaeSHA512}
	case k == rsaPSSKey:
		return []signature.Scheme{signature.RSAPSSPssSHA256, signature.RSAPSSPssSHA384, signature.RSAPSSPssSHA512}
	}
	return map[kind][]signature.Scheme{
		ecdsa256:   {signature.ECDSASecp256r1SHA256},
		ecdsa384:   {signature.ECDSASecp384r1SHA384},
		ecdsa521:   {signature.ECDSASecp521r1SHA512},
		ed25519Key: {signature.Ed25519},
		ed448Key:   {signature.Ed448},
		mldsa44Key: {signature.MLDSA44},
		mldsa65Key: {signature.MLDSA65},
		mldsa87Key: {signature.MLDSA87},
	}[k]
}

// test is one thing to try with one peer.
type test struct {
	name string
	run  func(t *testing.T, p *peer)
}

// forPeers runs the tests of each peer that has any.
func forPeers(t *testing.T, list []*peer, tests func(p *peer) []test) {
	if testing.Short() {
		t.Skip("other implementations take a while")
	}
	for _, p := range list {
		tests := tests(p)
		if len(tests) == 0 {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			p.here(t)
			t.Parallel()
			for _, x := range tests {
				t.Run(x.name, func(t *testing.T) {
					t.Parallel()
					x.run(t, p)
				})
			}
		})
	}
}

// check compares what was agreed with what the engine and the peer were told.
func (p *peer) check(t *testing.T, state tlsengine.ConnectionState, suite cipher.ID, g group.ID) {
	t.Helper()
	require.Equal(t, p.version, state.Version)
	require.True(t, state.EMS)
	require.True(t, state.SecureRenegotiation)
	if suite != 0 {
		require.Equal(t, suite, state.Suite.ID)
	}
	if g != 0 {
		require.Equal(t, g, state.Group)
	}
}
