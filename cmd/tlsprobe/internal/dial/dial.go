// Package dial opens the transport to a target: name, address, connection,
// each with its time and its own way to fail.
package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/target"
)

// Dialer is how to get there.
type Dialer struct {
	Timeout        time.Duration // for everything that is asked of the target
	ConnectTimeout time.Duration // for one connect
	only4, only6   bool
	resolve        []string // HOST:PORT:ADDR
	bind           string
	starttls, name string
	proxies        []string
	proxyAuth      string
	route          []*proxy

	// Judge says whether the chain of an HTTPS proxy is good.
	Judge func(name string, chain [][]byte) error
}

// Flags adds the flags. timeout is the default for --timeout.
func (d *Dialer) Flags(s *flags.Set, timeout time.Duration) {
	d.Timeout, d.ConnectTimeout = timeout, 5*time.Second
	s.Duration(&d.Timeout, "timeout", time.Millisecond, time.Hour, "for all that is done with a target ("+timeout.String()+")")
	s.Duration(&d.ConnectTimeout, "connect-timeout", time.Millisecond, time.Hour, "for one connect (5s)")
	s.Switch(&d.only4, "ipv4", "IPv4 addresses only").Short = "4"
	s.Switch(&d.only6, "ipv6", "IPv6 addresses only").Short = "6"
	s.Strings(&d.resolve, "resolve", "HOST:PORT:ADDR", "connect to ADDR for that host and port, as in curl")
	s.String(&d.bind, "bind", "ADDR", "connect from this address")
	s.String(&d.starttls, "starttls", "PROTO", "begin in the clear, as PROTO does: `tlsprobe help starttls`")
	s.String(&d.name, "starttls-name", "NAME", "how to call ourselves there (localhost); for XMPP the domain to ask for")
	s.Strings(&d.proxies, "proxy", "URL", "through a proxy: `tlsprobe help proxy`; again for a chain, none for none")
	s.File(&d.proxyAuth, "proxy-auth-file", "USER:PASSWORD for the proxy")
}

// Check reports flags that make no sense.
func (d *Dialer) Check() error {
	if d.only4 && d.only6 {
		return fault.UsageError("conflict", "-4 and -6 leave no address")
	}
	for _, entry := range d.resolve {
		if _, _, _, ok := parseResolve(entry); !ok {
			return fault.UsageError("value", "--resolve %s: want HOST:PORT:ADDR, as in example.com:443:127.0.0.1", entry)
		}
	}
	if d.bind != "" {
		if _, err := netip.ParseAddr(d.bind); err != nil {
			return fault.UsageError("value", "--bind %s: want an IP address", d.bind)
		}
	}
	return nil
}

func parseResolve(entry string) (host string, port int, addr netip.Addr, ok bool) {
	host, rest, ok1 := strings.Cut(entry, ":")
	portText, addrText, ok2 := strings.Cut(rest, ":")
	port, err1 := strconv.Atoi(portText)
	addr, err2 := netip.ParseAddr(strings.Trim(addrText, "[]"))
	return host, port, addr, ok1 && ok2 && err1 == nil && err2 == nil
}

// Conn is an open transport.
type Conn struct {
	net.Conn
	Address  string // the peer's IP address, or the socket file
	DNS      time.Duration
	Connect  time.Duration
	StartTLS time.Duration // what was said before TLS, to proxies too
}

// HandshakeDone is for protocols that carry the handshake otherwise than what
// comes behind it.
func (c *Conn) HandshakeDone() {
	if f, ok := c.Conn.(*framed); ok {
		f.HandshakeDone()
	}
}

// Dial opens the transport, through proxies if there are any, and says what
// there is to say before TLS. Route must have been called.
func (d *Dialer) Dial(ctx context.Context, t *target.Target) (*Conn, error) {
	first := t
	if len(d.route) > 0 {
		first = &target.Target{Input: t.Input, Host: d.route[0].host, Port: d.route[0].port}
	}
	c, err := d.reach(ctx, first)
	if err != nil && len(d.route) > 0 {
		return nil, d.route[0].blamed(fault.Of(err))
	}
	if err != nil {
		return nil, err
	}
	start := time.Now()
	transport, err := d.through(ctx, t, c.Conn)
	if err == nil {
		transport, err = d.startTLS(ctx, t, transport)
	}
	if err != nil {
		c.Close() //nolint:errcheck // it is over
		return nil, fault.Of(err).For(t.Input)
	}
	if c.Conn = transport; t.StartTLS != "" || len(d.route) > 0 {
		c.StartTLS = time.Since(start)
	}
	return c, nil
}

