package record_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// TestRecordsOfCryptoTLS listens to two crypto/tls peers, opens every record
// of theirs with the secrets of their key log, and seals it again: it must be
// the same record.
func TestRecordsOfCryptoTLS(t *testing.T) {
	for _, id := range []cipher.ID{
		cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		0, // TLS 1.3, whichever suite they agree on
	} {
		t.Run(id.String(), func(t *testing.T) {
			d := listen(t, uint16(id))
			suite := cipher.Lookup(cipher.ID(d.state.CipherSuite))
			for i, stream := range [][]byte{d.fromClient.Bytes(), d.fromServer.Bytes()} {
				var secrets []keyschedule.Keys
				if suite.TLS13() {
					labels := [][]string{{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0"}, {"SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"}}[i]
					for _, label := range labels {
						secrets = append(secrets, keyschedule.TrafficKeys(suite, keyschedule.SecretOf(d.secret(t, label))))
					}
				} else {
					client, server := keyschedule.KeyBlock12(suite, keyschedule.SecretOf(d.secret(t, "CLIENT_RANDOM")), d.random(d.fromClient), d.random(d.fromServer))
					secrets = []keyschedule.Keys{client, server}[i : i+1]
				}
				got := reseal(t, suite, secrets, stream)
				require.Equal(t, d.said, got, "what both ends said")
			}
		})
	}
}

// reseal opens the records of one direction, changing keys where the protocol
// does, and seals them again. It returns the application data.
func reseal(t *testing.T, suite *cipher.Suite, keys []keyschedule.Keys, stream []byte) (said []byte) {
	var r record.Reader
	var w record.Writer
	var a record.Assembler
	change := func() {
		require.True(t, a.Aligned())
		r.SetKeys(suite, keys[0])
		w.SetKeys(suite, keys[0])
		keys = keys[1:]
	}
	for len(stream) > 0 {
		wire := bytes.Clone(stream)
		n, rec, err := r.Next(stream)
		require.NoError(t, err)
		require.Positive(t, n, "the stream ends with a record")
		w.SetVersion(uint16(wire[1])<<8 | uint16(wire[2]))
		again, err := w.Append(nil, rec.Type, rec.Data)
		require.NoError(t, err)
		require.Equal(t, hex.EncodeToString(wire[:n]), hex.EncodeToString(again))
		stream = stream[n:]

		switch rec.Type {
		case record.ApplicationData:
			said = append(said, rec.Data...)
		case record.ChangeCipherSpec:
			if !suite.TLS13() {
				change()
			}
		case record.Handshake:
			require.NoError(t, a.Add(rec.Data))
			for {
				msg, ok, err := a.Next()
				require.NoError(t, err)
				if !ok {
					break
				}
				const serverHello, finished = 2, 20
				if suite.TLS13() && (msg[0] == serverHello || msg[0] == finished) {
					change()
				}
			}
		}
		// A client's handshake keys follow its hello, which says nothing of it.
		if suite.TLS13() && len(keys) == 2 && len(stream) > 0 && stream[0] == byte(record.ApplicationData) {
			change()
		}
	}
	require.Empty(t, keys, "all keys were used")
	return said
}

// dialogue is what two crypto/tls peers sent.
type dialogue struct {
	fromClient, fromServer *bytes.Buffer
	keyLog                 *bytes.Buffer
	state                  tls.ConnectionState
	said                   []byte
}

// secret is a line of the key log.
func (d *dialogue) secret(t *testing.T, label string) []byte {
	for line := range strings.Lines(d.keyLog.String()) {
		if f := strings.Fields(line); f[0] == label {
			b, err := hex.DecodeString(f[2])
			require.NoError(t, err)
			return b
		}
	}
	t.Fatalf("no %s in the key log", label)
	return nil
}

// random is the random of the hello that starts a stream.
func (d *dialogue) random(stream *bytes.Buffer) []byte { return stream.Bytes()[11:43] }

// listen makes two crypto/tls peers say the same to each other.
func listen(t *testing.T, suite uint16) *dialogue {
	d := &dialogue{new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer), tls.ConnectionState{}, bytes.Repeat([]byte("said "), 10_000)}
	clientEnd, serverEnd := net.Pipe()
	version := uint16(tls.VersionTLS13)
	if suite != 0 {
		version = tls.VersionTLS12
	}
	config := &tls.Config{
		Certificates:                []tls.Certificate{certificate(t)},
		CipherSuites:                []uint16{suite},
		MinVersion:                  version,
		MaxVersion:                  version,
		KeyLogWriter:                d.keyLog,
		InsecureSkipVerify:          true,
		DynamicRecordSizingDisabled: true,
	}
	server := config.Clone()
	server.KeyLogWriter = nil
	s, c := tls.Server(&tap{Conn: serverEnd, copy: d.fromServer}, server), tls.Client(&tap{Conn: clientEnd, copy: d.fromClient}, config)
	done := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(s, make([]byte, len(d.said)))
		if err == nil {
			_, err = s.Write(d.said)
		}
		done <- err
	}()
	_, err := c.Write(d.said)
	require.NoError(t, err)
	_, err = io.ReadFull(c, make([]byte, len(d.said)))
	require.NoError(t, err)
	require.NoError(t, <-done)
	d.state = c.ConnectionState()
	return d
}

// tap copies what is written.
type tap struct {
	net.Conn
	mu   sync.Mutex
	copy *bytes.Buffer
}

func (t *tap) Write(b []byte) (int, error) {
	t.mu.Lock()
	t.copy.Write(b)
	t.mu.Unlock()
	return t.Conn.Write(b)
}

func certificate(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
