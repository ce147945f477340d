package tlsengine

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlsengine/tlsengine/signature"
)

// pssFiles are PEM files of a certificate whose key is for RSASSA-PSS only,
// which crypto/x509 can read but not make, of its private key, and the root.
func pssFiles(t *testing.T, name string) (chain, key []byte, roots *x509.CertPool) {
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

	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	leaf := *tmpl
	leaf.DNSNames, leaf.IsCA, leaf.KeyUsage = []string{name}, false, x509.KeyUsageDigitalSignature
	der, err = x509.CreateCertificate(rand.Reader, &leaf, root, private.Public(), issuer)
	require.NoError(t, err)
	chain = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: forPSS(t, der, issuer)})
	key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pssKey(private)})
	return chain, key, roots
}

// forPSS is the certificate with id-RSASSA-PSS for the key's algorithm, signed
// again.
func forPSS(t *testing.T, der []byte, issuer *ecdsa.PrivateKey) []byte {
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	var key, bits cryptobyte.String = cert.RawSubjectPublicKeyInfo, nil
	require.True(t, key.ReadASN1(&key, casn1.SEQUENCE) && key.SkipASN1(casn1.SEQUENCE) && key.ReadASN1Element(&bits, casn1.BIT_STRING))
	spki := sequence(append(pssAlgorithm(), bits...))

	i := bytes.Index(cert.RawTBSCertificate, cert.RawSubjectPublicKeyInfo)
	tbs := cryptobyte.String(bytes.Replace(cert.RawTBSCertificate, cert.RawSubjectPublicKeyInfo, spki, 1))
	require.Positive(t, i)
	const head = 4 // the header of the sequence, with two bytes of length
	tbs = sequence(tbs[head:])
	digest := sha256.Sum256(tbs)
	sig, err := ecdsa.SignASN1(rand.Reader, issuer, digest[:])
	require.NoError(t, err)

	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier([]int{1, 2, 840, 10045, 4, 3, 2}) // ecdsa-with-SHA256
		})
		b.AddASN1BitString(sig)
	})
	return b.BytesOrPanic()
}

func pssKey(private *rsa.PrivateKey) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddBytes(pssAlgorithm())
		b.AddASN1OctetString(x509.MarshalPKCS1PrivateKey(private))
	})
	return b.BytesOrPanic()
}

func pssAlgorithm() []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidRSAPSS) })
	return b.BytesOrPanic()
}

func sequence(content []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(content) })
	return b.BytesOrPanic()
}

func TestACertificateForPSSOnlySignsWithPSSKeySchemes(t *testing.T) {
	chain, key, roots := pssFiles(t, "pss.test")
	cred, err := CredentialFromPEM(chain, key)
	require.NoError(t, err)

	c, err := NewClient(&Config{Roots: roots, ServerName: "pss.test", Signatures: signature.All()})
	require.NoError(t, err)
	s, err := NewServer(&Config{Credentials: []*Credential{cred}})
	require.NoError(t, err)
	pump(t, "s", s, c.Flush(nil))
	pump(t, "c", c, s.Flush(nil))
	require.True(t, c.ConnectionState().HandshakeDone)
	require.Equal(t, signature.RSAPSSPssSHA256, c.ConnectionState().PeerScheme)
}

func TestAKeyThatIsNotTheCertificatesIsRefused(t *testing.T) {
	chain, _, _ := pssFiles(t, "pss.test")
	_, other, _ := pssFiles(t, "pss.test")
	_, err := CredentialFromPEM(chain, other)
	require.ErrorContains(t, err, "not that of the leaf")
}
