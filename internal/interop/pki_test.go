package interop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpki"
)

// kind is the kind of a certificate's key.
type kind string

const (
	ecdsa256   kind = "ecdsa-p256"
	ecdsa384   kind = "ecdsa-p384"
	ecdsa521   kind = "ecdsa-p521"
	rsaKey     kind = "rsa"
	rsaPSSKey  kind = "rsa-pss"
	ed25519Key kind = "ed25519"
	ed448Key   kind = "ed448"
	mldsa44Key kind = "mldsa44"
	mldsa65Key kind = "mldsa65"
	mldsa87Key kind = "mldsa87"
)

// serverName is what all certificates are for.
const serverName = "interop.test"

// identity is a certificate, for servers and for clients, and its key.
type identity struct {
	kind       kind
	cert, key  string // files
	credential *tlsengine.Credential
	std        tls.Certificate
}

// pki is all that is made of certificates in one run.
type pki struct {
	dir     string
	ca      string // file
	pool    *x509.CertPool
	root    *x509.Certificate
	rootKey *ecdsa.PrivateKey

	mu         sync.Mutex
	identities map[kind]*identity
}

var (
	onePKI     *pki
	errPKI     error
	oncePKI    sync.Once
	scratchDir string // made and removed by TestMain
)

// keys is the PKI of this run.
func keys(t testing.TB) *pki {
	oncePKI.Do(func() { onePKI, errPKI = newPKI(scratchDir) })
	require.NoError(t, errPKI)
	return onePKI
}

func newPKI(dir string) (*pki, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	tmpl := template("tlsengine interop CA")
	tmpl.IsCA, tmpl.KeyUsage, tmpl.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	p := &pki{
		dir: dir, ca: filepath.Join(dir, "ca.pem"), pool: x509.NewCertPool(),
		root: root, rootKey: key, identities: map[kind]*identity{},
	}
	p.pool.AddCert(root)
	if err := writePEM(p.ca, "CERTIFICATE", der); err != nil {
		return nil, err
	}
	return p, writeKey(filepath.Join(dir, "ca.key"), key)
}

var serial atomic.Int64

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial.Add(1)), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

