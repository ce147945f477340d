package tlsengine_test

import (
	"crypto/elliptic"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// only12 is the Config with TLS 1.2 alone.
func only12(cfg *tlsengine.Config) *tlsengine.Config {
	cfg.MinVersion, cfg.MaxVersion = tlsengine.VersionTLS12, tlsengine.VersionTLS12
	return cfg
}

func client12() *tlsengine.Config { return only12(testpeer.ClientConfig()) }
func server12() *tlsengine.Config { return only12(testpeer.ServerConfig()) }

func suites12() (list []*cipher.Suite) {
	for _, s := range cipher.Suites() {
		if !s.TLS13() {
			list = append(list, s)
		}
	}
	return list
}

func groups12() (list []*group.Group) {
	for _, id := range []group.ID{group.X25519, group.P256, group.P384, group.P521, group.X448} {
		list = append(list, group.Lookup(id))
	}
	return list
}

// signers12 are the ways in which a server can sign in TLS 1.2.
func signers12() (list []signer12) {
	ed := testpeer.EdIdentity(testpeer.Name)
	add := func(auth cipher.Auth, c *tlsengine.Credential, schemes ...signature.Scheme) {
		for _, s := range schemes {
			own := *c
			own.Schemes = []signature.Scheme{s}
			list = append(list, signer12{auth, s, &own})
		}
	}
	// In TLS 1.2 the scheme names a hash, not a curve.
	ecdsa := []signature.Scheme{signature.ECDSASecp256r1SHA256, signature.ECDSASecp384r1SHA384, signature.ECDSASecp521r1SHA512}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		add(cipher.AuthECDSA, ecCredential(curve), ecdsa...)
	}
	add(cipher.AuthECDSA, ed.Credential(), signature.Ed25519)
	add(cipher.AuthRSA, rsaCredential(), signature.RSAPKCS1SHA256, signature.RSAPKCS1SHA384, signature.RSAPKCS1SHA512,
		signature.RSAPSSRsaeSHA256, signature.RSAPSSRsaeSHA384, signature.RSAPSSRsaeSHA512)
	return list
}

type signer12 struct {
	auth   cipher.Auth
	scheme signature.Scheme
	cred   *tlsengine.Credential
}

func TestTLS12EverySuiteGroupAndSignature(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	data := make([]byte, 40000)
	for _, suite := range suites12() {
		for _, signer := range signers12() {
			if signer.auth != suite.Auth {
				continue
			}
			for _, g := range groups12() {
				t.Run(fmt.Sprintf("%v/%v/%v", suite, signer.scheme, g.ID), func(t *testing.T) {
					c, s := client12(), server12()
					c.Suites = []*cipher.Suite{suite}
					c.Groups = append(groups12(), g)
					s.Groups = []*group.Group{g}
					s.Credentials = []*tlsengine.Credential{signer.cred}
					p := meet(t, c, s)
					for _, e := range []*end{p.client, p.server} {
						state := e.ConnectionState()
						require.Equal(t, tlsengine.VersionTLS12, state.Version)
						require.Equal(t, suite.ID, state.Suite.ID)
						require.Equal(t, g.ID, state.Group)
						require.True(t, state.EMS)
						require.True(t, state.SecureRenegotiation)
						require.False(t, state.Resumed)
					}
					require.Equal(t, signer.scheme, p.client.ConnectionState().PeerScheme)
					require.Equal(t, signer.scheme, p.server.ConnectionState().OwnScheme)
					require.Equal(t, signer.cred.Chain, p.client.ConnectionState().PeerChain)
					p.exchange(data)
					p.sameSecrets()
				})
			}
		}
	}
}
