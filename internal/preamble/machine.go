package preamble

import (
	"fmt"
	"slices"
)

// MaxBytes is how much a server or a proxy may say before TLS.
const MaxBytes = 8 << 10

// Options is what the dialogues need to know. Fields a protocol has no use for
// are ignored.
type Options struct {
	Name     string // how we call ourselves (SMTP, LMTP), or the domain we ask for (XMPP)
	Host     string // what a proxy shall connect to: a name or an IP address
	Port     uint16
	User     string // for a proxy; "" for none
	Password string
}

// A dialogue is the client's side of one protocol.
type dialogue interface {
	// open is what the client says first, unasked; "" if the server begins.
	open() string
	// next eats at most one line, packet or tag off in, which is never empty.
	// n is 0 if it is not all there yet.
	next(in []byte) (n int, out string, done bool, err *Error)
}

// protocols are the STARTTLS dialogues by name.
var protocols = map[string]func(Options) dialogue{
	"smtp":            func(o Options) dialogue { return &lines{speaker: &smtp{hello: "EHLO", name: o.Name}} },
	"submission":      func(o Options) dialogue { return &lines{speaker: &smtp{hello: "EHLO", name: o.Name}} },
	"lmtp":            func(o Options) dialogue { return &lines{speaker: &smtp{hello: "LHLO", name: o.Name}} },
	"imap":            func(Options) dialogue { return &lines{speaker: &imap{}} },
	"pop3":            func(Options) dialogue { return &lines{speaker: &pop3{}} },
	"ftp":             func(Options) dialogue { return &lines{speaker: &ftp{}} },
	"nntp":            func(Options) dialogue { return &lines{speaker: &nntp{}} },
	"sieve":           func(Options) dialogue { return &lines{speaker: &sieve{}} },
	"irc":             func(Options) dialogue { return &lines{speaker: &irc{}} },
	"xmpp":            func(o Options) dialogue { return &xmpp{namespace: "jabber:client", domain: o.Name} },
	"xmpp-server":     func(o Options) dialogue { return &xmpp{namespace: "jabber:server", domain: o.Name} },
	"ldap":            func(Options) dialogue { return &ldap{} },
	"postgres":        func(Options) dialogue { return &postgres{} },
	"postgres-direct": func(Options) dialogue { return nil },
	"mysql":           func(Options) dialogue { return &mysql{} },
	"rdp":             func(Options) dialogue { return &rdp{} },
	"mssql":           func(Options) dialogue { return &mssql{} },
	"telnet":          func(Options) dialogue { return &telnet{} },
}

// proxies are the dialogues with proxies by scheme. https is http over TLS to
// the proxy, which is the caller's.
var proxies = map[string]func(Options) dialogue{
	"socks4a": func(o Options) dialogue { return &socks4{o} },
	"socks5":  func(o Options) dialogue { return &socks5{Options: o} },
	"socks5h": func(o Options) dialogue { return &socks5{Options: o} },
	"http":    func(o Options) dialogue { return &connect{Options: o} },
	"https":   func(o Options) dialogue { return &connect{Options: o} },
}

// Protocols returns the names that [New] takes, sorted.
func Protocols() []string { return names(protocols) }

// Proxies returns the schemes that [NewProxy] takes, sorted.
func Proxies() []string { return names(proxies) }

func names(m map[string]func(Options) dialogue) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Machine is one dialogue. It is not safe for concurrent use.
type Machine struct {
	dialogue  dialogue
	protocol  string
	proxy     bool
	in        []byte // received and not yet eaten
	received  int
	done      bool
	err       *Error
	framing   bool
	nextProto string
}

