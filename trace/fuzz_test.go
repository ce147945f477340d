package trace

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// through gives a trace to all that takes one.
func through(t *testing.T, tr *Trace) {
	for _, c := range tr.Connections {
		require.NoError(t, c.Validate())
		Check(c)
	}
	require.NoError(t, Text(io.Discard, tr, TextOptions{Hex: FullHex, Explain: true, Commands: true, Color: true}))
	var page bytes.Buffer
	require.NoError(t, HTML(&page, tr, PageOptions{}))
	require.False(t, bytes.ContainsAny(page.Bytes(), "\x00\x1b\u202e"))
	tr.Redact()
	require.NoError(t, Text(io.Discard, tr, TextOptions{ASCII: true}))
	j, err := json.Marshal(tr)
	require.NoError(t, err)
	_, err = Load(j)
	require.NoError(t, err)
}

// FuzzStreams gives any bytes as the two directions of a connection.
func FuzzStreams(f *testing.F) {
	client, server := hellos(f)
	f.Add(client, server)
	d := talk(f, nil)
	f.Add(d.stream(C2S), d.stream(S2C))
	f.Add([]byte{22, 3, 3, 0, 4, 0, 0, 0, 0, 20, 3, 3, 0, 1, 1, 23, 3, 3}, []byte("HTTP/1.1 400"))
	log := d.log(f)
	f.Fuzz(func(t *testing.T, client, server []byte) {
		if len(client)+len(server) > 1<<13 {
			return
		}
		through(t, Streams(client, server, CaptureOptions{KeyLog: log}))
	})
}

// FuzzCapture gives any bytes as a capture file.
func FuzzCapture(f *testing.F) {
	d := talk(f, nil)
	f.Add(d.capture(1460, nil))
	f.Add(d.capture(300, nil)[:2000])
	client, server := hellos(f)
	small := &dialogue{said: []chunk{{C2S, client}, {S2C, server}}}
	f.Add(small.capture(50, nil))
	log := d.log(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<13 {
			return
		}
		if tr, err := Capture(file, CaptureOptions{KeyLog: log}); err == nil {
			through(t, tr)
		}
	})
}

// FuzzLoad gives any bytes as a trace in JSON. What is loaded can be shown.
func FuzzLoad(f *testing.F) {
	client, server := hellos(f)
	j, err := json.Marshal(Streams(client, server, CaptureOptions{}))
	require.NoError(f, err)
	f.Add(j)
	r := NewRecorder("client", clock())
	d := talk(f, nil)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(f)})
	require.NoError(f, err)
	replay(r, "client", tr.Connections[0])
	j, err = json.Marshal(&Trace{Schema: Schema, Connections: []*Connection{r.Connection()}})
	require.NoError(f, err)
	f.Add(j)
	f.Add([]byte(`{"schema":"tlsprobe.trace/1","connections":[{"secrets":[{"id":"a","op":"slice","secret":"a","off":-1,"len":5,"out":"00"}],"events":[{"kind":"keys","ref":"a"},{"kind":"record","ref":-1}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if tr, err := Load(b); err == nil {
			through(t, tr)
		}
	})
}

// FuzzKeyLog gives any bytes as a key log.
func FuzzKeyLog(f *testing.F) {
	f.Add([]byte("CLIENT_RANDOM 00 11\n# x\n\nRSA a b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if log, err := ParseKeyLog(b); err == nil {
			for _, secrets := range log {
				for _, s := range secrets {
					require.LessOrEqual(t, len(s), maxSecret)
				}
			}
		}
	})
}
