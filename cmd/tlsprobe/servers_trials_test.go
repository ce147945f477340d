package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// outcome is how a connection ends.
type outcome struct {
	exit  int
	code  string // of the error
	says  string // in the error
	reply string // in what the peer said
}

// trial is a server that is told something, and a connection to it.
type trial struct {
	name   string
	setup  func(fx *fixtures) setup
	args   string
	want   outcome
	unlike map[string]outcome                 // servers that see it otherwise
	check  func(t *testing.T, rep fullReport) // of a connection that went well
}

func told(s setup) func(*fixtures) setup { return func(*fixtures) setup { return s } }

// trials are what goes wrong in the world, and what seldom happens.
var trials = []trial{
	{name: "a root that is not its", args: "--ca-file {other-ca} --no-system-roots", want: outcome{1, "verify.unknown_issuer", "", ""}},
	{name: "another name", args: "--ca-file {ca} --verify-name other.test", want: outcome{1, "verify.name", "", ""}},
	{name: "an expired certificate", setup: expired, args: "--ca-file {ca}", want: outcome{1, "verify.expired", "", ""}},
	{name: "RSA", setup: ofRSA, args: "--ca-file {dir}/rsa.pem", check: func(t *testing.T, rep fullReport) {
		require.True(t, strings.HasPrefix(rep.Result.Signature.Name, "rsa_pss_rsae_"), rep.Result.Signature.Name)
	}},
	{name: "RSA in TLS 1.2", setup: ofRSA, args: "--ca-file {dir}/rsa.pem --max-version 1.2 --sigalgs rsa_pkcs1_sha256", check: func(t *testing.T, rep fullReport) {
		require.Equal(t, "rsa_pkcs1_sha256", rep.Result.Signature.Name)
	}},

	{name: "a client certificate that is wanted", setup: private, args: "--ca-file {ca} --cert {cert} --key {key} --get / --alpn http/1.1", check: func(t *testing.T, rep fullReport) {
		require.True(t, rep.Result.ClientAuth.Sent)
		require.Contains(t, string(rep.Reply.Bytes), " 200 ")
	}},
	{name: "none", setup: private, args: "--ca-file {ca} --get / --alpn http/1.1", want: outcome{4, "tls.alert", "certificate_required", ""}, unlike: map[string]outcome{
		"nginx": {reply: " 400 Bad Request"}}},
	{name: "none in TLS 1.2", setup: private, args: "--ca-file {ca} --max-version 1.2 --get / --alpn http/1.1", want: outcome{4, "tls.alert", "handshake_failure", ""}, unlike: map[string]outcome{
		"nginx": {reply: " 400 Bad Request"}, "gnutls-serv": {4, "tls.alert", "decode_error", ""}}},
	{name: "one of another root", setup: private, args: "--ca-file {ca} --cert {othercert} --key {otherkey} --get / --alpn http/1.1", want: outcome{4, "tls.alert", "unknown_ca", ""}, unlike: map[string]outcome{
		"nginx": {reply: " 400 Bad Request"}, "gnutls-serv": {4, "tls.alert", "", ""}}},

	{name: "TLS 1.2 and no other", setup: told(setup{version: "1.2"}), args: "--ca-file {ca}", check: func(t *testing.T, rep fullReport) {
		require.Equal(t, "TLS 1.2", rep.Result.Version.Name)
	}},
	{name: "TLS 1.2 and no other, of who wants 1.3", setup: told(setup{version: "1.2"}), args: "--ca-file {ca} --min-version 1.3", want: outcome{4, "tls.alert", "protocol_version", ""}, unlike: map[string]outcome{
		"gnutls-serv": {4, "tls.alert", "handshake_failure", ""}}},
	{name: "TLS 1.3 and no other, of who wants 1.2", setup: told(setup{version: "1.3"}), args: "--ca-file {ca} --max-version 1.2", want: outcome{4, "tls.alert", "protocol_version", ""}, unlike: map[string]outcome{
		"gnutls-serv": {4, "tls.alert", "handshake_failure", ""}}},
	{name: "HelloRetryRequest", setup: told(setup{only384: true}), args: "--ca-file {ca}", check: func(t *testing.T, rep fullReport) {
		require.True(t, rep.Result.HRR)
		require.Equal(t, "secp384r1", rep.Result.Group.Name)
	}},
	{name: "no common group", setup: told(setup{only384: true}), args: "--ca-file {ca} --groups x25519 --min-version 1.3", want: outcome{4, "tls.alert", "handshake_failure", ""}},
	{name: "no common application protocol", setup: told(setup{alpn: "http/1.1"}), args: "--ca-file {ca} --alpn gopher/1", want: outcome{4, "tls.alert", "no_application_protocol", ""}},
	{name: "early data", setup: told(setup{early: true}), args: "--ca-file {ca} --resume --early-data {hello} --max-reply 0", unlike: map[string]outcome{"crypto/tls": {code: "-"}}, check: func(t *testing.T, rep fullReport) {
		require.Equal(t, "accepted", rep.Second.Result.EarlyData)
	}},
}

