package trace

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	stdcipher "crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// names are the messages of a connection, each with its direction.
func names(c *Connection) string {
	var all []string
	for _, m := range c.Messages {
		who := "C"
		if m.Dir == S2C {
			who = "S"
		}
		all = append(all, who+" "+m.Name)
	}
	return strings.Join(all, ", ")
}

// sound checks what must hold for every trace.
func sound(t testing.TB, tr *Trace) {
	t.Helper()
	j, err := json.Marshal(tr)
	require.NoError(t, err)
	back, err := Load(j)
	require.NoError(t, err)
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.JSONEq(t, string(j), string(again))
	for _, c := range back.Connections {
		report := Check(c)
		require.Empty(t, report.Mismatches)
	}
}

func one(t testing.TB, tr *Trace, err error) *Connection {
	t.Helper()
	require.NoError(t, err)
	sound(t, tr)
	require.Len(t, tr.Connections, 1)
	return tr.Connections[0]
}

const messages13 = "C ClientHello, S ServerHello, S EncryptedExtensions, S Certificate, S CertificateVerify, S Finished, C Finished"

func TestCaptureOfTLS13(t *testing.T) {
	d := talk(t, nil)
	for _, size := range []int{1, 100, 1460} {
		tr, err := Capture(d.capture(size, nil), CaptureOptions{KeyLog: d.log(t)})
		c := one(t, tr, err)
		require.Equal(t, messages13, names(c))
		require.Empty(t, c.Notes)
		var s Summary
		require.NoError(t, json.Unmarshal(c.Result, &s))
		require.Equal(t, "TLS 1.3", s.Version.String())
		require.Equal(t, "X25519MLKEM768", s.Group.String())
		require.Equal(t, "ecdsa_secp256r1_sha256", s.Signature.String())
		require.Equal(t, "http/1.1", s.ALPN)
		require.Equal(t, "lab.example", s.SNI)
		report := Check(c)
		require.Greater(t, report.Passed, 15, "transcripts, keys, records and Finished were computed again")
		var data []string
		for _, r := range c.Records {
			if r.Inner != nil && r.Inner.Type == typeApplication {
				data = append(data, string(c.Slice(Span{r.Inner.Buf, 0, 4})))
			}
		}
		require.Equal(t, []string{"PING", "PONG"}, data)
	}
}

func TestCaptureOfTLS12(t *testing.T) {
	for _, suite := range []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256} {
		d := talk(t, func(client, _ *tls.Config) {
			client.MaxVersion = tls.VersionTLS12
			client.CipherSuites = []uint16{suite}
		})
		tr, err := Capture(d.capture(200, nil), CaptureOptions{KeyLog: d.log(t)})
		c := one(t, tr, err)
		require.Equal(t, "C ClientHello, S ServerHello, S Certificate, S ServerKeyExchange, S ServerHelloDone, C ClientKeyExchange, C Finished, S Finished", names(c))
		require.Empty(t, c.Notes)
		require.Equal(t, "PING", string(c.Slice(Span{c.Records[appData(c)].Inner.Buf, 0, 4})))
		require.Greater(t, Check(c).Passed, 15)
	}
}

func TestCaptureOfSuitesThatTheEngineNeverSpeaks(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(2.5e9, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256} {
		d := talk(t, func(client, server *tls.Config) {
			server.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
			client.MaxVersion = tls.VersionTLS12
			client.CipherSuites, server.CipherSuites = []uint16{suite}, []uint16{suite}
		})
		tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
		c := one(t, tr, err)
		require.Empty(t, c.Notes, tls.CipherSuiteName(suite))
		require.Contains(t, names(c), "C Finished, S Finished", tls.CipherSuiteName(suite))
		require.Equal(t, "PING", string(c.Slice(c.Records[appData(c)].Inner.Span)))
	}
}

func TestCBCRecordThatWasChangedStaysClosed(t *testing.T) {
	block, err := aes.NewCipher(make([]byte, 16))
	require.NoError(t, err)
	for _, etm := range []bool{false, true} {
		k := &cbc{block: block, mac: make([]byte, 20), hash: sha1.New, macOutside: etm}
		header, content := []byte{23, 3, 3}, []byte("hello")
		seal := func(seq uint64) []byte {
			body := slices.Clone(content)
			if !etm {
				body = append(body, k.tag(seq, header, content)...)
			}
			pad := 16 - len(body)%16
			body = append(body, bytes.Repeat([]byte{byte(pad - 1)}, pad)...)
			iv := make([]byte, 16)
			stdcipher.NewCBCEncrypter(block, iv).CryptBlocks(body, body)
			body = append(iv, body...)
			if etm {
				body = append(body, k.tag(seq, header, body)...)
			}
			return append([]byte{23, 3, 3, 0, byte(len(body))}, body...)
		}
		wire := seal(7)
		require.Equal(t, content, k.open(wire, 7))
		require.Nil(t, k.open(wire, 8))
		for i := range wire {
			if i == 3 || i == 4 {
				continue // the length was used up when the record was cut out
			}
			changed := slices.Clone(wire)
			changed[i] ^= 1
			require.Nil(t, k.open(changed, 7), "byte %d", i)
			require.Nil(t, k.open(wire[:i], 7))
		}
	}
}

