package handshake

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/group"
)

func TestHelloRetryRequestRandomIsAHash(t *testing.T) {
	require.Equal(t, sha256.Sum256([]byte("HelloRetryRequest")), HelloRetryRequestRandom)
}

func TestDowngradeSentinelsAreFound(t *testing.T) {
	var sh ServerHello
	for _, sentinel := range []string{DowngradeTLS12, DowngradeTLS11} {
		copy(sh.Random[24:], sentinel)
		require.True(t, sh.HasDowngradeSentinel(), "%x", sentinel)
	}
	require.Equal(t, unhex("44 4F 57 4E 47 52 44 01"), []byte(DowngradeTLS12))
	require.Equal(t, unhex("44 4F 57 4E 47 52 44 00"), []byte(DowngradeTLS11))
	sh.Random[31] = 2
	require.False(t, sh.HasDowngradeSentinel(), "the last byte matters")
	copy(sh.Random[23:], DowngradeTLS12)
	require.False(t, sh.HasDowngradeSentinel(), "the place matters")
}

func TestHelloTellsMissingFromEmptyExtensions(t *testing.T) {
	ch, err := ParseClientHello(unhex("0303 aa*32 00 0002 1301 01 00"))
	require.NoError(t, err)
	require.Nil(t, ch.Extensions)
	ch, err = ParseClientHello(unhex("0303 aa*32 00 0002 1301 01 00 0000"))
	require.NoError(t, err)
	require.NotNil(t, ch.Extensions)
}

func TestSplitMessageDemandsTheWholeMessage(t *testing.T) {
	typ, body, err := SplitMessage(unhex("14 000003 aabbcc"))
	require.NoError(t, err)
	require.Equal(t, MsgFinished, typ)
	require.Equal(t, unhex("aabbcc"), body)
	for _, bad := range []string{"", "14", "14 0000", "14 000003 aabb", "14 000003 aabbccdd"} {
		_, _, err := SplitMessage(unhex(bad))
		requireReason(t, err, bad)
	}
}

func TestMessageHashStandsForClientHello1(t *testing.T) {
	require.Equal(t, unhex("aa fe 000020 bb*32"), AppendMessageHash([]byte{0xaa}, unhex("bb*32")))
	require.Equal(t, unhex("fe 000030 bb*48"), AppendMessageHash(nil, unhex("bb*48")))
}

func TestServerECDHParamsAreSignedAsSent(t *testing.T) {
	body := unhex("03 001d 20 aa*32 0403 0001 5a")
	m, err := ParseServerKeyExchange(body)
	require.NoError(t, err)
	require.Equal(t, group.X25519, m.Params.NamedCurve)
	require.Equal(t, unhex("aa*32"), m.Params.Public)
	require.Equal(t, append(unhex("ff"), body[:36]...), m.Params.Append(unhex("ff")))
}

func TestCertificateEntriesKeepTheirOrder(t *testing.T) {
	m, err := ParseCertificate(unhex("01 cc 00000d 000001 31 0000 000002 3232 0000"))
	require.NoError(t, err)
	require.Equal(t, unhex("cc"), m.CertificateRequestContext)
	require.Len(t, m.CertificateList, 2)
	require.Equal(t, unhex("31"), m.CertificateList[0].CertData)
	require.Equal(t, unhex("3232"), m.CertificateList[1].CertData)
}

func TestChainOfTheLargestLengthParses(t *testing.T) {
	m, err := ParseCertificate(unhex("00 000258 000001300000*100"))
	require.NoError(t, err)
	require.Len(t, m.CertificateList, MaxCertificates)
	m12, err := ParseCertificate12(unhex("000190 00000130*100"))
	require.NoError(t, err)
	require.Len(t, m12.CertificateList, MaxCertificates)
}

func TestNamesAreTheRFCs(t *testing.T) {
	require.Equal(t, "ClientHello", MsgClientHello.String())
	require.Equal(t, "message(99)", MessageType(99).String())
	require.Equal(t, "TLS 1.3", VersionTLS13.String())
	require.Equal(t, "TLS 1.0", VersionTLS10.String())
	require.Equal(t, "SSL 3.0", VersionSSL30.String())
	require.Equal(t, "version(0x7F1C)", Version(0x7f1c).String())
	require.Equal(t, "key_share", ExtKeyShare.String())
	require.Equal(t, "encrypted_client_hello", ExtEncryptedClientHello.String())
	require.Equal(t, "extension(2570)", ExtensionType(0x0a0a).String())
	require.Equal(t, "psk_dhe_ke", PSKDHEKE.String())
}

// TestParsedMessagesDoNotLetGoOfTheirNeighbours: what aliases the input is cut
// off there, so that appending to one field cannot write over the next.
func TestParsedMessagesDoNotLetGoOfTheirNeighbours(t *testing.T) {
	body := unhex("0303 aa*32 01 bb 0002 1301 01 00 0005 fafa 0001 cc")
	before := append([]byte{}, body...)
	ch, err := ParseClientHello(body)
	require.NoError(t, err)
	_ = append(ch.LegacySessionID, 1)
	_ = append(ch.CipherSuites, 1, 2)
	_ = append(ch.LegacyCompressionMethods, 1)
	_ = AppendEmpty(ch.Extensions, ExtEarlyData)
	data, _ := ch.Extensions.Get(0xfafa)
	_ = append(data, 1)
	require.Equal(t, before, body)
}
