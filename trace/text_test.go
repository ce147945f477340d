package trace

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/dissect"
)

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	require.NoError(t, err)
	return b
}

// hellos are two records with the smallest hellos of TLS 1.3.
func hellos(t testing.TB) (client, server []byte) {
	client = unhex(t, `16 0301 0051 01 00004d 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
		00 0002 1301 01 00 0022 002b 0003 02 0304 000a 0004 0002 001d 0000 000f 000d 00 000a 6c61622e1b5b316d0a2e`)
	server = unhex(t, `16 0303 005a 02 000056 0303 707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f
		00 1301 00 002e 002b 0002 0304 0033 0024 001d 0020 9fd7ad6dcff4298dd3f96d5b1b2af910a0535b1488d7f8fabb349a982880b615
		15 0303 0002 02 28`)
	return client, server
}

func text(t testing.TB, tr *Trace, o TextOptions) string {
	var out bytes.Buffer
	require.NoError(t, Text(&out, tr, o))
	return out.String()
}

func TestTextByteByByte(t *testing.T) {
	client, server := hellos(t)
	require.Equal(t, strings.TrimLeft(`
TLS 1.3  TLS_AES_128_GCM_SHA256  x25519  alert handshake_failure
▶ record 1   client→server  86 B   handshake, in clear
  0000  16                       content type          handshake (22)
  0001  03 01                    legacy version        TLS 1.0, fixed
  0003  00 51                    length                81
  ClientHello
  0005  01                       message type          client_hello (1)
  0006  00 00 4d                 length                77
  0009  03 03                    legacy_version        TLS 1.2; the real ones are in supported_versions
  000b  00 01 02 … 1d 1e 1f      random                32 bytes
  002b  00                       session id length     0
  002c  00 02                    cipher suites length  2
  002e  13 01                    cipher suite          TLS_AES_128_GCM_SHA256
  0030  01                       compression methods length  1
  0031  00                       compression           none
  0032  00 22                    extensions length     34
  0034  00 2b                    extension             supported_versions (43)
  0036  00 03                      length              3
  0038  02                         versions length     2
  0039  03 04                        version           TLS 1.3
  003b  00 0a                    extension             supported_groups (10)
  003d  00 04                      length              4
  003f  00 02                      groups length       2
  0041  00 1d                        group             x25519
  0043  00 00                    extension             server_name (0)
  0045  00 0f                      length              15
  0047  00 0d                      server names length 13
  0049  00                           name type         host_name
  004a  00 0a                          server name length  10
  004c  6c 61 62 … 6d 0a 2e            server name     "lab.\x1b[1m\x0a."
  transcript  SHA-256(ClientHello) = d0de8c79cf04…401ebfe1

◀ record 2   server→client  95 B   handshake, in clear
  0000  16                       content type          handshake (22)
  0001  03 03                    legacy version        TLS 1.2, fixed
  0003  00 5a                    length                90
  ServerHello
  0005  02                       message type          server_hello (2)
  0006  00 00 56                 length                86
  0009  03 03                    legacy_version        TLS 1.2; the real one is in supported_versions
  000b  70 71 72 … 8d 8e 8f      random                32 bytes
  002b  00                       session id length     0
  002c  13 01                    cipher suite          TLS_AES_128_GCM_SHA256
  002e  00                       compression           none
  002f  00 2e                    extensions length     46
  0031  00 2b                    extension             supported_versions (43)
  0033  00 02                      length              2
  0035  03 04                      selected            TLS 1.3
  0037  00 33                    extension             key_share (51)
  0039  00 24                      length              36
  003b  00 1d                      group               x25519
  003d  00 20                      key length          32
  003f  9f d7 ad … 80 b6 15        public key          32 bytes
  transcript  SHA-256(ClientHello‖ServerHello) = e17c9c916a21…dbeaea03

◀ record 3   server→client  7 B    alert, in clear
  0000  15                       content type          alert (21)
  0001  03 03                    legacy version        TLS 1.2, fixed
  0003  00 02                    length                2
  0005  02                       level                 fatal (2)
  0006  28                       description           handshake_failure (40)
`, "\n"), text(t, Streams(client, server, CaptureOptions{}), TextOptions{}))
}

func TestTextOfATree(t *testing.T) {
	client, server := hellos(t)
	all := append(client, server...)
	tree := dissect.Any(all)
	var out bytes.Buffer
	require.NoError(t, TextTree(&out, &tree, all, TextOptions{ASCII: true}))
	require.Contains(t, out.String(), "  002e  13 01                    cipher suite          TLS_AES_128_GCM_SHA256\n")
	require.Contains(t, out.String(), "description           handshake_failure (40)\n")
	cut := dissect.Message(client[5:20], dissect.Context{})
	out.Reset()
	require.NoError(t, TextTree(&out, &cut, client[5:20], TextOptions{}))
	require.Contains(t, out.String(), "not parsed            11 bytes: length is 77 bytes, 11 bytes here\n")
}

