package tlsengine_test

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// pkcs8 is a key in PKCS #8.
func pkcs8(t *testing.T, key any) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return der
}

func TestPrivateKeysInPEM(t *testing.T) {
	key := testpeer.ECKey(elliptic.P256(), testpeer.Name)
	sec1, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	for name, text := range map[string][]byte{
		"PKCS #8":                  block("PRIVATE KEY", pkcs8(t, key)),
		"SEC 1":                    block("EC PRIVATE KEY", sec1),
		"SEC 1 behind its curve":   append(block("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}), block("EC PRIVATE KEY", sec1)...),
		"PKCS #8 behind its chain": append(block("CERTIFICATE", testpeer.Issue(testpeer.Name, key.Public())), block("PRIVATE KEY", pkcs8(t, key))...),
	} {
		signer, err := tlsengine.SignerFromPEM(text)
		require.NoError(t, err, name)
		require.True(t, key.PublicKey.Equal(signer.Public()), name)
	}
	signer, err := tlsengine.SignerFromPEM(block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey())))
	require.NoError(t, err)
	require.True(t, rsaKey().PublicKey.Equal(signer.Public()))
}

func TestPEMThatIsNoCredential(t *testing.T) {
	key := testpeer.ECKey(elliptic.P256(), testpeer.Name)
	chain, good := block("CERTIFICATE", testpeer.Issue(testpeer.Name, key.Public())), block("PRIVATE KEY", pkcs8(t, key))
	agrees, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		chain, key []byte
		want       string
	}{
		"no chain":           {good, good, "no CERTIFICATE block"},
		"no key":             {chain, chain, "no PRIVATE KEY block"},
		"a key that is none": {chain, block("PRIVATE KEY", []byte("key")), "asn1"},
		"a key that agrees":  {chain, block("PRIVATE KEY", pkcs8(t, agrees)), "cannot sign"},
		"a chain of nothing": {block("CERTIFICATE", []byte("leaf")), good, "x509"},
	} {
		_, err := tlsengine.CredentialFromPEM(c.chain, c.key)
		require.ErrorContains(t, err, c.want, name)
	}
	_, err = tlsengine.NewCredential(nil, key)
	require.ErrorContains(t, err, "without certificates")
	small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	_, err = tlsengine.NewCredential([][]byte{testpeer.Issue(testpeer.Name, small.Public())}, small)
	require.Error(t, err, "a curve that no scheme goes with")
}

// A Credential that is put together by hand may be of any kind: one that fits
// nothing is not chosen.
func TestCredentialsThatFitNothing(t *testing.T) {
	small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	chain := testpeer.ServerIdentity().Chain
	request := &tlsengine.CredentialRequest{Version: tlsengine.VersionTLS13, Schemes: []signature.Scheme{signature.Ed25519}}
	require.False(t, request.Accepts(&tlsengine.Credential{}))
	for name, cred := range map[string]*tlsengine.Credential{
		"a leaf that does not parse":  {Chain: [][]byte{[]byte("leaf")}},
		"a curve that nobody has":     {Chain: chain, Signer: small},
		"a leaf whose key nobody has": {Chain: [][]byte{testpeer.Issue(testpeer.Name, small.Public())}},
	} {
		for _, old := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
				if old {
					client = client12()
				}
				server.Credentials = []*tlsengine.Credential{cred}
				p := newPair(t, client, server)
				p.run()
				require.Equal(t, alert.NoCredential, p.server.refusal(t).Reason)
				require.Equal(t, alert.HandshakeFailure, p.client.heard(t))
			})
		}
	}
}