func TestConnectToOthersThatAreToldSomething(t *testing.T) {
	for name := range strangers {
		for _, x := range trials {
			t.Run(name+"/"+x.name, func(t *testing.T) {
				t.Parallel()
				x.run(t, name)
			})
		}
	}
}

func (x *trial) run(t *testing.T, name string) {
	fx := newFixtures(t)
	fx.made["other-ca"] = fx.file("other.pem", certPEM(newFixtures(t).ca.Cert.Raw))
	fx.expand("{cert}")
	fx.made["othercert"], fx.made["otherkey"] = newFixtures(t).clientFiles(fx)
	s := setup{}
	if x.setup != nil {
		s = x.setup(fx)
	}
	address := fx.stranger(name, s)
	want := x.want
	if other, ok := x.unlike[name]; ok {
		want = other
	}
	if want.code == "-" {
		t.Skip(name + " cannot")
	}
	rep, said := fx.full(append([]string{"connect", address, "--json"}, words(fx.expand(x.args))...)...)
	for range 2 { // a server that closes with our request unread makes TCP reset, which may overtake the alert
		if rep.Error.Code == "tls.reset" {
			rep, said = fx.full(append([]string{"connect", address, "--json"}, words(fx.expand(x.args))...)...)
		}
	}
	require.Equal(t, want.exit, rep.Exit, "%s", said)
	if want.exit == 1 {
		require.Equal(t, want.code, rep.Verification.Errors[0].Code)
		return
	}
	require.Equal(t, want.code, rep.Error.Code, "%s", said)
	require.Contains(t, rep.Error.Message, want.says)
	require.Contains(t, string(rep.Reply.Bytes), want.reply)
	if x.check != nil && want.exit == 0 {
		x.check(t, rep)
	}
}

// clientFiles are a client's certificate and its key, among others' fixtures.
func (fx *fixtures) clientFiles(to *fixtures) (cert, key string) {
	cred := fx.credential(x509.ExtKeyUsageClientAuth, time.Hour, "client.test")
	return to.file("othercert.pem", chainPEM(cred.Chain[:1])), to.file("otherkey.pem", keyPEM(fx.t, cred))
}

func expired(fx *fixtures) setup {
	cred := fx.credential(x509.ExtKeyUsageServerAuth, -30*time.Minute, "localhost")
	return setup{cert: fx.file("expired.pem", chainPEM(cred.Chain)), key: fx.file("expired.key", keyPEM(fx.t, cred))}
}

func private(fx *fixtures) setup { return setup{clients: fx.expand("{ca}")} }

// rsaKey takes a while to make.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// ofRSA is a server whose certificate is its own root.
func ofRSA(fx *fixtures) setup {
	key, err := rsaKey()
	require.NoError(fx.t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(fx.t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(fx.t, err)
	return setup{cert: fx.file("rsa.pem", certPEM(der)), key: fx.file("rsa.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))}
}
