package tlsengine_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// A file of a key and a chain is read, or is an error.
func FuzzPEM(f *testing.F) {
	for _, id := range []*testpeer.Identity{testpeer.ServerIdentity(), testpeer.EdIdentity("ed.test")} {
		der, err := x509.MarshalPKCS8PrivateKey(id.Key)
		require.NoError(f, err)
		key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.Chain[0]})
		f.Add(append(chain, key...))
		f.Add(key[:len(key)/2])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := tlsengine.SignerFromPEM(text)
		require.Equal(t, err != nil, key == nil)
		cred, err := tlsengine.CredentialFromPEM(text, text)
		require.Equal(t, err != nil, cred == nil)
	})
}
