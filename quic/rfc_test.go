package quic

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

var (
	aes128 = cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	aes256 = cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384)
	chacha = cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256)
)

func TestInitialSecretsOfTheRFCs(t *testing.T) {
	for _, s := range samples {
		dcid := unhex(destinationConnectionID)
		initial := s.version.params().salt.Extract(dcid)
		require.Equal(t, s.initialSecret, hex.EncodeToString(initial.Bytes()))

		client, server, err := InitialSecrets(s.version, dcid)
		require.NoError(t, err)
		require.Equal(t, s.client.secret, hex.EncodeToString(client.Bytes()), "%v, client", s.version)
		require.Equal(t, s.server.secret, hex.EncodeToString(server.Bytes()), "%v, server", s.version)
	}
}

func TestKeysOfTheRFCs(t *testing.T) {
	for _, s := range samples {
		wantKeys(t, s.version, aes128, s.client)
		wantKeys(t, s.version, aes128, s.server)
		wantKeys(t, s.version, chacha, s.chacha)
	}
}

// wantKeys compares what is derived, and then what comes out of Keys: that
// they are of this key, IV and header protection key.
func wantKeys(t *testing.T, v Version, suite *cipher.Suite, want sampleKeys) {
	t.Helper()
	expand := func(label string, n int) string {
		out := make([]byte, n)
		keyschedule.ExpandLabel(suite.Hash, unhex(want.secret), label, nil, out)
		return hex.EncodeToString(out)
	}
	p := v.params()
	require.Equal(t, want.key, expand(p.keyLabel, suite.KeyLen), "%v, key", v)
	require.Equal(t, want.iv, expand(p.ivLabel, 12), "%v, iv", v)
	require.Equal(t, want.hp, expand(p.hpLabel, suite.KeyLen), "%v, hp", v)

	keys, err := NewKeys(v, suite, unhex(want.secret))
	require.NoError(t, err)
	require.Equal(t, unhex(want.iv), keys.iv[:])
	aead, err := suite.New(unhex(want.key))
	require.NoError(t, err)
	require.Equal(t, aead.Seal(nil, unhex(want.iv), []byte("payload"), []byte("header")),
		keys.Seal(nil, []byte("header"), []byte("payload"), 0))
}

func TestPacketsOfTheRFCs(t *testing.T) {
	for _, s := range samples {
		for name, c := range map[string]struct {
			suite *cipher.Suite
			keys  sampleKeys
			samplePacket
		}{
			"client Initial":    {aes128, s.client, s.clientInitial},
			"server Initial":    {aes128, s.server, s.serverInitial},
			"ChaCha20-Poly1305": {chacha, s.chacha, s.chachaPacket},
		} {
			t.Run(s.version.String()+" "+name, func(t *testing.T) {
				keys, err := NewKeys(s.version, c.suite, unhex(c.keys.secret))
				require.NoError(t, err)
				header := unhex(c.header)
				payload := append(unhex(c.payload), make([]byte, c.padding)...)

				packet := protect(t, keys, header, payload, c.number)
				require.Equal(t, c.packet, hex.EncodeToString(packet))

				gotHeader, gotPayload, number := unprotect(t, keys, packet, len(header)-pnLen(header), c.number-1)
				require.Equal(t, header, gotHeader)
				require.Equal(t, payload, gotPayload)
				require.Equal(t, c.number, number)

				mask := keys.Mask((*[SampleSize]byte)(unhex(c.sample)))
				require.Equal(t, c.mask, hex.EncodeToString(mask[:]))
			})
		}
	}
}

func TestNonceOfTheRFCs(t *testing.T) {
	for _, s := range samples {
		keys, err := NewKeys(s.version, chacha, unhex(s.chacha.secret))
		require.NoError(t, err)
		var r room
		keys.nonce(&r, 0, s.chachaPacket.number)
		require.Equal(t, s.nonce, hex.EncodeToString(r.nonce[:]))
	}
}

func TestInitialKeysSealForTheirSide(t *testing.T) {
	for _, s := range samples {
		client, server, err := InitialKeys(s.version, unhex(destinationConnectionID))
		require.NoError(t, err)
		header := unhex(s.serverInitial.header)
		packet := protect(t, server, header, unhex(answer), 1)
		require.Equal(t, s.serverInitial.packet, hex.EncodeToString(packet))

		header = unhex(s.clientInitial.header)
		packet = protect(t, client, header, append(unhex(cryptoFrame), make([]byte, s.clientInitial.padding)...), 2)
		require.Equal(t, s.clientInitial.packet, hex.EncodeToString(packet))
	}
}

func TestKeyUpdateOfTheRFCs(t *testing.T) {
	for _, s := range samples {
		keys, err := NewKeys(s.version, chacha, unhex(s.chacha.secret))
		require.NoError(t, err)
		next, err := keys.Next()
		require.NoError(t, err)
		require.Equal(t, s.next, hex.EncodeToString(next.secret.Bytes()), "%v", s.version)

		fresh, err := NewKeys(s.version, chacha, unhex(s.next))
		require.NoError(t, err)
		require.Equal(t, fresh.Seal(nil, nil, nil, 7), next.Seal(nil, nil, nil, 7), "key and IV are those of the next secret")
		sample := (*[SampleSize]byte)(unhex(s.chachaPacket.sample))
		require.Equal(t, keys.Mask(sample), next.Mask(sample), "RFC 9001, Section 6.1: the header protection key is not updated")
		require.NotEqual(t, keys.Mask(sample), fresh.Mask(sample))
	}
}

func TestRetryOfTheRFCs(t *testing.T) {
	for _, s := range samples {
		retry := unhex(s.retry)
		n := len(retry) - Overhead
		tag, err := RetryTag(s.version, unhex(destinationConnectionID), retry[:n])
		require.NoError(t, err)
		require.Equal(t, retry[n:], tag[:], "%v", s.version)
	}
}

// The examples of RFC 9000, Appendices A.2 and A.3.
func TestPacketNumbersOfTheRFC(t *testing.T) {
	require.Equal(t, []byte{0x5c, 0x02}, AppendPacketNumber(nil, 0xac5c02, 0xabe8b3))
	require.Equal(t, []byte{0xac, 0xe8, 0xfe}, AppendPacketNumber(nil, 0xace8fe, 0xabe8b3))
	require.EqualValues(t, uint32(0xa82f9b32), DecodePacketNumber(0xa82f30ea, 0x9b32, 2))
}

// protect makes a packet in place: header, payload, tag in one buffer.
func protect(t *testing.T, keys *Keys, header, payload []byte, number int64) []byte {
	t.Helper()
	packet := make([]byte, 0, len(header)+len(payload)+Overhead)
	packet = append(append(packet, header...), payload...)
	n := len(header)
	packet = keys.Seal(packet[:n], packet[:n], packet[n:], number)
	require.NoError(t, keys.ProtectHeader(packet, n-pnLen(header)))
	return packet
}

// unprotect opens a copy of a packet in place.
func unprotect(t *testing.T, keys *Keys, packet []byte, pnOffset int, largest int64) (header, payload []byte, number int64) {
	t.Helper()
	packet = append([]byte(nil), packet...)
	n, number, err := keys.UnprotectHeader(packet, pnOffset, largest)
	require.NoError(t, err)
	payload, err = keys.Open(packet[n:n], packet[:n], packet[n:], number)
	require.NoError(t, err)
	return packet[:n], payload, number
}

func pnLen(header []byte) int { return int(header[0]&3) + 1 }

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
