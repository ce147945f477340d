package tlsengine_test

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/vectors"
)

var update = flag.Bool("update", false, "write the golden files anew: recorded handshakes, snapshots of the newest format")

// newestSnapshots is the file that -update writes. Once a format has been
// released its file only ever grows, and the next format gets one of its own.
const newestSnapshots = "vectors/snapshots/format1.txt"

// A moment is an engine that was frozen, what it receives next, and what its
// application then sees.
type moment struct {
	flow     string
	side     int
	snapshot []byte
	receives []byte
	sees     []string
}

// goldenConfigs are those of a flow, with all that is random fixed.
func goldenConfigs(t testing.TB, f course) (client, server *tlsengine.Config) {
	client, server = testpeer.ClientConfig(), testpeer.ServerConfig()
	require.NoError(t, server.TicketKeys.SetKeys([32]byte{1, 2, 3}))
	for _, cfg := range []*tlsengine.Config{client, server} {
		cfg.Groups = []*group.Group{group.Lookup(group.X25519), group.Lookup(group.P256)}
		cfg.MaxFragment = 100 // so that states are left between records
	}
	f.client(client)
	f.server(server)
	return client, server
}

// goldenMoments are one for each state that the flows come by.
func goldenMoments(t testing.TB) (list []moment) {
	seen := make(map[string]bool)
	for _, f := range courses() {
		client, server := goldenConfigs(t, f)
		cached := server.SessionCache
		f.playWith(t, client, server, manner{piece: 100, between: alone, sees: func(d *duet, side int, in []byte) {
			cfg := d.engines[side].Config()
			m := moment{flow: f.name, side: side, snapshot: freeze(t, d.engines[side]), receives: slices.Concat(in, d.rest)}
			d.engines[side] = thaw(t, cfg, m.snapshot)
			info, err := tlsengine.ReadSnapshot(m.snapshot)
			require.NoError(t, err)
			if name := fmt.Sprint(side, info.State); !seen[name] && cached == nil {
				seen[name] = true
				m.sees = m.play(t, f)
				list = append(list, m)
			}
		}})
	}
	list = append(list, failedMoment(t))
	for i, data := range quicSnapshots(t) {
		if i%3 == 0 {
			list = append(list, moment{flow: "QUIC", side: quicSide(t, data), snapshot: data})
		}
	}
	_, server := goldenConfigs(t, courses()[0])
	allowDetach(server)
	client := testpeer.ClientConfig()
	p := meet(t, client, server)
	k := detach(t, p.server.Engine)
	require.NoError(t, k.d.UpdateKeys(handshake.UpdateNotRequested))
	data, err := k.d.Freeze(nil)
	require.NoError(t, err)
	return append(list, moment{flow: "detached", side: 1, snapshot: data})
}

func quicSide(t testing.TB, data []byte) int {
	info, err := tlsengine.ReadSnapshot(data)
	require.NoError(t, err)
	if info.Client {
		return 0
	}
	return 1
}

// failedMoment is of a server that has refused, and still owes the alert.
func failedMoment(t testing.TB) moment {
	_, cfg := goldenConfigs(t, courses()[0])
	s, err := tlsengine.NewServer(cfg)
	require.NoError(t, err)
	(&end{Engine: s}).take(t, []byte("GET / HTTP/1.1\r\n\r\n"))
	m := moment{flow: courses()[0].name, side: 1, snapshot: freeze(t, s), receives: []byte("Host: example.test\r\n\r\n")}
	m.sees = m.play(t, courses()[0])
	return m
}

// play thaws the engine and goes on.
func (m *moment) play(t testing.TB, f course) []string {
	t.Helper()
	client, server := goldenConfigs(t, f)
	cfg := []*tlsengine.Config{client, server}[m.side]
	switch m.flow {
	case "QUIC":
		cfg.ALPN, cfg.Groups = []string{"h3"}, nil
		_, err := tlsengine.ThawQUIC(cfg, m.snapshot)
		require.NoError(t, err)
		return nil
	case "detached":
		d, err := tlsengine.ThawDetached(cfg, m.snapshot)
		require.NoError(t, err)
		out, ok := d.Next()
		require.True(t, ok && out.Keys != nil)
		return nil
	}
	d := &duet{t: t, manner: manners[0], chosen: server}
	d.engines[m.side] = thaw(t, cfg, m.snapshot)
	if q := d.engines[m.side].Pending(); q != nil {
		d.answer(m.side, d.engines[m.side], q)
	}
	d.receive(m.side, slices.Clone(m.receives))
	d.note(m.side, "owes %v", d.engines[m.side].Owes())
	d.note(m.side, "is left in %v", stateOf(t, d.engines[m.side]))
	return d.log
}

func stateOf(t testing.TB, e *tlsengine.Engine) string {
	info, err := tlsengine.ReadSnapshot(freeze(t, e))
	require.NoError(t, err)
	return info.State.String()
}

func TestGoldenSnapshotsThaw(t *testing.T) {
	if *update {
		writeMoments(t, newestSnapshots, goldenMoments(t))
	}
	files, err := filepath.Glob("vectors/snapshots/*.txt")
	require.NoError(t, err)
	require.Contains(t, files, filepath.FromSlash(newestSnapshots))
	for _, name := range files {
		for _, m := range readMoments(t, name) {
			i := max(0, slices.IndexFunc(courses(), func(f course) bool { return f.name == m.flow }))
			got := m.play(t, courses()[i])
			require.Equal(t, m.sees, got, "%s: flow %q, side %d", name, m.flow, m.side)
		}
	}
}

func writeMoments(t testing.TB, name string, list []moment) {
	file := vectors.File{Title: "Engines frozen by this module: what each receives next, and what its application then sees"}
	file.Fields = vectors.Fields{{Name: "format", Text: "1"}}
	for i, m := range list {
		info, err := tlsengine.ReadSnapshot(m.snapshot)
		require.NoError(t, err)
		s := vectors.Section{Title: fmt.Sprintf("%d %s %v", i+1, sides[m.side], info.State)}
		add := func(name, text string) {
			if text != "" {
				s.Fields = append(s.Fields, vectors.Field{Name: name, Text: text})
			}
		}
		add("flow", m.flow)
		add("snapshot", hex.EncodeToString(m.snapshot))
		add("receives", hex.EncodeToString(m.receives))
		for j, line := range m.sees {
			add(fmt.Sprintf("then %d", j+1), line)
		}
		file.Sections = append(file.Sections, s)
	}
	require.NoError(t, os.WriteFile(name, file.Append(nil), 0o644))
}

func readMoments(t testing.TB, name string) (list []moment) {
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	file, err := vectors.Parse(name, text)
	require.NoError(t, err)
	for _, s := range file.Sections {
		m := moment{side: slices.Index(sides[:], strings.Fields(s.Title)[1])}
		for _, field := range s.Fields {
			switch {
			case field.Name == "flow":
				m.flow = field.Text
			case field.Name == "snapshot":
				m.snapshot = unhex(t, field.Text)
			case field.Name == "receives":
				m.receives = unhex(t, field.Text)
			case strings.HasPrefix(field.Name, "then "):
				m.sees = append(m.sees, field.Text)
			}
		}
		list = append(list, m)
	}
	return list
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}
