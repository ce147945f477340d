package tlsengine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func selfSigned(t testing.TB, name string) (*Credential, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	leaf, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	cred, err := NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	return cred, pool
}

func pump(t testing.TB, name string, e *Engine, in []byte) (data []byte, sessions [][]byte) {
	for ev, err := range e.Feed(in) {
		require.NoError(t, err)
		t.Log(name, ev.Kind, len(ev.Data))
		switch ev.Kind {
		case EventData, EventEarlyData:
			data = append(data, ev.Data...)
		case EventNewSession:
			sessions = append(sessions, ev.Data)
		}
	}
	return
}

func TestSmoke(t *testing.T) {
	cred, roots := selfSigned(t, "example.test")
	scfg := &Config{Credentials: []*Credential{cred}, TicketKeys: NewTicketKeys(), ALPN: []string{"h2"}, MaxEarlyData: 1000, AntiReplay: NewReplayMemory(100)}
	ccfg := &Config{Roots: roots, ServerName: "example.test", ALPN: []string{"h2"}}
	var session []byte
	for i := range 3 {
		cfg := *ccfg
		cfg.Session = session
		if i == 2 {
			cfg.MaxEarlyData = 1000
		}
		c, err := NewClient(&cfg)
		require.NoError(t, err)
		s, err := NewServer(scfg)
		require.NoError(t, err)
		out := c.Flush(nil)
		if i == 2 {
			out, err = c.SendEarly(out, []byte("early"))
			require.NoError(t, err)
		}
		data, _ := pump(t, "s", s, out)
		if i == 2 {
			require.Equal(t, "early", string(data))
		}
		pump(t, "c", c, s.Flush(nil))
		pump(t, "s", s, c.Flush(nil))
		_, sess := pump(t, "c", c, s.Flush(nil))
		require.Len(t, sess, 2)
		session = sess[0]
		out, err = c.Send(nil, []byte("hello"))
		require.NoError(t, err)
		data, _ = pump(t, "s", s, out)
		require.Equal(t, "hello", string(data))
		a, _ := c.Export("x", nil, 10)
		b, _ := s.Export("x", nil, 10)
		require.Equal(t, a, b)
		require.Equal(t, i > 0, c.ConnectionState().Resumed)
		require.Equal(t, i == 2, c.m.Facts().EarlyAccepted())
	}
}
