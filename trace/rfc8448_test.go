package trace_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/vectors"
)

// secretIDs are the ids in a trace of what RFC 8448 calls by labels, and their
// names in key logs.
var secretIDs = []struct{ label, id, keyLog string }{
	{"c e traffic", "c_e", "CLIENT_EARLY_TRAFFIC_SECRET"},
	{"c hs traffic", "c_hs", "CLIENT_HANDSHAKE_TRAFFIC_SECRET"},
	{"s hs traffic", "s_hs", "SERVER_HANDSHAKE_TRAFFIC_SECRET"},
	{"c ap traffic", "c_ap_0", "CLIENT_TRAFFIC_SECRET_0"},
	{"s ap traffic", "s_ap_0", "SERVER_TRAFFIC_SECRET_0"},
	{"exp master", "exp", "EXPORTER_SECRET"},
	{"res master", "res", ""},
}

// TestRFC8448 reads the handshakes of RFC 8448 off the wire: with a private key
// where that is enough, with a key log where there is a PSK too.
func TestRFC8448(t *testing.T) {
	handshakes, err := vectors.Traces()
	require.NoError(t, err)
	require.Len(t, handshakes, 5)
	for _, v := range handshakes {
		t.Run(v.Name, func(t *testing.T) {
			tap := trace.NewTap("client", clock())
			for _, r := range v.Records() {
				if r.Sender == vectors.Client {
					tap.Sent(r.Record)
				} else {
					tap.Received(r.Record)
				}
			}
			resumed := v.Secret("c e traffic") != nil
			if resumed {
				for _, s := range secretIDs {
					if s.keyLog != "" {
						tap.KeyLog(s.keyLog, v.Random(vectors.Client), v.Secret(s.label))
					}
				}
			} else {
				for name, group := range map[string]uint16{"x25519": 29, "P-256": 23} {
					if key := v.PrivateKey(vectors.Server, name); key != nil {
						tap.Private(group, key)
					}
				}
			}
			c := tap.Connection()
			require.Empty(t, c.Notes)
			report := trace.Check(c)
			require.Empty(t, report.Mismatches)
			require.Greater(t, report.Passed, 20)
			for _, s := range secretIDs {
				want := v.Secret(s.label)
				if got := c.FindSecret(s.id); want != nil && (s.keyLog != "" || !resumed) {
					require.NotNil(t, got, s.label)
					require.Equal(t, want, []byte(got.Out), s.label)
				}
			}
			for dir, role := range map[string]vectors.Role{trace.C2S: vectors.Client, trace.S2C: vectors.Server} {
				var got [][]byte
				for i := range c.Messages {
					if m := &c.Messages[i]; m.Dir == dir && !m.Synthetic {
						got = append(got, c.Bytes(m))
					}
				}
				require.Equal(t, v.Messages(role), got)
			}
			i := 0
			for _, r := range v.Records() {
				rec := c.Records[i]
				i++
				if rec.Inner != nil {
					require.Equal(t, r.Payload, c.Slice(rec.Inner.Span)[:len(r.Payload)])
				}
			}
		})
	}
}
