package main

import (
	"crypto/x509"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
)

// exits runs a command and returns how it ended.
func (fx *fixtures) exits(stdin, line string) (exit int, stdout, stderr string) {
	fx.t.Helper()
	var out, said lockedBuffer
	p := fx.probe(strings.NewReader(stdin), &out, &said)
	p.getenv = func(string) string { return "" }
	exit = p.main(words(fx.expand(line)))
	return exit, out.String(), said.String()
}

// hearing is a server that notes what application data it gets.
type hearing struct {
	mu    sync.Mutex
	heard string
}

func (h *hearing) listen(fx *fixtures, cred *tlsengine.Credential) string {
	return fx.engine(func(host *visit.Host) {
		host.Config.Credentials = []*tlsengine.Credential{cred}
		host.Config.MaxEarlyData, host.Config.AntiReplay = 1000, tlsengine.NewReplayMemory(100)
		host.Answer = func(v *visit.Visit, method, path string) []byte {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.heard += method + path + string(v.Early)
			return []byte("thank you")
		}
	})
}

func (h *hearing) said() string {
	time.Sleep(20 * time.Millisecond) // what was sent arrives
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.heard
}

// TestNothingIsSentToAPeerThatIsNotVerified: in any way in which data can be
// sent, unless one says --no-verify.
func TestNothingIsSentToAPeerThatIsNotVerified(t *testing.T) {
	fx := newFixtures(t)
	cred, err := pki.SelfSigned(nil, time.Now(), time.Hour, "localhost")
	require.NoError(t, err)
	h := &hearing{}
	fx.made["stranger"] = h.listen(fx, cred)
	exit, _, said := fx.exits("", "connect {stranger} --no-verify --session-out {dir}/session")
	require.Zero(t, exit, said)
	for _, way := range []string{"--get /", "--send {hello}", "--send -", "-i", "--resume --send {hello}", "--session-in {dir}/session --early-data {hello}", "--session-in {dir}/session --send {hello}"} {
		exit, _, said := fx.exits("secret", "connect {stranger} "+way)
		require.Equal(t, 1, exit, "%s: %s", way, said)
		require.Contains(t, said, "self-signed, and not trusted")
		require.Empty(t, h.said(), way)
	}
	exit, stdout, _ := fx.exits("", "connect {stranger} --session-in {dir}/session --early-data {hello} --pin sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --no-verify")
	require.Equal(t, 1, exit, "a pin holds for early data too")
	require.Contains(t, stdout, "early data    not sent: the certificate of the session is not good")
	require.Empty(t, h.said())

	exit, stdout, _ = fx.exits("", "connect {stranger} --no-verify --session-in {dir}/session --early-data {hello}")
	require.Zero(t, exit)
	require.Contains(t, stdout, "early data    accepted")
	require.Contains(t, h.said(), "GET /healthz")
}

// TestAPinIsOfAKeyThatThePeerHas: anybody can send a pinned certificate along.
func TestAPinIsOfAKeyThatThePeerHas(t *testing.T) {
	fx := newFixtures(t)
	victim := fx.credentialFor("localhost")
	leaf, err := x509.ParseCertificate(victim.Chain[0])
	require.NoError(t, err)
	ca := pki.PinOf(fx.ca.Cert).String()
	mallory, err := pki.SelfSigned(nil, time.Now(), time.Hour, "localhost")
	require.NoError(t, err)
	mallory, err = tlsengine.NewCredential([][]byte{mallory.Chain[0], victim.Chain[0], fx.ca.Cert.Raw}, mallory.Signer)
	require.NoError(t, err)
	fx.made["mallory"], fx.made["victim"] = (&hearing{}).listen(fx, mallory), (&hearing{}).listen(fx, victim)
	for _, c := range []struct {
		line string
		exit int
	}{
		{"connect {mallory} --no-verify --pin " + pki.PinOf(leaf).String(), 1},
		{"connect {mallory} --no-verify --pin " + ca, 1},
		{"connect {victim} --no-verify --pin " + pki.PinOf(leaf).String(), 0},
		{"connect {victim} --ca-file {ca} --pin " + pki.PinOf(leaf).String(), 0},
		{"connect {victim} --ca-file {ca} --pin " + ca, 0},
		{"connect {victim} --no-verify --no-system-roots --ca-file {cert} --pin " + ca, 1},
	} {
		exit, _, said := fx.exits("", c.line)
		require.Equal(t, c.exit, exit, "%s: %s", c.line, said)
	}
}