func TestCompressedCertificateIsOpened(t *testing.T) {
	body := append([]byte{0, 0, 0, 7, 0, 0, 2, 0x30, 0, 0, 0}, nil...)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(body)
	require.NoError(t, w.Close())
	message := func(algorithm byte, size int, data []byte) []byte {
		in := append([]byte{0, algorithm, 0, byte(size >> 8), byte(size), 0, 0, byte(len(data))}, data...)
		m := append([]byte{25, 0, 0, byte(len(in))}, in...)
		return append([]byte{22, 3, 3, 0, byte(len(m))}, m...)
	}
	client, server := hellos(t)
	for name, c := range map[string]struct {
		msg  []byte
		note string
	}{
		"zlib":       {message(1, len(body), z.Bytes()), ""},
		"brotli":     {message(2, len(body), z.Bytes()), "is not decompressed"},
		"too short":  {message(1, len(body)+1, z.Bytes()), "cannot be decompressed"},
		"too long":   {message(1, len(body)-1, z.Bytes()), "cannot be decompressed"},
		"not zlib":   {message(1, len(body), []byte("xx")), "cannot be decompressed"},
		"cut off":    {message(1, len(body), z.Bytes()[:9]), "cannot be decompressed"},
		"no message": {message(1, 0, nil), ""},
	} {
		tr := Streams(client, append(slices.Clone(server[:95]), c.msg...), CaptureOptions{})
		sound(t, tr)
		got := tr.Connections[0]
		if c.note != "" {
			require.Contains(t, strings.Join(got.Notes, "; "), c.note, name)
			continue
		}
		if name == "zlib" {
			m := got.Messages[len(got.Messages)-1]
			require.Equal(t, "Certificate", m.Name)
			require.True(t, m.Synthetic)
			require.Equal(t, KindDecompressed, got.Buffers[m.At[0].Buf].Kind)
			require.Equal(t, body, got.Bytes(&m)[4:])
		}
	}
}

func appData(c *Connection) int {
	return slices.IndexFunc(c.Records, func(r Record) bool { return r.Inner != nil && r.Inner.Type == typeApplication })
}

