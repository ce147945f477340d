package vectors

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Handshakes returns all recorded handshakes, parsed anew, in the order of their
// names.
func Handshakes() ([]*Handshake, error) {
	names, err := fs.Glob(embedded, "handshakes/*.txt")
	if err != nil {
		return nil, err
	}
	list := make([]*Handshake, 0, len(names))
	for _, name := range names {
		text, err := embedded.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := Parse(name, text)
		if err != nil {
			return nil, err
		}
		h, err := NewHandshake(f)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

// NewHandshake reads a parsed file as a recorded handshake. It refuses fields
// and sections that it does not know.
func NewHandshake(f *File) (*Handshake, error) {
	h := &Handshake{Name: strings.TrimSuffix(path.Base(f.Name), ".txt"), Title: f.Title}
	r := &fieldReader{fields: f.Fields}
	h.Comment, h.Version, h.Resumes = r.text("comment"), r.text("version"), strings.TrimSuffix(r.text("resumes"), ".txt")
	h.QUIC = r.text("carrier") == "QUIC"
	h.Time = r.time("time")
	h.Secret, h.Ticket = r.octets("psk"), r.octets("ticket")
	if main := r.octets("main secret"); main != nil {
		h.Secret = main
	}
	if r.text("check") != "handshake" {
		r.fault("check", "is not of a handshake")
	}
	r.rest()
	for i := range f.Sections {
		s := &f.Sections[i]
		part := &fieldReader{fields: s.Fields, err: r.err}
		switch {
		case s.Title == "client":
			h.Client = part.party()
		case s.Title == "server":
			h.Server = part.party()
		case s.Title == "secrets":
			for j := range s.Fields {
				h.KeyLog = append(h.KeyLog, Value{Name: s.Fields[j].Name, Bytes: part.octets(s.Fields[j].Name), Line: s.Fields[j].Line})
			}
		case s.Title == "outcome":
			h.Outcome = part.outcome()
		default:
			h.Records = append(h.Records, part.record(s.Title))
		}
		part.rest()
		r.err = part.err
	}
	if r.err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, r.err)
	}
	return h, nil
}

// A fieldReader reads fields by name, and keeps the first error.
type fieldReader struct {
	fields Fields
	known  []string
	err    error
}

func (r *fieldReader) fault(name, what string) {
	line := 0
	if f := r.fields.Get(name); f != nil {
		line = f.Line
	}
	if r.err == nil {
		r.err = fmt.Errorf("line %d: %q %s", line, name, what)
	}
}

// rest refuses what has not been asked for.
func (r *fieldReader) rest() {
	for i := range r.fields {
		if name := r.fields[i].Name; !slices.Contains(r.known, name) {
			r.fault(name, "is not a field of this part")
		}
	}
}

func (r *fieldReader) get(name string) *Field {
	r.known = append(r.known, name)
	return r.fields.Get(name)
}

func (r *fieldReader) text(name string) string {
	if f := r.get(name); f != nil {
		return f.Text
	}
	return ""
}

// words is nil if there is no such field. "none" is an empty list.
func (r *fieldReader) words(name string) []string {
	f := r.get(name)
	if f == nil {
		return nil
	}
	if f.Text == "none" {
		return []string{}
	}
	return strings.Fields(f.Text)
}

func (r *fieldReader) octets(name string) []byte {
	f := r.get(name)
	if f == nil {
		return nil
	}
	b, err := f.Bytes()
	if err != nil {
		r.fault(name, "is not hex")
	}
	return b
}

// number is the first word, as in "64 bytes".
func (r *fieldReader) number(name string) int {
	f := r.get(name)
	if f == nil {
		return 0
	}
	word, _, _ := strings.Cut(f.Text, " ")
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 {
		r.fault(name, "is not a number")
	}
	return n
}

// is reports whether the field is there; it can say one thing only.
func (r *fieldReader) is(name, want string) bool {
	f := r.get(name)
	if f != nil && f.Text != want {
		r.fault(name, "is not \""+want+"\"")
	}
	return f != nil
}

func (r *fieldReader) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(name))
	if err != nil {
		r.fault(name, "is not a time")
	}
	return t
}

func (r *fieldReader) party() Party {
	p := Party{
		Rand:   r.octets("rand"),
		Suites: r.words("suites"), Groups: r.words("groups"), KeyShares: r.words("key shares"),
		Signatures: r.words("signatures"), ALPN: r.words("alpn"),
		ServerName: r.text("server name"), RootCertificate: r.octets("root certificate"),
		Certificate: r.octets("certificate"), PrivateKey: r.octets("private key"),
		Staple: r.octets("staple"), AsksForStaple: r.is("status request", "ocsp"),
		RequiresCertificate: r.is("client certificate", "required"), RetryCookie: r.octets("retry cookie"),
		TicketKey: r.octets("ticket key"), KeepsSessions: r.is("sessions", "kept by id"),
		MaxEarlyData: r.number("max early data"), PadTo: r.number("pad to"), MaxFragment: r.number("max fragment"),
		MaxVersion: r.text("max version"), NoCompatibility: r.is("compatibility", "none"), TransportParameters: r.octets("transport parameters"),
	}
	if p.TakesTickets = r.text("tickets") == "taken"; !p.TakesTickets {
		p.Tickets = r.number("tickets")
	}
	return p
}

func (r *fieldReader) outcome() Outcome {
	return Outcome{
		Version: r.text("version"), Suite: r.text("suite"), Group: r.text("group"), ALPN: r.text("alpn"),
		Resumed: r.text("resumed") == "true", EarlyData: r.text("early data"),
		ServerSignature: r.text("server signature"), ClientSignature: r.text("client signature"),
		Exporter: r.octets("exporter"),
	}
}

// record is "client record handshake", or under QUIC "client crypto initial".
func (r *fieldReader) record(title string) WireRecord {
	role, rest, _ := strings.Cut(title, " ")
	kind, typ, _ := strings.Cut(rest, " ")
	w := WireRecord{Sender: Role(role), Type: typ}
	switch {
	case w.Sender != Client && w.Sender != Server:
		r.err = fmt.Errorf("section %q, want client or server", title)
	case kind == "record":
		w.Payload, w.Record = r.octets("payload"), r.octets("record")
	case kind == "crypto":
		w.Payload = r.octets("data")
		w.Record = w.Payload
	default:
		r.err = fmt.Errorf("section %q is not of a handshake", title)
	}
	return w
}
