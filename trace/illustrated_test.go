package trace

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// illustrated is the folder of the captures of "The Illustrated TLS
// Connection", which are not part of this repository.
func illustrated(t *testing.T, name string) (capture []byte, log KeyLog) {
	dir := filepath.Join(os.Getenv("TLSENGINE_VECTORS"), "illustrated", name, "captures")
	capture, err := os.ReadFile(filepath.Join(dir, "capture.pcap"))
	if os.Getenv("TLSENGINE_VECTORS") == "" || err != nil {
		t.Skip("TLSENGINE_VECTORS names no folder with the illustrated captures")
	}
	lines, err := os.ReadFile(filepath.Join(dir, "keylog.txt"))
	require.NoError(t, err)
	log, err = ParseKeyLog(lines)
	require.NoError(t, err)
	return capture, log
}

// private is the client's key of that capture: 20 21 … 3f.
func private() []PrivateKey {
	key := make([]byte, 32)
	for i := range key {
		key[i] = 0x20 + byte(i)
	}
	return []PrivateKey{{29, key}}
}

func TestIllustratedTLS13(t *testing.T) {
	capture, log := illustrated(t, "tls13")
	for _, o := range []CaptureOptions{{KeyLog: log}, {Private: private()}, {KeyLog: log, Private: private()}} {
		tr, err := Capture(capture, o)
		c := one(t, tr, err)
		require.Empty(t, c.Notes)
		require.Equal(t, "C ClientHello, S ServerHello, S EncryptedExtensions, S Certificate, S CertificateVerify, S Finished, C Finished, S NewSessionTicket, S NewSessionTicket", names(c))
		for id, want := range map[string]string{
			"s_hs": "23323da031634b241dd37d61032b62a4f450584d1f7f47983ba2f7cc0cdcc39a68f481f2b019f9403a3051908a5d1622",
			"c_hs": "db89d2d6df0e84fed74a2288f8fd4d0959f790ff23946cdf4c26d85e51bebd42ae184501972f8d30c4a3e4a3693d0ef0",
		} {
			require.Equal(t, want, hex.EncodeToString(c.FindSecret(id).Out), id)
		}
		require.Equal(t, "9f13575ce3f8cfc1df64a77ceaffe89700b492ad31b4fab01c4792be1b266b7f", hex.EncodeToString(c.FindSecret("s_hs.key").Out))
		require.Equal(t, "9563bc8b590f671f488d2da3", hex.EncodeToString(c.FindSecret("s_hs.iv").Out))
		require.Equal(t, "e05f64fcd082bdb0dce473adf669c2769f257a1c75a51b7887468b5e0e7a7de4f4d34555112077f16e079019d5a845bd",
			hex.EncodeToString(c.Messages[1].Transcript.After))
	}
}

func TestIllustratedKeyScheduleFromThePrivateKey(t *testing.T) {
	capture, _ := illustrated(t, "tls13")
	tr, err := Capture(capture, CaptureOptions{Private: private()})
	c := one(t, tr, err)
	require.Equal(t, "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624", hex.EncodeToString(c.KeyExchanges[0].Shared))
	handshake := c.FindSecret("handshake")
	require.Equal(t, [2]string{"derived_1", "shared_0"}, [2]string{handshake.Salt, handshake.IKM})
	require.Equal(t, "bdbbe8757494bef20de932598294ea65b5e6bf6dc5c02a960a2de2eaa9b07c929078d2caa0936231c38d1725f179d299", hex.EncodeToString(handshake.Out))
	require.Equal(t, 1, *c.FindSecret("s_hs").Context.TranscriptAfter)
	report := Check(c)
	require.Zero(t, report.Skipped)
	require.Greater(t, report.Passed, 40)
}

