package quic

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPacketsOfACapture opens and seals again a whole connection of another
// QUIC stack (The Illustrated QUIC Connection), where TLSENGINE_VECTORS names
// a folder with a copy of it.
func TestPacketsOfACapture(t *testing.T) {
	dir := filepath.Join(os.Getenv("TLSENGINE_VECTORS"), "illustrated", "quic", "captures")
	keylog, err := os.ReadFile(filepath.Join(dir, "keylog.txt"))
	if os.IsNotExist(err) {
		t.Skip("TLSENGINE_VECTORS names no folder with the capture")
	}
	require.NoError(t, err)
	keys := map[string]*Keys{}
	for line := range strings.Lines(string(keylog)) {
		if f := strings.Fields(line); len(f) == 3 && len(f[2]) == 64 {
			keys[f[0]], err = NewKeys(V1, aes128, unhex(f[2]))
			require.NoError(t, err)
		}
	}
	client, server, err := InitialKeys(V1, []byte{0, 1, 2, 3, 4, 5, 6, 7})
	require.NoError(t, err)
	byName := map[string]*Keys{
		"cinit": client, "chand": keys["CLIENT_HANDSHAKE_TRAFFIC_SECRET"], "cdata": keys["CLIENT_TRAFFIC_SECRET_0"],
		"sinit": server, "shand": keys["SERVER_HANDSHAKE_TRAFFIC_SECRET"], "sdata": keys["SERVER_TRAFFIC_SECRET_0"],
	}
	files, err := filepath.Glob(filepath.Join(dir, "caps", "pkt[0-9]*"))
	require.NoError(t, err)
	require.Len(t, files, 12)
	largest := map[string]int64{}
	for _, file := range files {
		packet, err := os.ReadFile(file)
		require.NoError(t, err)
		name := filepath.Base(file) // pkt03_shand0
		kind := name[6:11]
		k := byName[kind]

		at, end := pnOffsetInCapture(packet)
		packet = packet[:end]
		header, payload, number := unprotect(t, k, packet, at, largest[kind]-1)
		want, err := os.ReadFile(filepath.Join(dir, "caps", "pkt_payload"+name[3:]))
		require.NoError(t, err)
		require.Equal(t, want, payload[:len(want)], name)
		require.Empty(t, strings.Trim(string(payload[len(want):]), "\x00"), "%s: the rest is PADDING", name)
		require.Equal(t, int64(name[11]-'0'), number, name)
		largest[kind] = number + 1

		require.Equal(t, packet, protect(t, k, header, payload, number), "%s sealed again", name)
	}
}

// pnOffsetInCapture finds where the packet number of one of the capture's
// packets is and where the packet ends: connection IDs are of 5 bytes in short
// headers, and all lengths of two bytes.
func pnOffsetInCapture(packet []byte) (pnOffset, end int) {
	if packet[0]&0x80 == 0 {
		return 1 + 5, len(packet)
	}
	at := 5
	at += 1 + int(packet[at]) // destination connection ID
	at += 1 + int(packet[at]) // source connection ID
	if packet[0]&0x30 == 0 {
		at++ // an empty token
	}
	return at + 2, at + 2 + int(packet[at]&0x3f)<<8 + int(packet[at+1])
}
