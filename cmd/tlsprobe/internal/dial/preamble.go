package dial

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/drive"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/guess"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/target"
	"github.com/tlsengine/tlsengine/internal/preamble"
)

// preambleTime is how long what is said before TLS may take.
const preambleTime = 10 * time.Second

// ports are those of protocols with STARTTLS that are no schemes of targets.
var ports = map[string]int{"telnet": 23, "postgres-direct": 5432}

// speak decides what is said before TLS.
func (d *Dialer) speak(t *target.Target) error {
	if d.starttls != "" && d.starttls != "none" {
		if !slices.Contains(preamble.Protocols(), d.starttls) {
			f := fault.UsageError("value", "--starttls: no STARTTLS is known for %q", d.starttls)
			if near := flags.Nearest(d.starttls, preamble.Protocols()); near != "" {
				return f.WithHint("did you mean %s?", near)
			}
			return f.WithHint("there are %s", strings.Join(preamble.Protocols(), ", "))
		}
		t.StartTLS = d.starttls
		if port := cmpOr(target.PortOf(d.starttls), ports[d.starttls]); !t.PortGiven && t.Unix == "" && port != 0 {
			t.Port = port
		}
	} else if d.starttls == "none" {
		t.StartTLS = ""
	}
	if d.name != "" && t.StartTLS == "" {
		return fault.UsageError("conflict", "--starttls-name without --starttls")
	}
	if t.StartTLS != "" {
		if _, err := preamble.New(t.StartTLS, d.options(t)); err != nil {
			return fault.UsageError("value", "--starttls-name: %v", err)
		}
	}
	return nil
}

func cmpOr(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// ALPN is the protocol that must be offered in place of a STARTTLS, or "".
func ALPN(t *target.Target) string {
	if t.StartTLS == "postgres-direct" {
		return "postgresql"
	}
	return ""
}

func (d *Dialer) options(t *target.Target) preamble.Options {
	o := preamble.Options{Name: d.name}
	if strings.HasPrefix(t.StartTLS, "xmpp") && o.Name == "" {
		o.Name = t.Host
	}
	return o
}

// converse lets a machine talk until it is done.
func converse(ctx context.Context, c net.Conn, m *preamble.Machine, stage string) error {
	deadline := time.Now().Add(preambleTime)
	if end, ok := ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	c.SetDeadline(deadline)                                                   //nolint:errcheck // a socket takes deadlines
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // as above
	defer func() { stop(); c.SetDeadline(time.Time{}) }()                     //nolint:errcheck // as above
	buf := make([]byte, preamble.MaxBytes)
	out := m.Start()
	for {
		if len(out) > 0 {
			if _, err := c.Write(out); err != nil {
				return talkFault(ctx, err, stage)
			}
		}
		if m.Done() {
			return nil
		}
		n, err := c.Read(buf)
		var refusal error
		if n > 0 {
			out, refusal = m.Receive(buf[:n])
		} else if errors.Is(err, io.EOF) {
			return preambleFault(m.Closed(), stage).WithHint("it may speak another protocol, or TLS at once")
		} else if err != nil {
			return talkFault(ctx, err, stage)
		}
		if refusal != nil {
			return preambleFault(refusal, stage)
		}
	}
}

// preambleFault is what a machine refuses.
func preambleFault(err error, stage string) *fault.Fault {
	var e *preamble.Error
	if !errors.As(err, &e) {
		return fault.New(fault.NotReached, stage+".protocol", stage, "not reached: %v", err)
	}
	f := fault.New(fault.NotReached, string(e.Code), stage, "not reached: %v", e)
	switch e.Code {
	case preamble.Protocol:
		f.Hint = otherProtocol(e.Line)
	case preamble.ProxyProtocol:
		f.Hint = otherProxy(e.Line)
	case preamble.NotOffered:
		f.Hint = "it may speak TLS at once, on another port"
	case preamble.ProxyAuth:
		f.Hint = "--proxy-auth-file has user and password"
	case preamble.RateLimit:
		f.Hint = "it limits how often one may connect; try again later"
	}
	return f
}

// otherProtocol is what helps if another protocol is spoken than was thought.
func otherProtocol(said string) string {
	if isRecord(said) {
		return "it speaks TLS at once: drop --starttls"
	}
	_, hint := guess.Protocol([]byte(said))
	return hint
}

// otherProxy is the same for a proxy.
func otherProxy(said string) string {
	switch {
	case isRecord(said):
		return "it speaks TLS: https://"
	case strings.HasPrefix(said, "HTTP/"):
		return "it speaks HTTP: http://"
	case strings.HasPrefix(said, "\x05"):
		return "it speaks SOCKS 5: socks5h://"
	}
	return ""
}

// isRecord reports whether a TLS record begins like that.
func isRecord(said string) bool {
	return strings.HasPrefix(said, "\x15\x03") || strings.HasPrefix(said, "\x16\x03")
}

// talkFault is a transport that failed before TLS.
func talkFault(ctx context.Context, err error, stage string) *fault.Fault {
	var timeout net.Error
	who := map[string]string{"starttls": "the server", "proxy": "the proxy"}[stage]
	switch {
	case interrupted(ctx):
		return Interrupted(stage)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.NotReached, "tcp.timeout", stage, "not reached: %s did not answer in time, before TLS", who).
			WithHint("it may speak another protocol, or TLS at once")
	}
	return fault.New(fault.NotReached, "tcp.reset", stage, "not reached: %s ended the connection before TLS", who)
}