// TestACertificateFromTheFutureHasBothTimes, the first and one above it.
func TestACertificateFromTheFutureHasBothTimes(t *testing.T) {
	fx := newFixtures(t)
	exit, _, said := fx.exits("", "connect {engine} --ca-file {ca} --at 2001-02-03T04:05:06Z")
	require.Equal(t, 1, exit)
	require.Regexp(t, `it is valid from 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, and now it is 2001-02-03T04:05:06Z\nhint: the clock may be wrong`, said)

	young, err := pki.NewAuthority(nil, "Young CA", time.Now().Add(48*time.Hour), 100*24*time.Hour)
	require.NoError(t, err)
	cred, err := young.Issue(x509.ExtKeyUsageServerAuth, time.Hour, "localhost")
	require.NoError(t, err)
	old, err := x509.ParseCertificate(cred.Chain[0])
	require.NoError(t, err)
	fx.made["young"], fx.made["youngca"] = (&hearing{}).listen(fx, cred), fx.file("young.pem", certPEM(young.Cert.Raw))
	if !old.NotBefore.Before(young.Cert.NotBefore) {
		exit, _, said = fx.exits("", "connect {young} --ca-file {youngca}")
		require.Equal(t, 1, exit)
		require.Contains(t, said, "it is valid from ")
		return
	}
	exit, _, said = fx.exits("", "connect {young} --ca-file {youngca}")
	require.Equal(t, 1, exit)
	require.Regexp(t, `a certificate above it is valid from \S+, and now it is \S+: CN=Young CA`, said)
}

func TestSessionsAreForTheirOwner(t *testing.T) {
	fx := newFixtures(t)
	name := filepath.Join(fx.dir, "session")
	for range 2 { // and stay so
		exit, _, said := fx.exits("", "connect {engine} --ca-file {ca} --session-out {dir}/session --save-trace {dir}/trace --keylog {dir}/keys")
		require.Zero(t, exit, said)
		for _, file := range []string{"session", "trace", "keys"} {
			require.False(t, pki.Exposed(filepath.Join(fx.dir, file)), file)
		}
	}
	fx.chmod(name, 0o644)
	exit, _, said := fx.exits("", "connect {engine} --ca-file {ca} --session-in {dir}/session")
	require.Zero(t, exit)
	require.Contains(t, said, fx.expand("warning: others may read {dir}/session"))
}

func TestInternationalNamesAreShownBothWays(t *testing.T) {
	fx := newFixtures(t)
	_, port, _ := strings.Cut(fx.expand("{engine}"), ":")
	at := " --no-verify --resolve xn--bcher-kva.localhost:" + port + ":127.0.0.1"
	exit, stdout, said := fx.exits("", "connect bücher.localhost:"+port+at)
	require.Zero(t, exit, said)
	require.True(t, strings.HasPrefix(stdout, "bücher.localhost:"+port+" (xn--bcher-kva.localhost)  127.0.0.1  "), stdout)
	_, stdout, _ = fx.exits("", "cert bücher.localhost:"+port+at)
	require.True(t, strings.HasPrefix(stdout, "bücher.localhost:"+port+" (xn--bcher-kva.localhost)  127.0.0.1\n"), stdout)
	_, stdout, _ = fx.exits("", "connect --json bücher.localhost:"+port+at)
	require.Contains(t, stdout, `"input": "bücher.localhost:`)
	require.Contains(t, stdout, `"sni": "xn--bcher-kva.localhost"`)
	_, stdout, _ = fx.exits("", "connect xn--bcher-kva.localhost:"+port+at)
	require.True(t, strings.HasPrefix(stdout, "xn--bcher-kva.localhost:"+port+"  127.0.0.1  "), stdout)
}