func TestHelloRetryRequestPutsMessageHashIntoTheTranscript(t *testing.T) {
	d := talk(t, func(client, server *tls.Config) {
		client.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP384}
		server.CurvePreferences = []tls.CurveID{tls.CurveP384}
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	c := one(t, tr, err)
	require.True(t, strings.HasPrefix(names(c), "C ClientHello, C MessageHash, S HelloRetryRequest, C ClientHello, S ServerHello, S EncryptedExtensions"), names(c))
	require.True(t, c.Messages[1].Synthetic)
	require.Empty(t, c.Notes)
	require.NotEmpty(t, Check(c).Passed)
}

func TestClientCertificate(t *testing.T) {
	d := talk(t, func(client, server *tls.Config) {
		client.Certificates = []tls.Certificate{testCertificate()}
		server.ClientAuth = tls.RequireAnyClientCert
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	c := one(t, tr, err)
	require.Contains(t, names(c), "S CertificateRequest, S Certificate, S CertificateVerify, S Finished, C Certificate, C CertificateVerify, C Finished")
}

func TestResumption(t *testing.T) {
	for version, ends := range map[uint16]string{tls.VersionTLS13: "S EncryptedExtensions, S Finished", tls.VersionTLS12: "S ServerHello, S NewSessionTicket"} {
		cache := tls.NewLRUClientSessionCache(1)
		change := func(client, server *tls.Config) {
			client.MaxVersion, client.ClientSessionCache = version, cache
			server.SetSessionTicketKeys([][32]byte{{1}})
		}
		first := talk(t, change)
		tr, err := Capture(first.capture(1460, nil), CaptureOptions{KeyLog: first.log(t)})
		c := one(t, tr, err)
		require.Contains(t, names(c), "S NewSessionTicket")
		require.False(t, Summarize(c).Resumed)
		second := talk(t, change)
		tr, err = Capture(second.capture(1460, nil), CaptureOptions{KeyLog: second.log(t)})
		c = one(t, tr, err)
		require.Contains(t, names(c), ends)
		require.True(t, Summarize(c).Resumed)
		require.Contains(t, webPage(t, &Trace{Connections: []*Connection{tr.Connections[0], c}}), `<nav><a href="#c0-connection">Connection 0, resumed</a>`)
	}
}

func TestWithoutKeysRecordsStayClosed(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		d := talk(t, func(client, _ *tls.Config) { client.MaxVersion = version })
		tr, err := Capture(d.capture(1460, nil), CaptureOptions{})
		c := one(t, tr, err)
		require.True(t, strings.HasPrefix(names(c), "C ClientHello, S ServerHello"), names(c))
		closed := 0
		for _, r := range c.Records {
			require.Nil(t, r.Inner)
			if r.Protected {
				closed++
			}
		}
		require.Greater(t, closed, 3)
	}
}

func TestBareStreamsHaveNoOrderAndAreReadAllTheSame(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		d := talk(t, func(client, _ *tls.Config) { client.MaxVersion = version })
		tr := Streams(d.stream(C2S), d.stream(S2C), CaptureOptions{KeyLog: d.log(t)})
		c := one(t, tr, nil)
		require.Contains(t, names(c), "C Finished")
		require.NotEqual(t, -1, appData(c))
		require.Empty(t, c.Notes)
	}
}

func TestSegmentsOutOfOrderTwiceAndOverlapping(t *testing.T) {
	d := talk(t, nil)
	tr, err := Capture(d.capture(100, func(p [][]byte) [][]byte {
		for i := 2; i+3 < len(p); i += 3 {
			p[i], p[i+1] = p[i+1], p[i]
			p[i+2] = append(slices.Clone(p[i+2]), p[i+2]...)[:len(p[i+2])]
		}
		return append(p, p[3], p[4])
	}), CaptureOptions{KeyLog: d.log(t)})
	c := one(t, tr, err)
	require.Contains(t, names(c), "S EncryptedExtensions, S Certificate, S CertificateVerify, S Finished")
}

func TestMissingSegmentEndsTheStreamAndIsSaid(t *testing.T) {
	d := talk(t, nil)
	tr, err := Capture(d.capture(300, func(p [][]byte) [][]byte { return slices.Delete(p, 9, 10) }), CaptureOptions{KeyLog: d.log(t)})
	c := one(t, tr, err)
	require.Contains(t, c.Notes, "segments are missing in the capture")
}

func TestTruncatedCaptureShowsWhatIsThere(t *testing.T) {
	d := talk(t, nil)
	file := d.capture(1460, nil)
	for n := 0; n < len(file); n += 97 {
		tr, err := Capture(file[:n], CaptureOptions{KeyLog: d.log(t)})
		if err == nil {
			sound(t, tr)
		}
	}
	tr, err := Capture(file[:len(file)-1], CaptureOptions{KeyLog: d.log(t)})
	c := one(t, tr, err)
	require.Contains(t, c.Notes[len(c.Notes)-1], "the capture is cut off at byte")
}

func TestStartTLSPreambleIsKeptApart(t *testing.T) {
	d := talk(t, nil)
	d.said = append([]chunk{{S2C, []byte("220 mail\r\n")}, {C2S, []byte("STARTTLS\r\n")}, {S2C, []byte("220 go\r\n")}}, d.said...)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	c := one(t, tr, err)
	require.Equal(t, messages13, names(c))
	require.Equal(t, "STARTTLS\r\n", string(c.Buffers[2].Bytes))
	require.Equal(t, "220 mail\r\n220 go\r\n", string(c.Buffers[3].Bytes))
}

func TestServerThatAnswersWithAnAlert(t *testing.T) {
	d := talk(t, func(client, server *tls.Config) {
		client.MaxVersion = tls.VersionTLS12
		server.MinVersion = tls.VersionTLS13
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{})
	c := one(t, tr, err)
	require.Equal(t, "C ClientHello", names(c))
	require.Equal(t, "protocol_version", Summarize(c).Alert)
}

func TestKeyLogFile(t *testing.T) {
	random, secret := strings.Repeat("ab", 32), strings.Repeat("cd", 48)
	log, err := ParseKeyLog([]byte("# comment\r\n\r\nCLIENT_RANDOM " + random + " " + secret + "\r\nRSA 0011 2233\nNEW_LABEL " + random + " 00\n"))
	require.NoError(t, err)
	require.Len(t, log, 1)
	for _, l := range log {
		require.Len(t, l["CLIENT_RANDOM"], 48)
	}
	for _, bad := range []string{"CLIENT_RANDOM abcd", "CLIENT_RANDOM zz " + secret, "CLIENT_RANDOM " + random + " ", "CLIENT_RANDOM " + random + " " + strings.Repeat("00", 65)} {
		_, err := ParseKeyLog([]byte("\n" + bad))
		require.ErrorContains(t, err, "line 2")
	}
}

func TestWhatIsNoCaptureIsRefused(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("GET"), []byte("not a capture at all, but long enough"), make([]byte, 100)} {
		_, err := Capture(b, CaptureOptions{})
		require.Error(t, err)
	}
	d := &dialogue{said: []chunk{{C2S, []byte("GET / HTTP/1.1\r\n\r\n")}, {S2C, []byte("HTTP/1.1 200 OK\r\n\r\n")}}}
	_, err := Capture(d.capture(1460, nil), CaptureOptions{})
	require.ErrorContains(t, err, "no TLS in 1 TCP stream")
}