func TestTextOptions(t *testing.T) {
	d := talk(t, nil)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)

	all := text(t, tr, TextOptions{})
	has := func(out, want string) {
		t.Helper()
		require.True(t, strings.Contains(out, want), "%q is missing", want)
	}
	for _, want := range []string{"± keys 1     handshake traffic", "from the key log, SERVER_HANDSHAKE_TRAFFIC_SECRET", "server key / iv",
		"application_data outside, handshake inside", "AES-128-GCM, key s hs, nonce iv ⊕ 1", "inner type            handshake (22), no padding", `"PING"`, "close_notify (0)"} {
		has(all, want)
	}
	require.False(t, strings.Contains(all, "\x1b"))

	one := text(t, tr, TextOptions{Message: "serverhello"})
	require.Contains(t, one, "ServerHello")
	require.NotContains(t, one, "ClientHello\n")
	require.NotContains(t, one, "record")
	require.Equal(t, one, text(t, tr, TextOptions{Message: "1"}))

	require.False(t, strings.Contains(text(t, tr, TextOptions{Layers: Records | Messages}), "random"))
	require.False(t, strings.Contains(text(t, tr, TextOptions{Layers: Records | Messages | Fields | Bytes}), "keys 1"))
	has(text(t, tr, TextOptions{Layers: Fields}), "  0000   content type          handshake (22)\n")
	has(text(t, tr, TextOptions{Layers: Bytes}), "  0000  16                       content type          handshake (22)\n")
	require.False(t, strings.Contains(text(t, tr, TextOptions{Hex: NoHex}), "16 03"))
	has(text(t, tr, TextOptions{Hex: NoHex}), "compression methods length  1\n")
	has(text(t, tr, TextOptions{Hex: FullHex}), "        "+spaced(d.said[0].data[11:27])+"\n")
	has(text(t, tr, TextOptions{Explain: true}), "The client offers")
	has(text(t, tr, TextOptions{Explain: true}), "(RFC 9846, Section 4.2.2)")
	has(text(t, tr, TextOptions{AppData: 2}), `"PI" and 2 more`)
	has(text(t, tr, TextOptions{Color: true}), "\x1b[34m▶ record 1")
	plain := text(t, tr, TextOptions{ASCII: true})
	require.Equal(t, -1, strings.IndexFunc(plain, func(r rune) bool { return r > 0x7e }))
	require.Contains(t, plain, "> record 1   client->server")
}

func TestTextEscapesWhatPeersChose(t *testing.T) {
	d := talk(t, func(client, server *tls.Config) {
		client.MaxVersion = tls.VersionTLS12 // the certificate is in clear
		client.NextProtos = []string{"\x1b[2J", "h2\u202e", "bad\xff"}
		server.NextProtos = nil
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{})
	require.NoError(t, err)
	out := text(t, tr, TextOptions{Explain: true, Commands: true})
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "\u202e")
	require.Contains(t, out, `\x1b[31m`)
	require.Contains(t, out, `h2\u202e`)
	require.Contains(t, out, `bad\xff`)
}

func TestMessageOverSeveralRecords(t *testing.T) {
	client, server := hellos(t)
	body := client[5:]
	var split []byte
	for len(body) > 0 {
		n := min(30, len(body))
		split = append(split, 22, 3, 1, 0, byte(n))
		split = append(split, body[:n]...)
		body = body[n:]
	}
	tr := Streams(split, server, CaptureOptions{})
	sound(t, tr)
	c := tr.Connections[0]
	require.Len(t, c.Messages[0].At, 3)
	require.Equal(t, client[5:], c.Bytes(&c.Messages[0]))
	require.Contains(t, text(t, tr, TextOptions{}), "ClientHello  81 bytes out of 3 records; offsets are those of the message\n  m0000  01")
}

func TestConnectionThatEndsInAMessage(t *testing.T) {
	client, _ := hellos(t)
	cut := slices.Clone(client[:60])
	cut[4] = 55
	tr := Streams(cut, nil, CaptureOptions{})
	sound(t, tr)
	c := tr.Connections[0]
	require.True(t, c.Messages[0].Incomplete)
	require.Contains(t, text(t, tr, TextOptions{}), "ClientHello (incomplete)")
}