func TestIllustratedTLS12(t *testing.T) {
	capture, log := illustrated(t, "tls12")
	tr, err := Capture(capture, CaptureOptions{KeyLog: log})
	c := one(t, tr, err)
	require.Empty(t, c.Notes)
	require.Equal(t, "C ClientHello, S ServerHello, S Certificate, S ServerKeyExchange, S ServerHelloDone, C ClientKeyExchange, C Finished, S Finished", names(c))
	var s Summary
	require.NoError(t, json.Unmarshal(c.Result, &s))
	require.Equal(t, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", s.Suite.String())
	require.Equal(t, "ping", string(c.Slice(c.Records[appData(c)].Inner.Span)))
	require.Contains(t, text(t, tr, TextOptions{}), "AES-128-CBC, HMAC-SHA, iv")
	require.True(t, strings.Contains(webPage(t, tr), `AES-128-CBC, HMAC-SHA with <a href="#s.c.key">client key</a>, iv `), "how its records were opened")
}

// TestIllustratedText: the ServerHello, the keys that come of it, and the first
// record under them, as they are printed.
func TestIllustratedText(t *testing.T) {
	capture, log := illustrated(t, "tls13")
	tr, err := Capture(capture, CaptureOptions{KeyLog: log, Private: private()})
	require.NoError(t, err)
	all := text(t, tr, TextOptions{})
	from, to := strings.Index(all, "◀ record 2 "), strings.Index(all, "◀ record 3 ")
	next, end := strings.Index(all, "◀ record 4 "), strings.Index(all, "◀ record 5 ")
	require.Equal(t, `◀ record 2   server→client  127 B  +56.9 ms   handshake, in clear
  0000  16                       content type          handshake (22)
  0001  03 03                    legacy version        TLS 1.2, fixed
  0003  00 7a                    length                122
  ServerHello
  0005  02                       message type          server_hello (2)
  0006  00 00 76                 length                118
  0009  03 03                    legacy_version        TLS 1.2; the real one is in supported_versions
  000b  70 71 72 … 8d 8e 8f      random                32 bytes
  002b  20                       session id length     32
  002c  e0 e1 e2 … fd fe ff      session id            echo of the client's
  004c  13 02                    cipher suite          TLS_AES_256_GCM_SHA384
  004e  00                       compression           none
  004f  00 2e                    extensions length     46
  0051  00 2b                    extension             supported_versions (43)
  0053  00 02                      length              2
  0055  03 04                      selected            TLS 1.3
  0057  00 33                    extension             key_share (51)
  0059  00 24                      length              36
  005b  00 1d                      group               x25519
  005d  00 20                      key length          32
  005f  9f d7 ad … 80 b6 15        public key          32 bytes
  transcript  SHA-384(ClientHello‖ServerHello) = e05f64fcd082…d5a845bd

± keys 1     handshake traffic
  shared secret     x25519(client private, server public)                      df4a291baa1e…88447624
  early secret      HKDF-Extract(salt 0, ikm 0)                                7ee8206f5570…ec4ea9b5
  derived           Expand-Label(early secret, "derived", Hash(""))            1591dac5cbbf…428f282b
  handshake secret  HKDF-Extract(salt derived, ikm shared secret)              bdbbe8757494…f179d299
  c hs traffic      Expand-Label(handshake secret, "c hs traffic", transcript) db89d2d6df0e…693d0ef0
  s hs traffic      Expand-Label(handshake secret, "s hs traffic", transcript) 23323da03163…8a5d1622
  derived           Expand-Label(handshake secret, "derived", Hash(""))        be3a8cdfcd10…f29e9486
  main secret       HKDF-Extract(salt derived, ikm 0)                          2931209e1b78…ee55d3c3
  client key / iv                                                              1135b4826a9a…b2b1ac69 / 4256d2e0e88babdd05eb2f27
  server key / iv                                                              9f13575ce3f8…1b266b7f / 9563bc8b590f671f488d2da3

◀ record 4   server→client  28 B   +56.9 ms   application_data outside, handshake inside
  0000  17 03 03 00 17           header = AAD          type 23, 23 bytes follow
  0005  6b e0 2f 9d a7 c2 dc     ciphertext            7 bytes
  000c  9d de f5 … 03 44 ae      tag                   16 bytes
  ⬇ AES-256-GCM, key s hs, nonce iv ⊕ 0 = 9563bc8b590f671f488d2da3
  EncryptedExtensions
  +0000  08                      message type          encrypted_extensions (8)
  +0001  00 00 02                length                2
  +0004  00 00                   extensions length     0
  transcript  SHA-384(ClientHello … EncryptedExtensions) = e5fd6bf6b5ed…fe8bd46b
  +0006  16                      inner type            handshake (22), no padding

`, all[from:to]+all[next:end])
}
