package trace_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/trace/hook"
	"github.com/tlsengine/tlsengine/vectors"
)

// recorded is the trace of a handshake of the vectors, as it was on the wire.
// The resumed ones of TLS 1.2 say their main secret in the key log too.
func recorded(h *vectors.Handshake) *trace.Connection {
	if h.QUIC {
		r := trace.NewRecorder("client", clock())
		crypto, sent := map[vectors.Role][]byte{}, map[vectors.Role]int{}
		for _, piece := range h.Records {
			crypto[piece.Sender] = append(crypto[piece.Sender], piece.Payload...)
			for all := h.Messages(piece.Sender); sent[piece.Sender] < len(all); sent[piece.Sender]++ {
				m := all[sent[piece.Sender]]
				if len(crypto[piece.Sender]) < len(m) {
					break
				}
				crypto[piece.Sender] = crypto[piece.Sender][len(m):]
				d := hook.Received
				if piece.Sender == vectors.Client {
					d = hook.Sent
				}
				r.Message(hook.Message{Direction: d, Carrier: hook.InCrypto, Bytes: m})
			}
		}
		return r.Connection()
	}
	tap := trace.NewTap("client", clock())
	for _, r := range h.Records {
		if r.Sender == vectors.Client {
			tap.Sent(r.Record)
		} else {
			tap.Received(r.Record)
		}
	}
	for _, v := range h.KeyLog {
		tap.KeyLog(v.Name, h.Messages(vectors.Client)[0][6:38], v.Bytes)
	}
	return tap.Connection()
}

// placeholders are what is a line of text in the vectors, and no parser can read.
const placeholders = `(quic_transport_parameters|ocsp_response)\.unparsed$`

// TestLeavesCoverEveryRecordedHandshake: every byte of every handshake in the
// vectors lies in one leaf, nothing is left unparsed, every protected record is
// opened, and what can be computed again comes out the same. internal/interop
// does it with connections of other implementations.
func TestLeavesCoverEveryRecordedHandshake(t *testing.T) {
	handshakes, err := vectors.Handshakes()
	require.NoError(t, err)
	leaves, size := 0, 0
	for _, h := range handshakes {
		c := recorded(h)
		require.NoError(t, c.Validate(), h.Name)
		require.Empty(t, trace.Check(c).Mismatches, h.Name)
		if !h.QUIC {
			require.Len(t, c.Records, len(h.Records), h.Name)
		}
		look := func(fields []dissect.Field) {
			root := dissect.Field{Fields: fields}
			for leaf := range root.Leaves() {
				leaves++
				if leaf.Kind == dissect.Unparsed {
					require.Regexp(t, placeholders, leaf.ID, "%s: %s", h.Name, leaf.Reason)
				}
			}
		}
		for i := range c.Records {
			look(c.Records[i].Fields)
			require.Equal(t, c.Records[i].Protected, c.Records[i].Inner != nil, "%s: record %d", h.Name, i+1)
		}
		for i := range c.Messages {
			look(c.Messages[i].Fields)
		}
		for _, b := range c.Buffers {
			size += len(b.Bytes)
		}
	}
	require.GreaterOrEqual(t, len(handshakes), 50)
	t.Logf("%d leaves cover all %d bytes of %d handshakes", leaves, size, len(handshakes))
}
