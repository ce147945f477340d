package main

import (
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// Proxies. tinyproxy leads to two ports only where it is open; ssh asks its
// server on this machine.
var (
	tinyproxy     = daemon{program: "tinyproxy", source: apt("tinyproxy-bin"), conf: "tinyproxy.conf", args: "-d -c {conf}"}
	tinyproxyOpen = daemon{program: "tinyproxy", source: apt("tinyproxy-bin"), conf: "tinyproxy-open.conf", args: "-d -c {conf}"}
	nginxStream   = daemon{program: "nginx", source: apt("nginx-light"), conf: "nginx-stream.conf", args: "-p {dir} -c {conf}", first: streamModule}
	microsocks    = daemon{program: "microsocks", source: apt("microsocks"), args: "-i 127.0.0.1 -p {port-socks}"}
	microsocksPw  = daemon{program: "microsocks", source: apt("microsocks"), args: "-i 127.0.0.1 -p {port-socks-pw} -u me -P pw"}
	sshd          = daemon{program: "sshd", source: apt("openssh-server"), conf: "sshd.conf", args: "-D -e -f {conf}", first: sshKeys}
	ssh           = daemon{program: "ssh", source: apt("openssh-client"),
		args: "-F none -N -D 127.0.0.1:{port-ssh-socks} -p {port-ssh} -i {dir}/user -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o BatchMode=yes {user}@127.0.0.1"}
)

// streamModule is a package of its own.
func streamModule(t *testing.T, _ *started) {
	testproc.Find(t, "/usr/lib/nginx/modules/ngx_stream_module.so", apt("libnginx-mod-stream"))
}

func sshKeys(t *testing.T, d *started) {
	program := testproc.Find(t, "ssh-keygen", apt("openssh-client"))
	for _, name := range []string{"host", "user"} {
		testproc.Run(t, d.command(program, "-q -t ed25519 -N '' -C '' -f {dir}/"+name))
	}
}

// way is a command line through proxies, and how it ends. Where nothing is
// said, the target is reached.
type way struct {
	args       string // --proxy and so on, with {target} in front unless there is another
	exit       int
	code, says string // the error, and its message or hint
}

// ways are what is tried with proxies that are started together.
var ways = map[string]struct {
	daemons []daemon
	list    []way
}{
	"tinyproxy": {[]daemon{tinyproxy, tinyproxyOpen}, []way{
		{args: "--proxy http://me:pw@localhost:{port-http}"},
		{args: "--proxy localhost:{port-http} --proxy-auth-file {auth}"},
		{args: "--proxy http://localhost:{port-http-open}"},
		{"--proxy http://localhost:{port-http}", 3, "proxy.auth", "the proxy wants user and password"},
		{"--proxy http://me:no@localhost:{port-http}", 3, "proxy.auth", "the proxy does not accept user and password"},
		{"localhost:1 --proxy http://localhost:{port-http-open}", 3, "proxy.refused", "403"},
		{"localhost:{port-nobody} --proxy http://localhost:{port-http-open}", 3, "proxy.refused", "500 Unable to connect"},
		{"--timeout 400ms --proxy socks5h://localhost:{port-http-open}", 3, "tcp.timeout", "the proxy did not answer in time"},
		{"--timeout 400ms --proxy https://localhost:{port-http-open}", 3, "tcp.timeout proxy.refused", "http:// is a proxy without"}, // by what is random in the ClientHello
	}},
	"microsocks": {[]daemon{microsocks, microsocksPw}, []way{
		{args: "--proxy socks5://localhost:{port-socks}"},
		{args: "--proxy socks5h://localhost:{port-socks}"},
		{args: "--proxy socks5h://me:pw@localhost:{port-socks-pw}"},
		{args: "--proxy socks5://localhost:{port-socks-pw} --proxy-auth-file {auth}"},
		{"--proxy socks5h://localhost:{port-socks-pw}", 3, "proxy.auth", "the proxy wants user and password"},
		{"--proxy socks5h://me:no@localhost:{port-socks-pw}", 3, "proxy.auth", "the proxy does not accept user and password"},
		{"localhost:{port-nobody} --proxy socks5h://localhost:{port-socks}", 3, "proxy.refused", "connection refused (SOCKS 5 code 5)"},
		{"nowhere.invalid --proxy socks5h://localhost:{port-socks}", 3, "proxy.refused", "general failure"},
		{"nowhere.invalid --proxy socks5://localhost:{port-socks}", 3, "dns.not_found", "no such host"},
		{"--proxy socks4a://localhost:{port-socks}", 3, "proxy.protocol", "it speaks SOCKS 5: socks5h://"},
		{"--proxy http://localhost:{port-socks}", 3, "proxy.protocol", "it speaks SOCKS 5: socks5h://"},
		{"--proxy https://localhost:{port-socks}", 3, "tcp.reset", "http:// is a proxy without"},
	}},
	"ssh -D": {[]daemon{sshd, ssh}, []way{
		{args: "--proxy socks5://localhost:{port-ssh-socks}"},
		{args: "--proxy socks5h://localhost:{port-ssh-socks}"},
		{args: "--proxy socks4a://localhost:{port-ssh-socks}"},
		{"localhost:{port-nobody} --proxy socks4a://localhost:{port-ssh-socks}", 3, "proxy.refused", "the proxy closed the connection"},
		{"--proxy http://localhost:{port-ssh-socks}", 3, "proxy.refused", "the proxy closed the connection"},
		{"--proxy socks5h://localhost:{port-ssh}", 3, "proxy.protocol", `"SSH-2.0-OpenSSH`},
		{"localhost:{port-ssh}", 4, "tls.not_tls", "SSH, which has no TLS"},
	}},
	"tinyproxy behind nginx": {[]daemon{tinyproxy, tinyproxyOpen, nginxStream, microsocks}, []way{
		{args: "--proxy https://me:pw@localhost:{port-https}"},
		{args: "--proxy https://me:pw@localhost:{port-https} --proxy socks5h://localhost:{port-socks}"},
		{args: "-4 --proxy socks5://localhost:{port-socks} --proxy https://me:pw@localhost:{port-https}"},
		{args: "--proxy http://me:pw@localhost:{port-http} --proxy https://me:pw@localhost:{port-https}"},
		{args: "--proxy https://me:pw@localhost:{port-https} --proxy http://localhost:{port-http-open}"},
		{"--proxy https://localhost:{port-https}", 3, "proxy.auth", "the proxy wants user and password"},
		{"--proxy https://me:pw@127.0.0.1:{port-https}", 3, "proxy.refused", "another name"},
		{"--proxy https://me:pw@localhost:{port-https} --ca-file {other-ca}", 3, "proxy.refused", "unknown"},
		{"--proxy socks5h://localhost:{port-socks} --proxy socks5h://localhost:{port-nobody}", 3, "proxy.refused", "connection refused"},
		{"localhost:{port-nobody} -4 --proxy socks5://localhost:{port-socks} --proxy https://me:pw@localhost:{port-https}", 3, "proxy.refused", "500 Unable to connect"},
		{"--timeout 400ms --proxy socks5h://localhost:{port-https}", 3, "tcp.timeout", "or TLS at once"},
		{"--proxy http://localhost:{port-https}", 3, "proxy.refused", "or TLS at once"},
	}},
}

// everywhere is {engine} on all addresses that localhost may be: some proxies
// try the first only.
func (d *started) everywhere() string {
	address := d.expand("{engine}")
	_, port, _ := strings.Cut(address, ":")
	l, err := net.Listen("tcp", "[::1]:"+port)
	if err != nil { // there is no IPv6
		return address
	}
	d.t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				if to, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
					forward(c, to)
					to.Close() //nolint:errcheck // it is over
				}
				c.Close() //nolint:errcheck // as above
			}()
		}
	}()
	return address
}