// reach resolves the name and connects to the first address that answers.
func (d *Dialer) reach(ctx context.Context, t *target.Target) (*Conn, error) {
	if t.Unix != "" {
		return d.connect(ctx, t, "unix", t.Unix, t.Unix)
	}
	start := time.Now()
	addrs, err := d.lookup(ctx, t)
	if err != nil {
		return nil, err
	}
	dns := time.Since(start)
	var first error
	for _, addr := range addrs {
		c, err := d.connect(ctx, t, "tcp", netip.AddrPortFrom(addr, uint16(t.Port)).String(), addr.String())
		if err == nil {
			c.DNS = dns
			return c, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

func (d *Dialer) connect(ctx context.Context, t *target.Target, network, address, shown string) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.ConnectTimeout)
	defer cancel()
	dialer := net.Dialer{}
	if d.bind != "" && network == "tcp" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(d.bind)}
	}
	start := time.Now()
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, d.connectFault(err, shown, time.Since(start)).For(t.Input)
	}
	return &Conn{Conn: conn, Address: shown, Connect: time.Since(start)}, nil
}

// lookup gives the addresses, IPv6 and IPv4 in the resolver's order.
func (d *Dialer) lookup(ctx context.Context, t *target.Target) ([]netip.Addr, error) {
	for _, entry := range d.resolve {
		if host, port, addr, _ := parseResolve(entry); strings.EqualFold(host, t.Host) && port == t.Port {
			return d.kind(t, addr)
		}
	}
	if addr, err := netip.ParseAddr(t.Host); err == nil {
		return d.kind(t, addr)
	}
	network := "ip"
	if d.only4 {
		network = "ip4"
	} else if d.only6 {
		network = "ip6"
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, network, t.Host)
	if err != nil {
		f := lookupFault(ctx, err, network).For(t.Input)
		if t.Unicode != "" {
			f.Message += " (" + t.Host + ")"
		}
		return nil, f
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, nil
}

// kind is an address that is given, unless -4 or -6 want none of its kind.
func (d *Dialer) kind(t *target.Target, addr netip.Addr) ([]netip.Addr, error) {
	addr = addr.Unmap()
	switch {
	case d.only4 && !addr.Is4():
		return nil, noAddress("ip4").For(t.Input)
	case d.only6 && addr.Is4():
		return nil, noAddress("ip6").For(t.Input)
	}
	return []netip.Addr{addr}, nil
}

func noAddress(network string) *fault.Fault {
	return fault.New(fault.NotReached, "dns.not_found", "resolve", "name not resolved: no address of the kind that -%s wants", network[2:])
}

func lookupFault(ctx context.Context, err error, network string) *fault.Fault {
	var dns *net.DNSError
	switch {
	case interrupted(ctx):
		return Interrupted("resolve")
	case ctx.Err() != nil, errors.As(err, &dns) && dns.IsTimeout:
		return fault.New(fault.NotReached, "dns.timeout", "resolve", "name not resolved: the resolver did not answer in time")
	case errors.As(err, &dns) && dns.IsNotFound, strings.Contains(err.Error(), "no suitable address"):
		if network != "ip" {
			return noAddress(network).WithHint("check the spelling of the host")
		}
		return fault.New(fault.NotReached, "dns.not_found", "resolve", "name not resolved: no such host").WithHint("check the spelling of the host")
	}
	return fault.New(fault.NotReached, "dns.server_failure", "resolve", "name not resolved: the resolver failed: %v", err)
}

// interrupted reports whether the user ended it, and not the clock.
func interrupted(ctx context.Context) bool { return errors.Is(context.Cause(ctx), context.Canceled) }

// Interrupted is the fault of a command that the user ended.
func Interrupted(stage string) *fault.Fault {
	words := map[string]string{
		"input": "before it was tried", "resolve": "while resolving the name", "connect": "while connecting",
		"proxy": "while asking the proxy", "starttls": "before TLS, while asking for STARTTLS",
	}
	return fault.New(fault.Interrupted, "interrupted", stage, "%s", strings.TrimSpace("interrupted "+words[stage]))
}

func (d *Dialer) connectFault(err error, address string, after time.Duration) *fault.Fault {
	var timeout net.Error
	f := func(code, format string, args ...any) *fault.Fault {
		return fault.New(fault.NotReached, code, "connect", "not reached: "+format, args...)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Interrupted("connect")
	case errors.Is(err, syscall.ECONNREFUSED):
		return f("tcp.refused", "%s refused the connection", address).WithHint("nothing listens on that port")
	case errors.Is(err, syscall.ECONNRESET):
		return f("tcp.reset", "%s reset the connection", address)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return f("tcp.timeout", "%s did not answer within %v", address, after.Round(10*time.Millisecond)).
			WithHint("a firewall may drop the packets; --connect-timeout waits longer")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return f("tcp.unreachable", "no route to %s", address)
	case errors.Is(err, syscall.ENOENT):
		return f("tcp.refused", "there is no socket file %s", address)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return f("tcp.unreachable", "%s: %v", address, err)
}
