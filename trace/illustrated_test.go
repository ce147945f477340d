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