// identity is the certificate with a key of this kind.
func (p *pki) identity(t testing.TB, k kind) *identity {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if id := p.identities[k]; id != nil {
		return id
	}
	id := &identity{kind: k, cert: p.file(string(k) + ".pem"), key: p.file(string(k) + ".key")}
	switch k {
	case rsaPSSKey:
		p.makeByOpenSSL(t, id, "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
	case ed448Key:
		p.makeByOpenSSL(t, id, "-algorithm", "ED448")
	case mldsa44Key, mldsa65Key, mldsa87Key:
		p.makeMLDSA(t, id)
	default:
		p.make(t, id)
	}
	p.identities[k] = id
	return id
}

func (p *pki) file(name string) string { return filepath.Join(p.dir, name) }

func (p *pki) make(t testing.TB, id *identity) {
	key := newKey(t, id.kind)
	der := p.certificate(t, id, key.Public())
	require.NoError(t, writePEM(id.cert, "CERTIFICATE", der))
	require.NoError(t, writeKey(id.key, key))
	id.std = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	id.read(t)
}

// certificate is one for the key.
func (p *pki) certificate(t testing.TB, id *identity, key crypto.PublicKey) []byte {
	tmpl := template(string(id.kind)) // NSS wants different names
	tmpl.DNSNames, tmpl.IPAddresses = []string{serverName}, []net.IP{net.IPv4(127, 0, 0, 1)}
	if id.kind == rsaKey {
		tmpl.KeyUsage |= x509.KeyUsageKeyEncipherment // NSS wants it
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, p.root, key, p.rootKey)
	require.NoError(t, err)
	return der
}

func newKey(t testing.TB, k kind) crypto.Signer {
	var key crypto.Signer
	var err error
	switch k {
	case ecdsa256:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case ecdsa384:
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case ecdsa521:
		key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case rsaKey:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case ed25519Key:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		err = fmt.Errorf("no key of kind %s", k)
	}
	require.NoError(t, err)
	return key
}

// makeByOpenSSL makes certificates that crypto/x509 can't.
func (p *pki) makeByOpenSSL(t testing.TB, id *identity, algorithm ...string) {
	request, extensions := p.file(string(id.kind)+".csr"), p.file(string(id.kind)+".ext")
	require.NoError(t, os.WriteFile(extensions, []byte(fmt.Sprintf(
		"subjectAltName=DNS:%s,IP:127.0.0.1\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n", serverName)), 0o600))
	run(t, "openssl", append([]string{"genpkey", "-out", id.key}, algorithm...)...)
	run(t, "openssl", "req", "-new", "-key", id.key, "-subj", "/CN="+string(id.kind), "-out", request)
	run(t, "openssl", "x509", "-req", "-in", request, "-CA", p.ca, "-CAkey", p.file("ca.key"), "-set_serial", fmt.Sprint(serial.Add(1)),
		"-days", "1", "-sha256", "-extfile", extensions, "-out", id.cert)
	id.read(t)
}

// makeMLDSA makes certificates with keys of FIPS 204.
func (p *pki) makeMLDSA(t testing.TB, id *identity) {
	var seed [32]byte
	rand.Read(seed[:])
	oid, public := testpki.MLDSA44, []byte(nil)
	switch id.kind {
	case mldsa44Key:
		key, _ := mldsa44.NewKeyFromSeed(&seed)
		public = key.Bytes()
	case mldsa65Key:
		key, _ := mldsa65.NewKeyFromSeed(&seed)
		oid, public = testpki.MLDSA65, key.Bytes()
	case mldsa87Key:
		key, _ := mldsa87.NewKeyFromSeed(&seed)
		oid, public = testpki.MLDSA87, key.Bytes()
	}
	der := p.certificate(t, id, p.rootKey.Public())
	der, err := testpki.WithKey(der, testpki.PublicKey(oid, public), p.rootKey)
	require.NoError(t, err)
	require.NoError(t, writePEM(id.cert, "CERTIFICATE", der))
	require.NoError(t, writePEM(id.key, "PRIVATE KEY", testpki.PKCS8(oid, testpki.MLDSASeed(seed[:]))))
	id.read(t)
}

// read makes the credential of the files.
func (id *identity) read(t testing.TB) {
	chain, err := os.ReadFile(id.cert)
	require.NoError(t, err)
	key, err := os.ReadFile(id.key)
	require.NoError(t, err)
	id.credential, err = tlsengine.CredentialFromPEM(chain, key)
	require.NoError(t, err)
}

// stranger is a certificate that nobody's root has issued.
func stranger(t testing.TB) *tlsengine.Credential {
	key, tmpl := newKey(t, ecdsa256), template(serverName)
	tmpl.DNSNames = []string{serverName}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	credential, err := tlsengine.NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	return credential
}

// strangers are roots that issued none of our certificates.
func strangers(t testing.TB) *x509.CertPool {
	leaf, err := x509.ParseCertificate(stranger(t).Chain[0])
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return pool
}

// run runs a program to its end.
func run(t testing.TB, name string, args ...string) {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %q: %s", name, args, out)
}

func writePEM(file, blockType string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: der}), 0o600)
}

func writeKey(file string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(file, "PRIVATE KEY", der)
}

// The payloads: text in lines, since some peers are line by line.
const (
	smallPayload = 1_000
	bigPayload   = 10_000_000
)

var payloads = map[int]func() []byte{
	smallPayload: sync.OnceValue(func() []byte { return newPayload(smallPayload) }),
	bigPayload:   sync.OnceValue(func() []byte { return newPayload(bigPayload) }),
}

// payload is small if the size is 0. It must not be changed.
func payload(size int) []byte {
	if size == 0 {
		size = smallPayload
	}
	return payloads[size]()
}

func newPayload(size int) []byte {
	b := make([]byte, size)
	rnd := mathrand.New(mathrand.NewPCG(1, 2))
	for i := range b {
		b[i] = 'a' + byte(rnd.UintN(26))
		if i%64 == 63 || i == size-1 {
			b[i] = '\n'
		}
	}
	return b
}

var payloadMu sync.Mutex

// payloadFile is a file with the payload in it.
func payloadFile(t testing.TB, size int) string {
	payloadMu.Lock()
	defer payloadMu.Unlock()
	data := payload(size)
	name := keys(t).file(fmt.Sprintf("payload-%d", len(data)))
	if _, err := os.Stat(name); err != nil {
		require.NoError(t, os.WriteFile(name, data, 0o600))
	}
	return name
}
