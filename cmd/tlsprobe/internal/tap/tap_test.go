package tap

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/dissect"
)

// wire is a net.Conn that remembers what went over it, in order.
type wire struct {
	net.Conn
	mu  *sync.Mutex
	log *[]chunk
	dir Dir
}

func (w wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	*w.log = append(*w.log, chunk{w.dir, bytes.Clone(b)})
	w.mu.Unlock()
	return w.Conn.Write(b)
}

type keyLog map[string][]byte

func (k keyLog) Write(b []byte) (int, error) {
	words := strings.Fields(string(b))
	secret := make([]byte, len(words[2])/2)
	for i := range secret {
		for _, digit := range words[2][2*i : 2*i+2] {
			secret[i] = secret[i]<<4 | byte(strings.IndexRune("0123456789abcdef", digit))
		}
	}
	k[words[0]] = secret
	return len(b), nil
}

// sockets are two ends of a connection.
func sockets(t *testing.T) (a, b net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // it served its purpose
	a, err = net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	b, err = l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { a.Close(); b.Close() }) //nolint:errcheck // both are done
	return a, b
}

// play makes a connection of crypto/tls and returns what was seen of it.
func play(t *testing.T, version uint16, change func(client, server *tls.Config)) ([]chunk, keyLog) {
	ca, err := pki.NewAuthority(nil, "CA", time.Now(), time.Hour)
	require.NoError(t, err)
	cred, err := ca.Issue(x509.ExtKeyUsageServerAuth, time.Hour, "localhost")
	require.NoError(t, err)
	secrets := keyLog{}
	client := &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", MinVersion: version, MaxVersion: version, KeyLogWriter: secrets, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	server := &tls.Config{Certificates: []tls.Certificate{{Certificate: cred.Chain, PrivateKey: cred.Signer}}}
	change(client, server)
	var log []chunk
	var mu sync.Mutex
	a, b := sockets(t)
	done := make(chan error, 1)
	go func() {
		s := tls.Server(wire{b, &mu, &log, ToClient}, server)
		_, err := io.Copy(s, io.LimitReader(s, 4))
		done <- errors.Join(err, s.CloseWrite())
		io.Copy(io.Discard, s) //nolint:errcheck // until the client closes
	}()
	c := tls.Client(wire{a, &mu, &log, ToServer}, client)
	_, err = c.Write([]byte("ping"))
	require.NoError(t, err)
	reply, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, "ping", string(reply))
	require.NoError(t, c.Close())
	require.NoError(t, <-done)
	mu.Lock()
	defer mu.Unlock()
	return log, secrets
}

// seen is the dialogue as a tap reads it.
func seen(log []chunk, secrets keyLog, cut int) (out []string) {
	tp := New(func(it Item) {
		arrow := [...]string{"→ ", "← "}[it.Dir]
		switch it.Kind {
		case Message:
			out = append(out, arrow+dissect.MessageName(it.Bytes))
		case Data:
			out = append(out, arrow+string(it.Bytes))
		case Alert:
			out = append(out, arrow+"alert")
		case Sealed:
			out = append(out, arrow+"sealed")
		}
	})
	for label, secret := range secrets {
		tp.Secret(label, nil, secret)
	}
	for _, c := range log {
		for b := c.bytes; len(b) > 0; {
			n := len(b)
			if cut > 0 {
				n = min(cut, n)
			}
			tp.Saw(c.dir, b[:n])
			tp.Drain()
			b = b[n:]
		}
	}
	tp.Finish()
	return out
}

func TestTapReadsWhatCryptoTLSSays(t *testing.T) {
	tls13 := []string{
		"→ ClientHello", "← ServerHello", "← EncryptedExtensions", "← Certificate", "← CertificateVerify", "← Finished",
		"→ Finished", "← NewSessionTicket", "→ ping", "← ping", "← alert", "→ alert",
	}
	for name, c := range map[string]struct {
		version uint16
		change  func(client, server *tls.Config)
		want    []string
	}{
		"TLS 1.3": {tls.VersionTLS13, func(_, _ *tls.Config) {}, tls13},
		"TLS 1.3 after a HelloRetryRequest": {tls.VersionTLS13, func(client, server *tls.Config) {
			server.CurvePreferences = []tls.CurveID{tls.CurveP521}
		}, append([]string{"→ ClientHello", "← HelloRetryRequest"}, tls13...)},
		"TLS 1.2": {tls.VersionTLS12, func(_, _ *tls.Config) {}, []string{
			"→ ClientHello", "← ServerHello", "← Certificate", "← ServerKeyExchange", "← ServerHelloDone",
			"→ ClientKeyExchange", "→ Finished", "← NewSessionTicket", "← Finished", "→ ping", "← ping", "← alert", "→ alert",
		}},
		"TLS 1.2 with ChaCha20": {tls.VersionTLS12, func(client, _ *tls.Config) {
			client.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}
			client.SessionTicketsDisabled = true
		}, []string{
			"→ ClientHello", "← ServerHello", "← Certificate", "← ServerKeyExchange", "← ServerHelloDone",
			"→ ClientKeyExchange", "→ Finished", "← Finished", "→ ping", "← ping", "← alert", "→ alert",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			log, secrets := play(t, c.version, c.change)
			for _, cut := range []int{0, 1} { // whole, and byte for byte
				got := seen(log, secrets, cut)
				require.Equal(t, oneWay(c.want, "→"), oneWay(got, "→"))
				require.Equal(t, oneWay(c.want, "←"), oneWay(got, "←"))
			}
		})
	}
}

// oneWay is one direction of a dialogue: both may speak at once.
func oneWay(lines []string, arrow string) (out []string) {
	for _, line := range lines {
		if strings.HasPrefix(line, arrow) {
			out = append(out, line)
		}
	}
	return out
}

func TestWithoutSecretsOnlyWhatIsInTheClearIsRead(t *testing.T) {
	log, _ := play(t, tls.VersionTLS13, func(_, _ *tls.Config) {})
	got := seen(log, keyLog{}, 0)
	require.Equal(t, []string{"→ ClientHello", "← ServerHello"}, got[:2])
	for _, line := range got[2:] {
		require.Contains(t, line, "sealed")
	}
}

func FuzzTap(f *testing.F) {
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"), []byte("\x15\x03\x03\x00\x02\x02\x28"))
	f.Fuzz(func(t *testing.T, toServer, toClient []byte) {
		total := 0
		tp := New(func(it Item) {
			if it.Kind == Record {
				total += len(it.Bytes)
			}
		})
		tp.Saw(ToServer, toServer)
		tp.Saw(ToClient, toClient)
		tp.Finish()
		require.LessOrEqual(t, total, len(toServer)+len(toClient))
	})
}