// New returns the machine for the STARTTLS of a protocol.
func New(protocol string, o Options) (*Machine, error) {
	make, ok := protocols[protocol]
	if !ok {
		return nil, fmt.Errorf("no STARTTLS is known for %q", protocol)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	m := &Machine{dialogue: make(o), protocol: protocol, framing: protocol == "mssql"}
	if protocol == "postgres-direct" {
		m.done, m.nextProto = true, "postgresql"
	}
	return m, nil
}

// NewProxy returns the machine that asks a proxy for a connection to o.Host
// and o.Port. With "socks5" the host should be an IP address, with "socks5h"
// the proxy resolves it; the machine sends what it is given.
func NewProxy(scheme string, o Options) (*Machine, error) {
	make, ok := proxies[scheme]
	if !ok {
		return nil, fmt.Errorf("no proxy is known by %q", scheme)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Host == "" || o.Port == 0 || len(o.Host) > 255 || len(o.User) > 255 || len(o.Password) > 255 {
		return nil, fmt.Errorf("host, port, user or password are missing or too long for a proxy")
	}
	return &Machine{dialogue: make(o), protocol: scheme, proxy: true}, nil
}

// check refuses what could end a line or a tag of ours.
func (o *Options) check() error {
	for _, s := range []string{o.Name, o.Host} {
		for _, r := range s {
			if r <= ' ' || r == 0x7f || r == '\'' || r == '"' || r == '<' || r == '>' || r == '&' {
				return fmt.Errorf("%q cannot stand in a name", r)
			}
		}
	}
	for i := range len(o.User) {
		if o.User[i] == 0 || o.User[i] == '\n' || o.User[i] == '\r' {
			return fmt.Errorf("a user name for a proxy is one line")
		}
	}
	return nil
}

// Start is what the client sends first, or nil if the server begins.
func (m *Machine) Start() []byte {
	if m.done {
		return nil
	}
	return []byte(m.dialogue.open())
}

// Receive takes what the server said, in pieces of any size, and returns what
// to answer. It keeps no reference to in. After an error it returns the same
// error again.
func (m *Machine) Receive(in []byte) (out []byte, err error) {
	if m.err != nil {
		return nil, m.err
	}
	m.received += len(in)
	if m.received > MaxBytes {
		return nil, m.fail(m.broken(fmt.Sprintf("more than %d bytes before TLS", MaxBytes), ""))
	}
	m.in = append(m.in, in...)
	for !m.done && len(m.in) > 0 {
		n, say, done, err := m.dialogue.next(m.in)
		if err != nil {
			return out, m.fail(m.name(err))
		}
		if n == 0 {
			break
		}
		m.in = m.in[n:]
		out = append(out, say...)
		m.done = done
	}
	if m.done && !m.proxy && len(m.in) > 0 {
		return nil, m.fail(m.broken(fmt.Sprintf("%d bytes came behind the go-ahead and before TLS, as from someone in the middle", len(m.in)), string(m.in)))
	}
	return out, nil
}

// Closed says that the server closed the connection, and returns what that
// means here: nil if the dialogue was over.
func (m *Machine) Closed() error {
	switch {
	case m.err != nil:
		return m.err
	case m.done:
		return nil
	case m.proxy:
		return m.fail(&Error{Code: ProxyRefused, Message: "the proxy closed the connection"})
	}
	return m.fail(&Error{Code: Refused, Message: "the server closed the connection before TLS", Line: string(m.in)})
}

// Done reports whether TLS may start.
func (m *Machine) Done() bool { return m.done && m.err == nil }

// Rest is what came behind a proxy's answer: the server's first words.
func (m *Machine) Rest() []byte {
	if !m.proxy || !m.Done() {
		return nil
	}
	return slices.Clone(m.in)
}

// ALPN is the protocol that the ClientHello must offer in place of a
// preamble, or "".
func (m *Machine) ALPN() string { return m.nextProto }

// Framed reports whether the TLS handshake travels inside [TDS] packets.
func (m *Machine) Framed() bool { return m.framing }

func (m *Machine) fail(err *Error) *Error {
	m.err, m.in = err, nil
	return err
}

// broken is the error for a peer that does not speak the protocol.
func (m *Machine) broken(message, line string) *Error {
	return m.name(&Error{Code: Protocol, Message: message, Line: line})
}

// name completes an error of a dialogue: the codes of proxies are their own.
func (m *Machine) name(err *Error) *Error {
	if m.proxy {
		switch err.Code {
		case Protocol:
			err.Code = ProxyProtocol
		case Refused, NotOffered:
			err.Code = ProxyRefused
		}
	}
	return err
}