func TestProxiesOfOthers(t *testing.T) {
	for name, x := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				t.Skip("-short leaves the other implementations out")
			}
			d := newHome(t)
			d.values["auth"] = d.file("auth", "me:pw\n")
			d.values["target"] = d.everywhere()
			_, d.values["port-target"], _ = strings.Cut(d.values["target"], ":")
			d.fill("{port-nobody}")
			d.ports = nil // where nobody listens
			for _, daemon := range x.daemons {
				daemon.start(d)
			}
			for _, w := range x.list {
				args := words(d.fill(w.args))
				if strings.HasPrefix(w.args, "-") {
					args = append([]string{d.values["target"]}, args...)
				}
				if !strings.Contains(w.args, "--ca-file") {
					args = append(args, "--ca-file", d.values["ca"])
				}
				rep, said := d.tries(nil, append(append([]string{"connect"}, args...), "--json", "--get", "/healthz")...)
				require.Equal(t, w.exit, rep.Exit, "%s: %s", w.args, said)
				require.True(t, w.code == rep.Error.Code || slices.Contains(strings.Fields(w.code), rep.Error.Code), "%s: %s: %s", w.args, rep.Error.Code, said)
				require.Contains(t, rep.Error.Message+rep.Error.Hint, w.says, w.args)
				if w.exit == 0 {
					require.True(t, rep.Verification.OK)
					require.Contains(t, string(rep.Reply.Bytes), "200 OK")
					require.NotContains(t, *rep.Target.Proxy, "pw")
				}
			}
		})
	}
}