// startTLS says what there is to say to the server before TLS.
func (d *Dialer) startTLS(ctx context.Context, t *target.Target, c net.Conn) (net.Conn, error) {
	if t.StartTLS == "" {
		return c, nil
	}
	m, err := preamble.New(t.StartTLS, d.options(t))
	if err != nil {
		return c, fault.UsageError("value", "--starttls: %v", err)
	}
	if err := converse(ctx, c, m, "starttls"); err != nil {
		return c, err
	}
	if m.Framed() {
		return &framed{Conn: c}, nil
	}
	return c, nil
}

// through asks each proxy for the next, and the last for the target.
func (d *Dialer) through(ctx context.Context, t *target.Target, c net.Conn) (net.Conn, error) {
	for i, x := range d.route {
		host, port := t.Host, t.Port
		if i+1 < len(d.route) {
			host, port = d.route[i+1].host, d.route[i+1].port
		}
		if x.scheme == "socks5" {
			ip, err := d.lookup(ctx, &target.Target{Input: t.Input, Host: host, Port: port})
			if err != nil {
				return c, err
			}
			host = ip[0].String()
		}
		if x.scheme == "https" {
			secure, err := d.secure(ctx, x, c)
			if err != nil {
				return c, err
			}
			c = secure
		}
		m, err := preamble.NewProxy(x.scheme, preamble.Options{Host: host, Port: uint16(port), User: x.user, Password: x.password})
		if err != nil {
			return c, fault.UsageError("value", "--proxy: %v", err)
		}
		if err := converse(ctx, c, m, "proxy"); err != nil {
			return c, err
		}
		if rest := m.Rest(); len(rest) > 0 {
			c = &resumed{Conn: c, first: bytes.NewReader(rest)}
		}
	}
	return c, nil
}

const perhapsPlain = "it may not speak TLS: http:// is a proxy without"

// secure speaks TLS to an HTTPS proxy, whose certificate must be good.
func (d *Dialer) secure(ctx context.Context, x *proxy, c net.Conn) (net.Conn, error) {
	cfg := &tlsengine.Config{ServerName: x.host, ALPN: []string{"http/1.1"}, Ask: tlsengine.AskVerdict}
	e, err := tlsengine.NewClient(cfg)
	if err != nil {
		return c, fault.UsageError("value", "--proxy: %v", err)
	}
	if end, ok := ctx.Deadline(); ok {
		c.SetDeadline(end) //nolint:errcheck // a socket takes deadlines
	}
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // as above
	defer stop()
	s := &secured{Conn: c, wire: drive.New(e, c)}
	for {
		ev, err := s.wire.Next()
		if req, ok := e.Pending().(*tlsengine.VerdictRequest); err == nil && ok {
			err = e.Verified(d.Judge(x.host, req.Chain))
		}
		switch {
		case err != nil && interrupted(ctx):
			return c, Interrupted("proxy")
		case errors.As(err, new(net.Error)):
			return c, talkFault(ctx, err, "proxy").WithHint(perhapsPlain)
		case err != nil:
			s.wire.Flush() //nolint:errcheck // the alert is a courtesy
			f := fault.New(fault.NotReached, "proxy.refused", "proxy", "not reached: TLS with the proxy %s failed: %v", x, err)
			if name, _ := guess.Protocol(s.wire.First()); name != "" { // who finds a line in the ClientHello answers it
				return c, f.WithHint(perhapsPlain)
			}
			return c, f
		case ev.Kind == tlsengine.EventHandshakeDone:
			return s, nil
		}
	}
}

// secured is a connection through TLS.
type secured struct {
	net.Conn
	wire *drive.Conn
	left []byte // data that was not read yet
}

// Read implements net.Conn.
func (s *secured) Read(b []byte) (int, error) {
	for len(s.left) == 0 {
		ev, err := s.wire.Next()
		switch {
		case err != nil:
			return 0, err
		case ev.Kind == tlsengine.EventPeerClosed:
			return 0, io.EOF
		case ev.Kind == tlsengine.EventData:
			s.left = ev.Data
		}
	}
	n := copy(b, s.left)
	s.left = s.left[n:]
	return n, nil
}

// Write implements net.Conn.
func (s *secured) Write(b []byte) (int, error) { return s.wire.Write(b) }

// CloseWrite says close_notify.
func (s *secured) CloseWrite() error { return s.wire.CloseWrite() }

// resumed is a connection of which something was read already.
type resumed struct {
	net.Conn
	first *bytes.Reader
}

func (r *resumed) Read(b []byte) (int, error) {
	if r.first.Len() > 0 {
		return r.first.Read(b)
	}
	return r.Conn.Read(b)
}

// framed is a connection to a SQL Server: the handshake travels in packets of
// its own, what comes behind it does not.
type framed struct {
	net.Conn
	tds  preamble.TDS
	bare bool
	in   []byte
}

// HandshakeDone ends the framing.
func (f *framed) HandshakeDone() { f.bare = true }

func (f *framed) Read(b []byte) (int, error) {
	for len(f.in) == 0 {
		if f.bare {
			return f.Conn.Read(b)
		}
		buf := make([]byte, 4096)
		n, err := f.Conn.Read(buf)
		if n == 0 {
			return 0, err
		}
		if f.in, err = f.tds.Unwrap(f.in[:0], buf[:n]); err != nil {
			return 0, err
		}
	}
	n := copy(b, f.in)
	f.in = f.in[n:]
	return n, nil
}

func (f *framed) Write(b []byte) (int, error) {
	if f.bare {
		return f.Conn.Write(b)
	}
	if _, err := f.Conn.Write(f.tds.Wrap(nil, b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
