package handshake

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/signature"
)

// fullSession has every field set.
func fullSession() *session {
	return &session{
		version: VersionTLS13, suite: cipher.TLS_AES_128_GCM_SHA256, authenticated: someTime.UnixMilli(),
		created: someTime.UnixMilli(), lifetime: 3600, ageAdd: 77, maxEarlyData: 1000,
		scheme: signature.Ed25519, ems: true, secret: []byte("secret"), alpn: "h2", serverName: "server.test",
		context: []byte("context"), application: []byte("application"), chain: [][]byte{[]byte("leaf"), []byte("ca")},
		ticket: []byte("ticket"), sessionID: []byte("session id"),
	}
}

func TestSessionsAreReadAsTheyWereWritten(t *testing.T) {
	for _, s := range []*session{fullSession(), {version: VersionTLS12, secret: []byte{1}}} {
		b := s.append(nil)
		got, err := parseSession(b)
		require.NoError(t, err)
		require.Equal(t, b, got.append(nil))
	}
	info, err := ReadSession(fullSession().append(nil))
	require.NoError(t, err)
	require.Equal(t, "server.test", info.ServerName)
	require.Equal(t, "h2", info.ALPN)
	require.Equal(t, time.Hour, info.Expires.Sub(info.Created))
	require.NotContains(t, strings.ToLower(info.ServerName+info.ALPN+string(info.Ticket)+string(info.Application)), "secret", "the secret stays inside")
}

func TestNoPartOfASessionIsOne(t *testing.T) {
	whole := fullSession().append(nil)
	for n := range whole {
		_, err := parseSession(whole[:n])
		require.Error(t, err, "%d bytes", n)
	}
	_, err := parseSession(append(whole, 0))
	require.Error(t, err, "a byte too many")
	unknown := append([]byte{0xff}, whole[1:]...)
	_, err = parseSession(unknown)
	require.Error(t, err, "another format")
}

func TestSessionsAreFreshForTheirTime(t *testing.T) {
	s := fullSession()
	require.True(t, s.fresh(someTime))
	require.True(t, s.fresh(someTime.Add(time.Hour)))
	require.False(t, s.fresh(someTime.Add(time.Hour+time.Millisecond)), "past the lifetime")
	require.False(t, s.fresh(someTime.Add(-time.Millisecond)), "from the future")
	s.lifetime = 0xffffffff
	require.True(t, s.fresh(someTime.Add(7*24*time.Hour)))
	require.False(t, s.fresh(someTime.Add(7*24*time.Hour+time.Millisecond)), "RFC 9846, Section 4.7.1: not longer than 7 days")
	late := *s
	late.authenticated += time.Hour.Milliseconds()
	require.False(t, late.fresh(someTime.Add(7*24*time.Hour+time.Millisecond)), "whenever the peer proved itself")

	// A chain of tickets does not live longer than a week after the last proof.
	s.authenticated -= (6 * 24 * time.Hour).Milliseconds()
	require.True(t, s.fresh(someTime.Add(24*time.Hour)))
	require.False(t, s.fresh(someTime.Add(24*time.Hour+time.Millisecond)))
}

func TestDataIsAttachedToSessions(t *testing.T) {
	b, err := AttachToSession(fullSession().append(nil), []byte("other"))
	require.NoError(t, err)
	info, err := ReadSession(b)
	require.NoError(t, err)
	require.Equal(t, "other", string(info.Application))
	_, err = AttachToSession(b, make([]byte, 0x10000))
	require.Error(t, err, "too much")
	_, err = AttachToSession([]byte("session"), nil)
	require.Error(t, err, "not to a session")
	_, err = ReadSession(nil)
	require.Error(t, err)
}

func FuzzSession(f *testing.F) {
	f.Add(fullSession().append(nil))
	f.Add((&session{version: VersionTLS12, secret: []byte{1}}).append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if info, err := ReadMachineInfo(b); err == nil {
			require.Less(t, info.State, numStates)
		}
		s, err := parseSession(b)
		if err != nil {
			return
		}
		again, err := parseSession(s.append(nil))
		require.NoError(t, err)
		require.Equal(t, s.append(nil), again.append(nil))
		_ = s.fresh(someTime)
	})
}
