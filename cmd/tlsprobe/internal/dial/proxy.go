package dial

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/target"
	"github.com/tlsengine/tlsengine/internal/preamble"
)

// proxy is one proxy on the way.
type proxy struct {
	scheme         string
	host           string
	port           int
	user, password string
}

// String is the proxy without its password.
func (x *proxy) String() string {
	return x.scheme + "://" + net.JoinHostPort(x.host, strconv.Itoa(x.port))
}

// blamed names the proxy in what went wrong on the way to it.
func (x *proxy) blamed(f *fault.Fault) *fault.Fault {
	for _, what := range []string{"not reached: ", "name not resolved: "} {
		if why, ok := strings.CutPrefix(f.Message, what); ok {
			f.Message = what + "the proxy " + x.String() + ": " + why
		}
	}
	return f
}

// parseProxy reads a proxy's URL. Without a scheme it is http, as in curl.
func parseProxy(s string) (*proxy, error) {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, fault.UsageError("value", "--proxy: want SCHEME://HOST:PORT, as in socks5h://localhost:1080")
	}
	x := &proxy{scheme: strings.ToLower(u.Scheme), host: u.Hostname(), port: 1080, user: u.User.Username()}
	x.password, _ = u.User.Password()
	if !slices.Contains(preamble.Proxies(), x.scheme) {
		return nil, fault.UsageError("value", "--proxy: no proxy is known by %q", x.scheme).
			WithHint("there are %s", strings.Join(preamble.Proxies(), ", "))
	}
	if x.scheme == "https" {
		x.port = 443
	}
	if p := u.Port(); p != "" {
		if x.port, err = strconv.Atoi(p); err != nil || x.port < 1 || x.port > 65535 {
			return nil, fault.UsageError("value", "--proxy: port %q is not a number from 1 to 65535", p)
		}
	}
	return x, nil
}

// maxProxyAuth bounds the file of --proxy-auth-file.
const maxProxyAuth = 1 << 10

// readAuth gives the proxies that have no user the one of the file.
func (d *Dialer) readAuth() error {
	if d.proxyAuth == "" {
		return nil
	}
	b, err := os.ReadFile(d.proxyAuth)
	if err != nil {
		return fault.InputError("file", "--proxy-auth-file: %v", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	user, password, ok := strings.Cut(strings.TrimRight(line, "\r"), ":")
	if !ok || len(b) > maxProxyAuth {
		return fault.InputError("file", "--proxy-auth-file %s: want one line, USER:PASSWORD", d.proxyAuth)
	}
	if len(d.route) == 0 {
		return fault.UsageError("conflict", "--proxy-auth-file without a proxy")
	}
	for _, x := range d.route {
		if x.user == "" {
			x.user, x.password = user, password
		}
	}
	return nil
}

// Route decides how to get to a target: the proxies of the flags, or of the
// environment, and what is said before TLS. The note is for stderr; it may be
// empty.
func (d *Dialer) Route(t *target.Target, getenv func(string) string) (note string, err error) {
	d.route = nil
	for _, s := range d.proxies {
		if s == "none" && len(d.proxies) == 1 {
			continue
		}
		x, err := parseProxy(s)
		if err != nil {
			return "", err
		}
		d.route = append(d.route, x)
	}
	if len(d.proxies) == 0 && !t.Loopback() {
		if note, err = d.environment(t, getenv); err != nil {
			return "", err
		}
	}
	if err := d.readAuth(); err != nil {
		return "", err
	}
	if len(d.route) > 0 && t.Unix != "" {
		return "", fault.UsageError("conflict", "--proxy: a proxy does not lead to a socket file")
	}
	var words []string
	for _, x := range d.route {
		words = append(words, x.String())
	}
	t.Proxy = strings.Join(words, " ")
	return note, d.speak(t)
}

// environment takes the proxy that the environment names, as curl would.
func (d *Dialer) environment(t *target.Target, getenv func(string) string) (note string, err error) {
	for _, name := range []string{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		value := getenv(name)
		if value == "" {
			continue
		}
		for _, name := range []string{"no_proxy", "NO_PROXY"} {
			if excepted(getenv(name), t.Host) {
				return "", nil
			}
		}
		x, err := parseProxy(value)
		if err != nil {
			return "", fault.UsageError("value", "%s names no proxy", name).WithHint("--proxy none goes without")
		}
		d.route = []*proxy{x}
		return "going through " + x.String() + ", as " + name + " says; --proxy none goes without", nil
	}
	return "", nil
}

// excepted reports whether NO_PROXY leaves out a host: names with all their
// subdomains, addresses, blocks of addresses, or * for everything.
func excepted(list, host string) bool {
	addr, isAddr := netip.ParseAddr(host)
	for _, entry := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if entry == "*" {
			return true
		}
		if block, err := netip.ParsePrefix(entry); err == nil && isAddr == nil && block.Contains(addr) {
			return true
		}
		name := strings.ToLower(strings.Trim(entry, "."))
		if h := strings.ToLower(strings.TrimSuffix(host, ".")); h == name || isAddr != nil && strings.HasSuffix(h, "."+name) {
			return true
		}
	}
	return false
}
