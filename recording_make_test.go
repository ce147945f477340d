package tlsengine_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	made := map[string]*player{}
	for _, r := range recordings() {
		p := r.record(t, made[r.resumes])
		made[r.name+".txt"] = p
		text := p.file.Append(nil)
		name := "handshakes/" + r.name + ".txt"
		if *update {
			require.NoError(t, os.WriteFile(filepath.Join("vectors", name), text, 0o644))
			continue
		}
		want, err := fs.ReadFile(vectors.Files(), name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, text), "%s differs; make golden writes it", name)
	}
}

// recording is a handshake to record.
type recording struct {
	name, title, comment string
	version              string
	resumes              string // the file of the handshake whose session this one has
	client, server       vectors.Fields
	script               []turn
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
func (r *recording) record(t *testing.T, before *player) *player {
	t.Helper()
	f := &vectors.File{Name: r.name, Title: r.title, Fields: vectors.Fields{
		{Name: "check", Text: "handshake"}, {Name: "comment", Text: r.comment},
		{Name: "version", Text: r.version}, {Name: "time", Text: testpeer.Now().Format(time.RFC3339)},
	}}
	if before != nil {
		r.resume(t, f, before)
	}
	f.Sections = []vectors.Section{{Title: "client", Fields: r.client}, {Title: "server", Fields: r.server}}
	drawn := map[vectors.Role]*bytes.Buffer{}
	p := newPlayer(t, f, before, func(side vectors.Role) io.Reader {
		drawn[side] = &bytes.Buffer{}
		seed := sha256.Sum256([]byte(r.name + " " + string(side)))
		return io.TeeReader(rand.NewChaCha8(seed), drawn[side])
	})
	for _, turn := range r.script {
		if turn.now {
			p.drain(p.ends[turn.who], nil)
		} else {
			p.settle()
		}
		p.act(p.ends[turn.who], turn.typ, turn.payload)
		p.drain(p.ends[turn.who], &turn)
	}
	p.settle()
	p.result()
	for i, side := range []vectors.Role{vectors.Client, vectors.Server} {
		random := vectors.Field{Name: "rand", Text: hex.EncodeToString(drawn[side].Bytes())}
		f.Sections[i].Fields = append(vectors.Fields{random}, f.Sections[i].Fields...)
	}
	f.Sections = append(f.Sections, vectors.Section{Title: "secrets", Fields: p.secretFields()},
		vectors.Section{Title: "outcome", Fields: p.outcome()})
	return p
}

// resume adds to the header what a resumed session is.
func (r *recording) resume(t *testing.T, f *vectors.File, before *player) {
	client := before.ends[vectors.Client]
	f.Fields[3].Text = testpeer.Now().Add(10 * time.Second).Format(time.RFC3339)
	secret, ok := client.secrets["CLIENT_RANDOM"]
	name := "main secret"
	if !ok {
		// The session is opaque; the secret is where package handshake puts it.
		const at = 36
		s := client.sessions[0]
		name, secret = "psk", s[at+1:at+1+int(s[at])]
	}
	f.Fields = append(f.Fields, vectors.Field{Name: "resumes", Text: r.resumes}, vectors.Field{Name: name, Text: hex.EncodeToString(secret)})
	info, err := tlsengine.ReadSession(client.sessions[0])
	require.NoError(t, err)
	if len(info.Ticket) > 0 {
		f.Fields = append(f.Fields, vectors.Field{Name: "ticket", Text: hex.EncodeToString(info.Ticket)})
	}
}

// settle carries what is owed until nobody owes anything.
func (p *player) settle() {
	p.Helper()
	for p.ends[vectors.Client].Owes() || p.ends[vectors.Server].Owes() {
		for _, side := range []vectors.Role{vectors.Client, vectors.Server} {
			p.drain(p.ends[side], nil)
		}
	}
}

// drain writes down the records of one side, and lets the other have them.
func (p *player) drain(e *recordingEnd, turn *turn) {
	p.Helper()
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
			require.NotNil(p, turn, "%s sends a record that nobody wanted", e.name)
			typ, payload = turn.typ, turn.payload
		}
		rec := e.out[:n]
		e.out = e.out[n:]
		p.file.Sections = append(p.file.Sections, vectors.Section{Title: string(e.name) + " record " + typ, Fields: vectors.Fields{
			{Name: "payload", Text: hex.EncodeToString(payload)}, {Name: "record", Text: hex.EncodeToString(rec)},
		}})
		p.deliver(e, rec)
	}
}

// messages are those that fill a record of n bytes.
func (e *recordingEnd) messages(n int, sealed bool) (payload []byte) {
	room := n - 5 // type, version, length
	if sealed {
		room -= 1 + 16 // content type, tag
	}
	for len(e.said) > 0 && len(payload)+len(e.said[0]) <= room {
		payload, e.said = append(payload, e.said[0]...), e.said[1:]
	}
	return payload
}

// The parts of a side's Config.

func text(name, value string) vectors.Fields { return vectors.Fields{{Name: name, Text: value}} }

func octetField(name string, b []byte) vectors.Fields { return text(name, hex.EncodeToString(b)) }

func identity(t *testpeer.Identity) vectors.Fields {
	der, err := x509.MarshalPKCS8PrivateKey(t.Key)
	if err != nil {
		panic(err)
	}
	return fields(octetField("certificate", t.Chain[0]), octetField("private key", der))
}

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
