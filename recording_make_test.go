package tlsengine_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/vectors"
)

// What the engines say today is what the files say; "make golden" writes them.
func TestHandshakesAreRecordedAsTheyWere(t *testing.T) {
	all := map[string]bool{}
	made := map[string]*maker{}
	for _, r := range recordings() {
		p := r.record(t, made[r.resumes])
		made[r.name] = p
		text := p.file.Append(nil)
		all[r.name] = true
		name := "handshakes/" + r.name + ".txt"
		if *update {
			require.NoError(t, os.WriteFile(filepath.Join("vectors", name), text, 0o644))
			continue
		}
		want, err := fs.ReadFile(vectors.Files(), name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, text), "%s differs; make golden writes it", name)
	}
	names, err := fs.Glob(vectors.Files(), "handshakes/*.txt")
	require.NoError(t, err)
	for _, name := range names {
		require.True(t, all[strings.TrimSuffix(filepath.Base(name), ".txt")], "%s is a recording that nothing makes", name)
	}
}

// recording is a handshake to record.
type recording struct {
	name, title, comment string
	version              string
	quic                 bool
	resumes              string // the recording whose session this one has
	client, server       vectors.Fields
	script               []turn
}

// maker is a player that writes down what is said.
type maker struct {
	*player
	file *vectors.File
}

// turn is something an application does; before it, all that is owed is
// carried.
type turn struct {
	who     vectors.Role
	typ     string
	payload []byte
	now     bool // without waiting: early data
}

func says(who vectors.Role, text string) turn {
	return turn{who: who, typ: "application_data", payload: []byte(text)}
}

func closes(who vectors.Role) turn { return turn{who: who, typ: "alert", payload: []byte{1, 0}} }

func updates(who vectors.Role, request handshake.KeyUpdateRequest) turn {
	return turn{who: who, typ: "handshake", payload: (&handshake.KeyUpdate{RequestUpdate: request}).Append(nil)}
}

// talk is what every recording ends with.
func talk() []turn {
	return []turn{says(vectors.Client, "ping"), says(vectors.Server, "pong"), closes(vectors.Client), closes(vectors.Server)}
}

// record plays the turns and writes down what is sent.
func (r *recording) record(t *testing.T, before *maker) *maker {
	t.Helper()
	f := &vectors.File{Name: r.name, Title: r.title, Fields: r.header(t, before)}
	f.Sections = []vectors.Section{{Title: "client", Fields: r.client}, {Title: "server", Fields: r.server}}
	h, err := vectors.NewHandshake(f)
	require.NoError(t, err)
	drawn := map[vectors.Role]*bytes.Buffer{}
	var played *player
	if before != nil {
		played = before.player
	}
	m := &maker{file: f, player: newPlayer(t, h, played, func(side vectors.Role) io.Reader {
		drawn[side] = &bytes.Buffer{}
		seed := sha256.Sum256([]byte(r.name + " " + string(side)))
		return io.TeeReader(rand.NewChaCha8(seed), drawn[side])
	})}
	if r.quic {
		m.playQUIC(m.saidCrypto)
	} else {
		m.play(r.script)
	}
	m.result()
	for i, side := range []vectors.Role{vectors.Client, vectors.Server} {
		random := octetField("rand", drawn[side].Bytes())
		f.Sections[i].Fields = append(random, f.Sections[i].Fields...)
	}
	f.Sections = append(f.Sections, vectors.Section{Title: "secrets", Fields: m.secretFields()},
		vectors.Section{Title: "outcome", Fields: outcomeFields(m.outcome())})
	return m
}

// header is the fields before the first section; of a resumption with the
// session that is resumed.
func (r *recording) header(t *testing.T, before *maker) vectors.Fields {
	now := testpeer.Now()
	if before != nil {
		now = now.Add(10 * time.Second)
	}
	f := fields(text("check", "handshake"), text("comment", r.comment), text("version", r.version))
	if r.quic {
		f = fields(f, text("carrier", "QUIC"))
	}
	f = fields(f, text("time", now.Format(time.RFC3339)))
	if before == nil {
		return f
	}
	client := before.ends[vectors.Client]
	secret, ok := client.secrets["CLIENT_RANDOM"]
	name := "main secret"
	if !ok {
		// The session is opaque; the secret is where package handshake puts it.
		const at = 36
		s := client.sessions[0]
		name, secret = "psk", s[at+1:at+1+int(s[at])]
	}
	f = fields(f, text("resumes", r.resumes+".txt"), octetField(name, secret))
	info, err := tlsengine.ReadSession(client.sessions[0])
	require.NoError(t, err)
	if len(info.Ticket) > 0 {
		f = fields(f, octetField("ticket", info.Ticket))
	}
	return f
}

