// Package target reads what to connect to.
package target

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// Target is a place to connect to.
type Target struct {
	Input     string // as it was written
	Host      string // a name in its ASCII form, or an IP address; "" for a socket file
	Unicode   string // the name as it was written, where that is not Host
	Port      int
	Unix      string // path of a socket file
	Scheme    string // "" if none was given
	PortGiven bool   // the port was written
	StartTLS  string // what is spoken before TLS; "" for TLS at once
	Proxy     string // the proxies on the way, without passwords; "" for none
	Path      string // behind the host of an https target, with its slash; "" if none
}

// scheme is what a scheme stands for.
type scheme struct {
	port     int
	starttls bool
}

var schemes = map[string]scheme{
	"https": {443, false}, "tls": {443, false}, "smtps": {465, false}, "imaps": {993, false}, "pop3s": {995, false}, "ftps": {990, false},
	"ldaps": {636, false}, "nntps": {563, false}, "ircs": {6697, false}, "dot": {853, false},
	"submission": {587, true}, "smtp": {25, true}, "imap": {143, true}, "pop3": {110, true}, "ftp": {21, true}, "ldap": {389, true},
	"postgres": {5432, true}, "mysql": {3306, true}, "xmpp": {5222, true}, "xmpp-server": {5269, true}, "nntp": {119, true},
	"sieve": {4190, true}, "irc": {6667, true}, "lmtp": {24, true}, "rdp": {3389, true}, "mssql": {1433, true},
}

// Parse reads a target.
func Parse(input string) (*Target, error) {
	input = strings.TrimSpace(input)
	t, rest := &Target{Input: input}, input
	if rest == "" {
		return nil, fault.UsageError("target", "an empty target").WithHint("a target is host:port, as in example.com:443")
	}
	if path, ok := strings.CutPrefix(rest, "unix:"); ok {
		if path == "" {
			return nil, bad(input, "no path behind unix:")
		}
		t.Unix = path
		return t, nil
	}
	port := 443
	if name, after, ok := strings.Cut(rest, "://"); ok {
		s, err := schemeOf(input, strings.ToLower(name))
		if err != nil {
			return nil, err
		}
		t.Scheme, port, rest = strings.ToLower(name), s.port, after
		if s.starttls {
			t.StartTLS = t.Scheme
		}
	}
	rest, err := t.cutPath(rest)
	if err != nil {
		return nil, err
	}
	host, portText, err := split(input, rest)
	if err != nil {
		return nil, err
	}
	if t.Port, err = portOf(input, portText, port); err != nil {
		return nil, err
	}
	t.PortGiven = portText != "" || t.Scheme != ""
	return t, t.setHost(host)
}

// PortOf is the port of a scheme, 0 if there is no such scheme.
func PortOf(scheme string) int { return schemes[scheme].port }

// MustBeBare refuses a path behind the host, for commands that have no use for it.
func (t *Target) MustBeBare() error {
	if t.Path == "" {
		return nil
	}
	return bad(t.Input, "a target is a host and a port; drop %s", t.Path)
}

func bad(input, format string, args ...any) *fault.Fault {
	return fault.UsageError("target", format, args...).For(input)
}

func schemeOf(input, name string) (scheme, error) {
	s, ok := schemes[name]
	switch {
	case !ok && (name == "http" || name == "ws"):
		return s, bad(input, "%s is not TLS", name).WithHint("did you mean https?")
	case name == "quic" || name == "h3":
		return s, fault.UsageError("absent", "%s is TLS over UDP, and this program speaks TCP only", name).For(input)
	case name == "":
		return s, bad(input, "no scheme before ://")
	case !ok:
		names := make([]string, 0, len(schemes))
		for known := range schemes {
			names = append(names, known)
		}
		f := bad(input, "unknown scheme %q", name)
		if near := flags.Nearest(name, names); near != "" {
			f = f.WithHint("did you mean %s?", near)
		}
		return s, f
	}
	return s, nil
}

// cutPath takes the path off.
func (t *Target) cutPath(rest string) (string, error) {
	host, path, ok := strings.Cut(rest, "/")
	if !ok {
		return rest, nil
	}
	if path != "" {
		if t.Scheme != "https" {
			return "", bad(t.Input, "a target is a host and a port; drop /%s", path)
		}
		t.Path = "/" + path
	}
	return host, nil
}

// split separates host and port.
func split(input, s string) (host, port string, err error) {
	if strings.ContainsAny(s, " \t\r\n") {
		return "", "", bad(input, "a blank in the host")
	}
	if at := strings.LastIndex(s, "@"); at >= 0 { // there may be a password before it
		return "", "", bad("...@"+s[at+1:], "a target has no user name; drop what is before the @")
	}
	if inside, ok := strings.CutPrefix(s, "["); ok {
		host, after, closed := strings.Cut(inside, "]")
		if !closed {
			return "", "", bad(input, "the [ is not closed")
		}
		if addr, err := netip.ParseAddr(host); err != nil || !addr.Is6() {
			return "", "", bad(input, "no IPv6 address between [ and ]")
		}
		if after == ":" {
			return "", "", bad(input, "no port behind the colon")
		}
		if after != "" && after[0] != ':' {
			return "", "", bad(input, "after ] only :port may follow")
		}
		return host, strings.TrimPrefix(after, ":"), nil
	}
	if strings.Count(s, ":") > 1 {
		f := bad(input, "more than one colon")
		if _, err := netip.ParseAddr(s); err == nil {
			f = f.WithHint("an IPv6 address goes in brackets: [%s]", s)
		}
		return "", "", f
	}
	host, port, colon := strings.Cut(s, ":")
	switch {
	case host == "" && !colon:
		return "", "", bad(input, "no host")
	case host == "":
		return "", "", bad(input, "no host before the port").WithHint("for this machine: localhost:%s", port)
	}
	if colon && port == "" {
		return "", "", bad(input, "no port behind the colon")
	}
	return host, port, nil
}

func portOf(input, s string, standard int) (int, error) {
	if s == "" {
		return standard, nil
	}
	n, err := strconv.ParseUint(s, 10, 16) // digits only
	if err != nil || n == 0 {
		return 0, bad(input, "port %q is not a number from 1 to 65535", s)
	}
	return int(n), nil
}

// setHost takes the host, in its ASCII form.
func (t *Target) setHost(host string) error {
	t.Host = host
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	ascii, err := ToASCII(host)
	if err != nil {
		return bad(t.Input, "the host %s", err)
	}
	if ascii != host && !strings.EqualFold(ascii, host) {
		t.Unicode = host
	}
	t.Host = ascii
	return nil
}

// Address is host:port, or the path of the socket file.
func (t *Target) Address() string {
	if t.Unix != "" {
		return "unix:" + t.Unix
	}
	return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
}

// IsIP reports whether the host is an address: then there is no server name.
func (t *Target) IsIP() bool {
	_, err := netip.ParseAddr(t.Host)
	return err == nil
}

// Loopback reports whether the host can only be this machine.
func (t *Target) Loopback() bool {
	addr, err := netip.ParseAddr(t.Host)
	return t.Unix != "" || err == nil && addr.IsLoopback() || t.Host == "localhost" || strings.HasSuffix(t.Host, ".localhost")
}
