package vectors

import (
	"fmt"
	"path"
	"strings"
)

// A Trace is one handshake: the inputs that make it repeatable, and every
// message, record and secret in the order in which they arise.
type Trace struct {
	// Name is the file's name without its extension, as "3-simple-1rtt".
	Name string
	// Title is the trace's name in its source.
	Title string
	// Comment says in a line what the trace shows.
	Comment string
	// Suite is the cipher suite's IANA name.
	Suite string
	// Inputs are the private keys and randoms, as "client x25519 private key",
	// "server random" or "server rsa modulus".
	Inputs []Value
	// Steps are in the order of the source.
	Steps []Step
}

// A Role is an end of the handshake.
type Role string

// The two ends.
const (
	Client Role = "client"
	Server Role = "server"
)

// Other returns the end at the other side.
func (r Role) Other() Role {
	if r == Client {
		return Server
	}
	return Client
}

// A Kind says what a step does.
type Kind string

// The kinds of step, and the values each has.
const (
	KeyPair  Kind = "key"      // an ephemeral key: private, public
	Message  Kind = "message"  // a handshake message with its header; the value has no name
	Record   Kind = "record"   // sent: payload (plaintext), record (on the wire)
	Extract  Kind = "extract"  // HKDF-Extract: salt, ikm, secret
	Derive   Kind = "derive"   // Derive-Secret: prk, hash, info, expanded
	Keys     Kind = "keys"     // traffic keys: prk, key info, key, iv info, iv
	Finished Kind = "finished" // verify_data: prk, hash, info, expanded (the key), finished
	Binder   Kind = "binder"   // PSK binder: prefix, binder hash, then as Finished
)

// A Step is one thing an end computes or sends.
type Step struct {
	Role Role
	Kind Kind
	// Name says which: a message type, a content type, a group, a secret
	// without its "tls13 " prefix, or the data that keys are for.
	Name string
	// SameAs is the other end if the source only says that this end finds the
	// same values; Values are then the other end's.
	SameAs Role
	Values []Value
	Line   int // in the trace's file
}

// A Value is one named string of bytes.
type Value struct {
	Name  string
	Bytes []byte
	Line  int // in the trace's file
}

// Get returns the value of that name, or nil if the step has none.
func (s *Step) Get(name string) []byte {
	for i := range s.Values {
		if s.Values[i].Name == name {
			return s.Values[i].Bytes
		}
	}
	return nil
}

// String names the step as its section title does.
func (s *Step) String() string {
	return strings.TrimSpace(string(s.Role) + " " + string(s.Kind) + " " + s.Name)
}

// Input returns the input of that name, or nil.
func (t *Trace) Input(name string) []byte {
	for i := range t.Inputs {
		if t.Inputs[i].Name == name {
			return t.Inputs[i].Bytes
		}
	}
	return nil
}

// Step returns the first step of that description, or nil.
func (t *Trace) Step(role Role, kind Kind, name string) *Step {
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Role == role && s.Kind == kind && s.Name == name {
			return s
		}
	}
	return nil
}

// Traces returns the five traces of RFC 8448, parsed anew, in the RFC's order.
func Traces() ([]*Trace, error) {
	entries, err := embedded.ReadDir("rfc8448")
	if err != nil {
		return nil, err
	}
	traces := make([]*Trace, 0, len(entries))
	for _, e := range entries {
		text, err := embedded.ReadFile("rfc8448/" + e.Name())
		if err != nil {
			return nil, err
		}
		f, err := Parse(e.Name(), text)
		if err != nil {
			return nil, err
		}
		t, err := NewTrace(f)
		if err != nil {
			return nil, err
		}
		traces = append(traces, t)
	}
	return traces, nil
}

// NewTrace reads a parsed file as a trace.
func NewTrace(f *File) (*Trace, error) {
	t := &Trace{
		Name:    strings.TrimSuffix(path.Base(f.Name), ".txt"),
		Title:   f.Title,
		Comment: f.Fields.Text("comment"),
		Suite:   f.Fields.Text("suite"),
	}
	for i := range f.Fields {
		switch f.Fields[i].Name {
		case "check", "comment", "suite", "expect":
			continue
		}
		v, err := newValue(&f.Fields[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		t.Inputs = append(t.Inputs, v)
	}
	for i := range f.Sections {
		s, err := t.newStep(&f.Sections[i])
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", f.Name, f.Sections[i].Line, err)
		}
		t.Steps = append(t.Steps, s)
	}
	return t, nil
}

func newValue(f *Field) (Value, error) {
	b, err := f.Bytes()
	return Value{Name: f.Name, Bytes: b, Line: f.Line}, err
}

func (t *Trace) newStep(sec *Section) (Step, error) {
	role, rest, _ := strings.Cut(sec.Title, " ")
	kind, name, _ := strings.Cut(rest, " ")
	s := Step{Role: Role(role), Kind: Kind(kind), Name: name, Line: sec.Line}
	if s.Role != Client && s.Role != Server {
		return s, fmt.Errorf("step of %q, want client or server", role)
	}
	if !s.known() {
		return s, fmt.Errorf("unknown kind of step %q", kind)
	}
	if same := sec.Fields.Get("same as"); same != nil {
		return s, t.copyFrom(&s, Role(same.Text))
	}
	for i := range sec.Fields {
		v, err := newValue(&sec.Fields[i])
		if err != nil {
			return s, err
		}
		s.Values = append(s.Values, v)
	}
	return s, nil
}

func (s *Step) known() bool {
	switch s.Kind {
	case KeyPair, Message, Record, Extract, Derive, Keys, Finished, Binder:
		return true
	}
	return false
}

// copyFrom fills s with the values the other end had for the same step. What
// one end writes with, the other reads with.
func (t *Trace) copyFrom(s *Step, other Role) error {
	name := s.Name
	if data, ok := strings.CutSuffix(name, " read"); ok && s.Kind == Keys {
		name = data + " write"
	} else if data, ok := strings.CutSuffix(name, " write"); ok && s.Kind == Keys {
		name = data + " read"
	}
	from := t.Step(other, s.Kind, name)
	if from == nil || other == s.Role {
		return fmt.Errorf("no step %q of %q to be the same as", s.Kind, other)
	}
	s.SameAs, s.Values = other, from.Values
	return nil
}
