package tlsengine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlsengine/tlsengine/internal/testpki"
	"github.com/tlsengine/tlsengine/signature"
)

// rareKey is a key that crypto/x509 knows no certificate for.
type rareKey struct {
	algorithm       asn1.ObjectIdentifier
	public, private []byte
	scheme          signature.Scheme
}

func rareKeys(t *testing.T) []rareKey {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	edKey, edPrivate, err := ed448.GenerateKey(rand.Reader)
	require.NoError(t, err)
	var seed [mldsa44.SeedSize]byte
	rand.Read(seed[:])
	key44, _ := mldsa44.NewKeyFromSeed(&seed)
	key65, _ := mldsa65.NewKeyFromSeed(&seed)
	key87, _ := mldsa87.NewKeyFromSeed(&seed)
	alone := testpki.MLDSASeed(seed[:])
	var both cryptobyte.Builder
	both.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(seed[:])
		b.AddASN1OctetString([]byte("the expanded key, which is not looked at"))
	})
	return []rareKey{
		{testpki.RSAPSS, x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey), x509.MarshalPKCS1PrivateKey(rsaKey), signature.RSAPSSPssSHA256},
		{testpki.Ed448, edKey, testpki.EdSeed(edPrivate.Seed()), signature.Ed448},
		{testpki.MLDSA44, key44.Bytes(), alone, signature.MLDSA44},
		{testpki.MLDSA65, key65.Bytes(), both.BytesOrPanic(), signature.MLDSA65},
		{testpki.MLDSA87, key87.Bytes(), alone, signature.MLDSA87},
	}
}

// files are PEM files of a certificate with the key, of the private key, and
// the root.
func (k *rareKey) files(t *testing.T, name string) (chain, key []byte, roots *x509.CertPool) {
	issuer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, issuer.Public(), issuer)
	require.NoError(t, err)
	root, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots = x509.NewCertPool()
	roots.AddCert(root)

	leaf := *tmpl
	leaf.DNSNames, leaf.IsCA, leaf.KeyUsage = []string{name}, false, x509.KeyUsageDigitalSignature
	der, err = x509.CreateCertificate(rand.Reader, &leaf, root, issuer.Public(), issuer)
	require.NoError(t, err)
	der, err = testpki.WithKey(der, testpki.PublicKey(k.algorithm, k.public), issuer)
	require.NoError(t, err)
	pkcs8 := testpki.PKCS8(k.algorithm, k.private)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), roots
}

func TestRareKeysSignAsTheirCertificatesSay(t *testing.T) {
	for _, k := range rareKeys(t) {
		t.Run(k.scheme.String(), func(t *testing.T) {
			chain, key, roots := k.files(t, "rare.test")
			cred, err := CredentialFromPEM(chain, key)
			require.NoError(t, err)

			c, err := NewClient(&Config{Roots: roots, ServerName: "rare.test", Signatures: signature.All()})
			require.NoError(t, err)
			s, err := NewServer(&Config{Credentials: []*Credential{cred}})
			require.NoError(t, err)
			pump(t, "s", s, c.Flush(nil))
			pump(t, "c", c, s.Flush(nil))
			require.True(t, c.ConnectionState().HandshakeDone)
			require.Equal(t, k.scheme, c.ConnectionState().PeerScheme)
		})
	}
}

func TestAKeyThatIsNotTheCertificatesIsRefused(t *testing.T) {
	list, others := rareKeys(t), rareKeys(t)
	for i, k := range list {
		chain, _, _ := k.files(t, "rare.test")
		for _, other := range []rareKey{others[i], list[(i+1)%len(list)]} {
			_, key, _ := other.files(t, "rare.test")
			_, err := CredentialFromPEM(chain, key)
			require.ErrorContains(t, err, "not that of the leaf")
		}
	}
}

func TestBrokenPrivateKeysAreErrors(t *testing.T) {
	for _, k := range rareKeys(t) {
		_, err := parsePKCS8(testpki.PKCS8(k.algorithm, k.private[:len(k.private)-1]))
		require.Error(t, err, k.scheme)
		whole := testpki.PKCS8(k.algorithm, k.private)
		for n := range whole[:40] {
			_, err := parsePKCS8(whole[:n])
			require.Error(t, err)
		}
	}
}