// play does what the script says, and carries what comes of it.
func (m *maker) play(script []turn) {
	m.Helper()
	for _, turn := range script {
		if turn.now {
			m.drain(m.ends[turn.who], nil)
		} else {
			m.settle()
		}
		m.act(m.ends[turn.who], turn.typ, turn.payload)
		m.drain(m.ends[turn.who], &turn)
	}
	m.settle()
}

// settle carries what is owed until nobody owes anything.
func (m *maker) settle() {
	m.Helper()
	for m.ends[vectors.Client].Owes() || m.ends[vectors.Server].Owes() {
		for _, side := range []vectors.Role{vectors.Client, vectors.Server} {
			m.drain(m.ends[side], nil)
		}
	}
}

// drain writes down the records of one side, and lets the other have them.
func (m *maker) drain(e *recordingEnd, turn *turn) {
	m.Helper()
	if turn == nil {
		e.out = e.Flush(e.out)
	}
	for len(e.out) > 0 {
		n := 5 + int(e.out[3])<<8 + int(e.out[4])
		typ, payload := "handshake", []byte(nil)
		switch {
		case e.out[0] == 20:
			typ, payload = "change_cipher_spec", []byte{1}
		case len(e.said) > 0:
			payload = e.messages(n, e.out[0] == 23)
		default:
			require.NotNil(m, turn, "%s sends a record that nobody wanted", e.name)
			typ, payload = turn.typ, turn.payload
		}
		rec := e.out[:n]
		e.out = e.out[n:]
		m.file.Sections = append(m.file.Sections, vectors.Section{Title: string(e.name) + " record " + typ, Fields: vectors.Fields{
			{Name: "payload", Text: hex.EncodeToString(payload)}, {Name: "record", Text: hex.EncodeToString(rec)},
		}})
		m.deliver(e, rec)
	}
}

// messages are those that fill a record of n bytes, or the part of one.
func (e *recordingEnd) messages(n int, sealed bool) (payload []byte) {
	room := n - 5 // type, version, length
	if sealed {
		room -= 1 + 16 // content type, tag
	}
	for len(e.said) > 0 && len(payload)+len(e.said[0]) <= room {
		payload, e.said = append(payload, e.said[0]...), e.said[1:]
	}
	if part := room - len(payload); e.cuts && part > 0 && len(e.said) > 0 {
		payload, e.said[0] = append(payload, e.said[0][:part]...), e.said[0][part:]
	}
	return payload
}

// secretFields are the key log, as the file has it.
func (m *maker) secretFields() (list vectors.Fields) {
	c := m.ends[vectors.Client]
	for _, label := range c.labels {
		list = append(list, octetField(label, c.secrets[label])...)
	}
	return list
}

func outcomeFields(o vectors.Outcome) (list vectors.Fields) {
	list = fields(text("version", o.Version), text("suite", o.Suite), text("group", o.Group), text("resumed", strconv.FormatBool(o.Resumed)))
	for _, f := range []vectors.Field{
		{Name: "alpn", Text: o.ALPN}, {Name: "server signature", Text: o.ServerSignature},
		{Name: "client signature", Text: o.ClientSignature}, {Name: "early data", Text: o.EarlyData},
	} {
		if f.Text != "" {
			list = append(list, f)
		}
	}
	return append(list, octetField("exporter", o.Exporter)...)
}

// The parts of a side's Config.

func text(name, value string) vectors.Fields { return vectors.Fields{{Name: name, Text: value}} }

func octetField(name string, b []byte) vectors.Fields { return text(name, hex.EncodeToString(b)) }

func fields(parts ...vectors.Fields) (all vectors.Fields) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func groupNames() (names []string) {
	for _, g := range group.All() {
		names = append(names, g.Name)
	}
	return names
}
