package handshake

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

var update = flag.Bool("update", false, "write DIAGRAMS.md anew")

// drawn is what the tests see of a diagram: a row for each state, in it the
// states that each input leads to.
type drawn [numStates][numInputs]states

func draw[M any](d *diagram[M]) (out drawn) {
	for s := range d {
		for k := range d[s] {
			out[s][k] = d[s][k].to
		}
	}
	return out
}

// roles are the two diagrams, and how to get a machine that is in a state.
var roles = []struct {
	name    string
	first   State // where the peer's first message is waited for
	drawn   drawn
	machine func() (*Machine, error)
}{
	{"client", WaitSH, draw(&clientDiagram), func() (*Machine, error) { return NewClient(&Config{}, Records, nil) }},
	{"server", Start, draw(&serverDiagram), func() (*Machine, error) { return NewServer(&Config{}, Records, nil) }},
}

func TestWhatIsNotDrawnIsUnexpected(t *testing.T) {
	for _, role := range roles {
		for s := range numStates {
			for k := noInput; k < numInputs; k++ {
				if role.drawn[s][k] != 0 {
					continue
				}
				m, err := role.machine()
				require.NoError(t, err)
				m.state = s
				next, err := m.step(&input{kind: k, raw: []byte{0, 0, 0, 0}})
				var refusal *alert.Error
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, alert.UnexpectedMessage, refusal.Alert, "%s: %v in %v", role.name, k, s)
				require.Equal(t, s, next, "the state stays")
				require.Empty(t, m.Take(), "nothing is said")
				require.Contains(t, refusal.Detail, s.String(), "the error says where")
			}
		}
	}
}

// The same through Message, with every type of message there is and is not.
func TestMessagesThatAreNotDrawnAreUnexpected(t *testing.T) {
	for _, role := range roles {
		for s := range numStates {
			for typ := range 256 {
				kind, known := kinds[MessageType(typ)]
				if known && role.drawn[s][kind] != 0 {
					continue
				}
				m, err := role.machine()
				require.NoError(t, err)
				m.state = s
				err = m.Message([]byte{byte(typ), 0, 0, 0})
				var refusal *alert.Error
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, alert.UnexpectedMessage, refusal.Alert, "%s: message %d in %v", role.name, typ, s)
				require.Equal(t, s, m.State(), "the state stays")
				require.Same(t, refusal, m.Message([]byte{byte(typ), 0, 0, 0}), "and the error too")
			}
		}
	}
}

func TestAnswersThatAreNotAskedForChangeNothing(t *testing.T) {
	for _, role := range roles {
		for s := range numStates {
			for k := configAnswer; k < numInputs; k++ {
				if role.drawn[s][k] != 0 {
					continue
				}
				m, err := role.machine()
				require.NoError(t, err)
				m.state = s
				require.Equal(t, ErrNotPending, m.answered(k, answer{}), "%s: %v in %v", role.name, k, s)
				require.Equal(t, s, m.State())
				require.NoError(t, m.err)
			}
		}
	}
}

func TestEveryArrowDoesSomethingAndLeadsSomewhere(t *testing.T) {
	for s := range numStates {
		for k := range numInputs {
			a, b := &clientDiagram[s][k], &serverDiagram[s][k]
			require.Equal(t, a.do == nil, a.to == 0, "client: %v in %v", k, s)
			require.Equal(t, b.do == nil, b.to == 0, "server: %v in %v", k, s)
		}
	}
}

func TestEveryStateIsReachedAndLeft(t *testing.T) {
	used := states(0)
	for _, role := range roles {
		reached := role.drawn.reach(to(role.first))
		for s := range numStates {
			row := role.drawn[s] != [numInputs]states{}
			require.Equal(t, row, reached.has(s), "%s: %v has arrows exactly if it is reached", role.name, s)
			if reached.has(s) {
				done := role.drawn.reach(to(s))
				require.True(t, done.has(Connected) || done.has(Connected12), "%s: %v leads to CONNECTED or CONNECTED12", role.name, s)
			}
		}
		used |= reached
	}
	require.Equal(t, states(1)<<numStates-1, used, "no state is there for nothing")
}

func (d *drawn) row(s State) (all states) {
	for _, next := range d[s] {
		all |= next &^ nowhere
	}
	return all
}

func (d *drawn) reach(from states) states {
	for {
		next := from
		for _, s := range from.list() {
			next |= d.row(s)
		}
		if next == from {
			return from
		}
		from = next
	}
}

// "A state is a place where the machine waits for exactly one thing."
func TestAStateWaitsForThePeerOrForTheApplication(t *testing.T) {
	for _, role := range roles {
		for s := range numStates {
			for k, next := range role.drawn[s] {
				if next != 0 {
					require.Equal(t, !s.Awaits(), inputKind(k).fromPeer(), "%s: %v in %v", role.name, inputKind(k), s)
				}
			}
		}
	}
}

func TestStatesAndInputsHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for s := range numStates {
		require.NotEmpty(t, s.String())
		require.False(t, seen[s.String()], s.String())
		seen[s.String()] = true
	}
	for k := range numInputs {
		require.NotEmpty(t, k.String())
		require.False(t, seen[k.String()], k.String())
		seen[k.String()] = true
	}
}

func TestDiagramsAreCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString(diagramsIntro)
	for _, role := range roles {
		fmt.Fprintf(&b, "\n## The %s\n\n```mermaid\n%s```\n", role.name, role.drawn.mermaid(role.first))
	}
	if *update {
		require.NoError(t, os.WriteFile("DIAGRAMS.md", []byte(b.String()), 0o644))
	}
	got, err := os.ReadFile("DIAGRAMS.md")
	require.NoError(t, err)
	require.Equal(t, b.String(), string(got), "run: go test ./handshake -run Diagrams -update")
}

const diagramsIntro = `# The diagrams

Drawn from the tables in diagram_client.go and diagram_server.go, which are the
program; a test compares. To draw them anew: ` + "`go test ./handshake -run Diagrams -update`" + `

How to read them:

- A box is a state, in which the machine waits for one thing. ` + "`WAIT_…`" + ` waits for
  the peer and has the name that RFC 9846, Appendix A, gives it, or for TLS 1.2
  that of the message awaited. ` + "`AWAIT_…`" + `, dashed, waits for the application; when
  its Config has the answer ready the state is passed through at once.
- An arrow is what one input makes happen: a message of the peer's by the RFC's
  name, or an answer. Its method is ` + "`on`" + ` and that name, in the files named after
  the role.
- Where several arrows have the same input, the method decides, by what the
  hellos agreed on.
- What is not drawn is refused with ` + "`unexpected_message`" + `, in one place
  (diagram.go). An arrow to the end, a dot, refuses with another alert.
`

// mermaid draws a diagram.
func (d *drawn) mermaid(first State) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	fmt.Fprintf(&b, "    [*] --> %v\n", first)
	for s := range numStates {
		for k, next := range d[s] {
			for _, n := range next.list() {
				fmt.Fprintf(&b, "    %v --> %v: %v\n", s, n, inputKind(k))
			}
			if next == nowhere {
				fmt.Fprintf(&b, "    %v --> [*]: %v\n", s, inputKind(k))
			}
		}
	}
	b.WriteString("    classDef await stroke-dasharray: 4 4\n")
	for s := range numStates {
		if s.Awaits() && d.row(s) != 0 {
			fmt.Fprintf(&b, "    class %v await\n", s)
		}
	}
	return b.String()
}
