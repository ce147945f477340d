package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestClientKeysOfEveryForm proves who we are with keys as openssl writes them.
func TestClientKeysOfEveryForm(t *testing.T) {
	openssl(t)
	t.Parallel()
	fx := newFixtures(t)
	server := fx.expand("{private}")
	ca := fx.expand("{ca}")
	cred := fx.credential(x509.ExtKeyUsageClientAuth, time.Hour, "client.test")
	cert, key := fx.file("me.pem", chainPEM(cred.Chain)), fx.file("me.key", keyPEM(t, cred))
	pass, wrong := fx.file("pass", "pässword\n"), fx.file("wrong", "other")
	make := func(name string, args ...string) string {
		path := filepath.Join(fx.dir, name)
		out, err := exec.Command("openssl", append(args, "-out", path)...).CombinedOutput()
		require.NoError(t, err, "%s: %s", name, out)
		return path
	}
	export := func(name string, more ...string) string {
		return make(name, append([]string{"pkcs12", "-export", "-in", cert, "-inkey", key, "-passout", "file:" + pass}, more...)...)
	}
	for name, c := range map[string]struct{ cert, key string }{
		"PKCS #12 of OpenSSL 3":       {export("new.p12"), ""},
		"PKCS #12 with AES-128":       {export("aes.p12", "-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "SHA512"), ""},
		"PKCS #12 with 3DES":          {export("des.p12", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "SHA1"), ""},
		"PKCS #12 with RC2":           {export("old.p12", "-legacy"), ""},
		"PKCS #12, open certificates": {export("none.p12", "-certpbe", "NONE"), ""},
		"PKCS #8 with AES-256":        {cert, make("aes.key", "pkcs8", "-topk8", "-v2", "aes256", "-in", key, "-passout", "file:"+pass)},
		"PKCS #8 with 3DES, SHA-1":    {cert, make("des.key", "pkcs8", "-topk8", "-v2", "des3", "-v2prf", "hmacWithSHA1", "-in", key, "-passout", "file:"+pass)},
		"PEM of old":                  {cert, make("sec1.key", "ec", "-aes128", "-in", key, "-passout", "file:"+pass)},
	} {
		args := []string{"connect", server, "--ca-file", ca, "--json", "--get", "/healthz", "--cert", c.cert}
		if c.key != "" {
			args = append(args, "--key", c.key)
		}
		rep := fx.connect(append(args, "--key-pass-file", pass)...)
		require.Contains(t, string(rep.Reply.Bytes), "200 OK", name)

		rep, said := fx.tries(nil, append(args, "--key-pass-file", wrong)...)
		require.Equal(t, 2, rep.Exit, name)
		require.Contains(t, said, "password does not fit", name)
		rep, said = fx.tries(nil, args...)
		require.Equal(t, 2, rep.Exit, name)
		require.Contains(t, said, "hint: --key-pass-file has its password", name)
	}
	open := make("open.p12", "pkcs12", "-export", "-in", cert, "-inkey", key, "-passout", "pass:")
	rep := fx.connect("connect", server, "--ca-file", ca, "--json", "--cert", open)
	require.Zero(t, rep.Exit)
	_, said := fx.tries(nil, "connect", server, "--json", "--cert", open, "--key", key)
	require.Contains(t, said, "drop --key")
	_, said = fx.tries(nil, "connect", server, "--json", "--key-pass-file", pass)
	require.Contains(t, said, "--key-pass-file without --key or --cert")

	b, err := os.ReadFile(open)
	require.NoError(t, err)
	for i := 0; i < len(b); i += 61 { // whatever is broken in it, it is said
		broken := bytes.Clone(b)
		broken[i] ^= 0x55
		rep, _ := fx.tries(nil, "connect", server, "--ca-file", ca, "--json", "--timeout", "2s", "--cert", fx.file("broken.p12", string(broken)))
		require.Contains(t, []int{0, 2}, rep.Exit, "byte %d", i)
	}
}

func TestTLSARecords(t *testing.T) {
	fx := newFixtures(t)
	server, ca := fx.expand("{engine}"), fx.expand("{ca}")
	leaf := fx.leafOf(server)
	root := fx.ca.Cert
	spki := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	whole := sha512.Sum512(leaf.Raw)
	above := sha256.Sum256(root.RawSubjectPublicKeyInfo)
	other := strings.Repeat("00", 32)
	expired := fx.expand("{expired}")
	late := sha256.Sum256(fx.leafOf(expired).RawSubjectPublicKeyInfo)
	for line, want := range map[string]string{
		server + " --tlsa '3 1 1 " + hex.EncodeToString(spki[:]) + "'":                                  "",
		server + " --tlsa 'DANE-EE SPKI SHA2-256 " + strings.ToUpper(hex.EncodeToString(spki[:])) + "'": "",
		server + " --tlsa '3 0 2 " + hex.EncodeToString(whole[:]) + "'":                                 "",
		server + " --tlsa '3 1 0 " + hex.EncodeToString(leaf.RawSubjectPublicKeyInfo) + "'":             "",
		server + " --tlsa '3 1 1 " + other + "' --tlsa '3 1 1 " + hex.EncodeToString(spki[:]) + "'":     "",
		server + " --tlsa '3 1 1 " + other + "'":                                                        "verify.unknown_issuer",
		server + " --ca-file " + ca + " --tlsa '3 1 1 " + other + "'":                                   "verify.tlsa",
		server + " --no-verify --tlsa '3 1 1 " + other + "'":                                            "verify.tlsa",
		server + " --ca-file " + ca + " --tlsa '1 1 1 " + hex.EncodeToString(spki[:]) + "'":             "",
		server + " --tlsa '1 1 1 " + hex.EncodeToString(spki[:]) + "'":                                  "verify.unknown_issuer",
		server + " --ca-file " + ca + " --tlsa '0 1 1 " + hex.EncodeToString(above[:]) + "'":            "",
		server + " --ca-file " + ca + " --tlsa '0 1 1 " + hex.EncodeToString(spki[:]) + "'":             "verify.tlsa",
		server + " --tlsa '2 0 0 " + hex.EncodeToString(root.Raw) + "'":                                 "",
		server + " --verify-name other.test --tlsa '2 0 0 " + hex.EncodeToString(root.Raw) + "'":        "verify.name",
		server + " --verify-name other.test --tlsa '3 1 1 " + hex.EncodeToString(spki[:]) + "'":         "",
		expired + " --tlsa '3 1 1 " + hex.EncodeToString(late[:]) + "'":                                 "",
		expired + " --tlsa '2 0 0 " + hex.EncodeToString(root.Raw) + "'":                                "verify.expired",
	} {
		rep, said := fx.tries(nil, append([]string{"connect", "--json"}, words(line)...)...)
		require.Equal(t, want, rep.Error.Code, "%.200s: %s", line, said)
		require.Equal(t, map[bool]int{true: 0, false: 1}[want == ""], rep.Exit)
	}
	for line, says := range map[string]string{
		"--tlsa '3 1 1'": "want 'USAGE SELECTOR MATCHING HEX'", "--tlsa '4 1 1 00'": "is not among PKIX-TA", "--tlsa '3 1 1 00'": "the hash has 1 byte, want 32", "--tlsa '3 1 0 xy'": "is not in hex",
	} {
		rep, said := fx.tries(nil, append([]string{"connect", "--json", server}, words(line)...)...)
		require.Equal(t, 2, rep.Exit)
		require.Contains(t, said, says)
	}
}

// leafOf is the certificate of a fixture's server.
func (fx *fixtures) leafOf(address string) *x509.Certificate {
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(""), &stdout, &stderr)
	p.getenv = func(string) string { return "" }
	p.main([]string{"cert", address, "--pem", "--no-verify"})
	block, _ := pem.Decode(stdout.Bytes())
	require.NotNil(fx.t, block, "%s", &stderr)
	leaf, err := x509.ParseCertificate(block.Bytes)
	require.NoError(fx.t, err)
	return leaf
}
