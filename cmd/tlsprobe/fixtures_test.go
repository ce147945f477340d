package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/page"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/tlsconn"
	"github.com/tlsengine/tlsengine/trace"
)

// fixtures are what the scripts name in braces. Each is made when it is first
// named.
type fixtures struct {
	t    *testing.T
	dir  string
	made map[string]string
	ca   *pki.Authority
}

func newFixtures(t *testing.T) *fixtures {
	ca, err := pki.NewAuthority(nil, "Lab CA", time.Now(), 100*24*time.Hour+time.Hour)
	require.NoError(t, err)
	return &fixtures{t: t, dir: t.TempDir(), made: map[string]string{}, ca: ca}
}

var braces = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// expand puts fixtures in place of their names.
func (fx *fixtures) expand(s string) string {
	return braces.ReplaceAllStringFunc(s, func(name string) string {
		name = name[1 : len(name)-1]
		if _, ok := fx.made[name]; !ok {
			maker := makers[name]
			if flags, ok := sServers[name]; ok {
				maker = func(fx *fixtures) string { return fx.sServer(strings.Fields(flags)...) }
			}
			require.NotNil(fx.t, maker, "no fixture %q", name)
			fx.made[name] = maker(fx)
		}
		return fx.made[name]
	})
}

// probe is a run of the program.
func (fx *fixtures) probe(stdin io.Reader, stdout, stderr io.Writer) *probe {
	return &probe{ctx: context.Background(), stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
}

// makers make fixtures: files, and servers on this machine, of which they
// return the address.
var makers = map[string]func(fx *fixtures) string{
	"dir": func(fx *fixtures) string { return fx.dir },
	"ca":  func(fx *fixtures) string { return fx.file("ca.pem", certPEM(fx.ca.Cert.Raw)) },
	"cert": func(fx *fixtures) string {
		cred := fx.credential(x509.ExtKeyUsageClientAuth, time.Hour, "client.test")
		fx.made["key"] = fx.file("key.pem", keyPEM(fx.t, cred))
		return fx.file("cert.pem", chainPEM(cred.Chain[:1]))
	},
	"config":     func(fx *fixtures) string { return fx.config("good", "# ours\nmax-version = 1.2\nascii = true\n") },
	"echconfig":  func(fx *fixtures) string { return fx.config("ech", "# ours\nech = grease\n") },
	"loudconfig": func(fx *fixtures) string { return fx.config("loud", "verbose = 2\n") },
	"badconfig":  func(fx *fixtures) string { return fx.config("bad", "max-versoin = 1.2\n") },
	"openkey": func(fx *fixtures) string {
		key, err := os.ReadFile(fx.made["key"]) // {cert} made it
		require.NoError(fx.t, err)
		name := fx.file("open.pem", string(key))
		require.NoError(fx.t, os.Chmod(name, 0o644))
		return name
	},
	"locked": func(fx *fixtures) string {
		return fx.file("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	},
	"hello": func(fx *fixtures) string { return fx.file("hello.txt", "GET /healthz HTTP/1.1\r\n\r\n") },
	"pem":   func(fx *fixtures) string { return certPEM(fx.ca.Cert.Raw) },
	"forged": func(fx *fixtures) string { // a trace with one byte of a secret changed
		name := filepath.Join(fx.dir, "forged.json")
		require.Equal(fx.t, 0, run([]string{"demo", "--save-trace", name, "-o", filepath.Join(fx.dir, "out.txt")}, strings.NewReader(""), io.Discard, io.Discard))
		tr, _, err := readTrace(name, trace.CaptureOptions{})
		require.NoError(fx.t, err)
		tr.Connections[0].FindSecret("s_hs.key").Out[0] ^= 1
		require.NoError(fx.t, saveTrace(name, tr))
		return name
	},
	"empty": func(fx *fixtures) string { return fx.file("empty", "") },

	// TLS, by the engine.
	"engine": func(fx *fixtures) string { return fx.engine(func(*visit.Host) {}) },
	"echo":   func(fx *fixtures) string { return fx.engine(func(h *visit.Host) { h.Echo = true }) },
	"retry":  func(fx *fixtures) string { return fx.engine(func(h *visit.Host) { h.ForceHRR = true }) },
	"tls12": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) { h.Config.MaxVersion = tlsengine.VersionTLS12 })
	},
	"early": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) {
			h.Config.MaxEarlyData, h.Config.AntiReplay = 4096, tlsengine.NewReplayMemory(100)
		})
	},
	"ticketless": func(fx *fixtures) string { return fx.engine(func(h *visit.Host) { h.Config.TicketKeys = nil }) },
	"private": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) {
			h.Config.ClientAuth, h.Config.Roots = tlsengine.RequireClientCert, fx.ca.Pool()
			h.Config.ClientCAs = [][]byte{fx.ca.Cert.RawSubject}
		})
	},
	"expired": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) {
			h.Config.Credentials = []*tlsengine.Credential{fx.credential(x509.ExtKeyUsageServerAuth, -30*time.Minute, "localhost")}
		})
	},
	"othername": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) {
			h.Config.Credentials = []*tlsengine.Credential{fx.credential(x509.ExtKeyUsageServerAuth, time.Hour, "other.test", "\x1b[31mevil.test")}
		})
	},
	"clientonly": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) {
			h.Config.Credentials = []*tlsengine.Credential{fx.credential(x509.ExtKeyUsageClientAuth, time.Hour, "localhost")}
		})
	},
	"selfsigned": func(fx *fixtures) string {
		return fx.engine(func(h *visit.Host) {
			cred, err := pki.SelfSigned(nil, time.Now(), time.Hour, "localhost")
			require.NoError(fx.t, err)
			h.Config.Credentials = []*tlsengine.Credential{cred}
		})
	},

	// Not TLS, or not for long.
	"closed": func(fx *fixtures) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(fx.t, err)
		defer l.Close() //nolint:errcheck // the test of the test
		return local(l)
	},
	"http":   func(fx *fixtures) string { return fx.says("HTTP/1.1 400 Bad Request\r\n\r\nno TLS here", true) },
	"ssh":    func(fx *fixtures) string { return fx.says("SSH-2.0-OpenSSH_9.2p1\r\n", false) },
	"smtp":   func(fx *fixtures) string { return fx.says("220 mail.test ESMTP \x1b[31m\r\n", false) },
	"binary": func(fx *fixtures) string { return fx.says("\x00\x01\x02garbage", true) },
	"alert40": func(fx *fixtures) string {
		return fx.says("\x15\x03\x01\x00\x02\x02\x28", true)
	},
	"closing":  func(fx *fixtures) string { return fx.says("\x15\x03\x03\x00\x02\x01\x00", true) },
	"alert112": func(fx *fixtures) string { return fx.says("\x15\x03\x01\x00\x02\x02\x70", true) },
	"oversize": func(fx *fixtures) string { return fx.says("\x16\x03\x03\xff\xff", true) },
	"hangup":   func(fx *fixtures) string { return fx.raw(func(c net.Conn) { c.Read(make([]byte, 8192)) }) },
	"silent": func(fx *fixtures) string {
		return fx.raw(func(c net.Conn) { io.Copy(io.Discard, c) }) //nolint:errcheck // until the client leaves
	},
	"mirror": func(fx *fixtures) string {
		return fx.raw(func(c net.Conn) { io.Copy(c, c) }) //nolint:errcheck // as above
	},
	"reset": func(fx *fixtures) string {
		return fx.raw(func(c net.Conn) {
			c.Read(make([]byte, 100))     //nolint:errcheck // whatever it is
			c.(*net.TCPConn).SetLinger(0) //nolint:errcheck // then Close resets
		})
	},
	"drip": func(fx *fixtures) string {
		return fx.raw(func(c net.Conn) {
			for _, b := range []byte("\x16\x03\x03\x40\x00" + strings.Repeat("\x02", 100)) {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	},
	"flood": func(fx *fixtures) string { // endless empty records
		return fx.raw(func(c net.Conn) {
			for {
				if _, err := c.Write([]byte("\x16\x03\x03\x00\x00\x14\x03\x03\x00\x01\x01")); err != nil {
					return
				}
			}
		})
	},
}

func (fx *fixtures) file(name, content string) string {
	path := filepath.Join(fx.dir, name)
	require.NoError(fx.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func (fx *fixtures) chmod(name string, mode os.FileMode) {
	require.NoError(fx.t, os.Chmod(name, mode))
}

// config is a directory for XDG_CONFIG_HOME.
func (fx *fixtures) config(name, content string) string {
	dir := filepath.Join(fx.dir, name)
	require.NoError(fx.t, os.MkdirAll(filepath.Join(dir, "tlsprobe"), 0o700))
	fx.file(filepath.Join(name, "tlsprobe", "config"), content)
	return dir
}

func (fx *fixtures) credential(usage x509.ExtKeyUsage, life time.Duration, names ...string) *tlsengine.Credential {
	cred, err := fx.ca.Issue(usage, life, names...)
	require.NoError(fx.t, err)
	return cred
}

func certPEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func keyPEM(t *testing.T, cred *tlsengine.Credential) string {
	der, err := x509.MarshalPKCS8PrivateKey(cred.Signer)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// engine is a server of ours with a certificate for localhost.
func (fx *fixtures) engine(change func(*visit.Host)) string {
	h := fx.host(change)
	return fx.raw(func(c net.Conn) { h.Serve(c) }) //nolint:errcheck // the client says what is wrong
}

// host is what such a server does.
func (fx *fixtures) host(change func(*visit.Host)) *visit.Host {
	cred := fx.credential(x509.ExtKeyUsageServerAuth, 90*24*time.Hour+time.Hour, "localhost", "127.0.0.1")
	site := &page.Site{CertPEM: chainPEM(cred.Chain), Now: time.Now}
	h := &visit.Host{Idle: 5 * time.Second, Answer: site.Answer}
	h.Config = tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys(), ALPN: []string{"http/1.1"}}
	change(h)
	return h
}

// says is a server that says the same to everybody, at once or after it was
// spoken to.
func (fx *fixtures) says(what string, after bool) string {
	return fx.raw(func(c net.Conn) {
		if after {
			c.Read(make([]byte, 8192)) //nolint:errcheck // whatever it is
		}
		c.Write([]byte(what)) //nolint:errcheck // the client says what is wrong
		c.SetDeadline(time.Now().Add(2 * time.Second))
		io.Copy(io.Discard, c) //nolint:errcheck // until the client leaves
	})
}

// raw is a server that does something with each connection.
func (fx *fixtures) raw(serve func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(fx.t, err)
	fx.t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close() //nolint:errcheck // it is over
				serve(c)
			}()
		}
	}()
	return local(l)
}

// local is the address of a listener by name.
func local(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String()) //nolint:errcheck // a listener has one
	return "localhost:" + port
}

// tlsServer is the server's end of TLS.
func tlsServer(c net.Conn, cfg *tlsengine.Config) (net.Conn, error) {
	conn, err := tlsconn.Server(c, cfg, tlsconn.Options{})
	if err == nil {
		err = conn.Handshake(context.Background())
	}
	return conn, err
}
