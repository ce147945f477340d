package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// stranger is a server of another implementation.
type stranger struct {
	address string
	resumes bool
	groups  []string // that it takes in TLS 1.3
}

// process starts a server that is a program, and waits until it listens.
func (fx *fixtures) process(port int, name string, args ...string) string {
	testproc.Serve(fx.t, exec.Command(name, args...), port)
	return fmt.Sprintf("localhost:%d", port)
}

// strangers start servers that answer an HTTP request.
var strangers = map[string]func(t *testing.T, fx *fixtures, cert, key string) stranger{
	"openssl s_server": func(t *testing.T, fx *fixtures, cert, key string) stranger {
		installed(t, "openssl")
		port := testproc.FreePort(t)
		return stranger{fx.process(port, "openssl", "s_server", "-accept", strconv.Itoa(port), "-quiet", "-www", "-cert", cert, "-cert_chain", cert, "-key", key), true, []string{"x25519", "secp256r1", "x448"}}
	},
	"gnutls-serv": func(t *testing.T, fx *fixtures, cert, key string) stranger {
		installed(t, "gnutls-serv")
		port := testproc.FreePort(t)
		return stranger{fx.process(port, "gnutls-serv", "--http", "--quiet", "--port", strconv.Itoa(port), "--x509certfile", cert, "--x509keyfile", key), true, []string{"x25519", "secp256r1", "x448"}}
	},
	"nginx": func(t *testing.T, fx *fixtures, cert, key string) stranger {
		installed(t, "nginx")
		port := testproc.FreePort(t)
		conf := fx.file("nginx.conf", fmt.Sprintf(`
			daemon off; master_process off; pid %[1]s/nginx.pid; error_log stderr; events {}
			http {
				access_log off;
				client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
				server {
					listen 127.0.0.1:%[2]d ssl http2; ssl_certificate %[3]s; ssl_certificate_key %[4]s; ssl_protocols TLSv1.2 TLSv1.3;
					ssl_session_cache shared:a:1m;
					location / { return 200 "hello from nginx"; }
				}
			}`, fx.dir, port, cert, key))
		return stranger{fx.process(port, "nginx", "-p", fx.dir, "-c", conf), true, []string{"x25519", "secp256r1"}}
	},
	"crypto/tls": func(t *testing.T, fx *fixtures, cert, key string) stranger {
		pair, err := tls.LoadX509KeyPair(cert, key)
		require.NoError(t, err)
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}})
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()                                                     //nolint:errcheck // it is over
					c.Read(make([]byte, 4096))                                          //nolint:errcheck // whatever it is
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") //nolint:errcheck // the client says
				}()
			}
		}()
		return stranger{local(l), true, []string{"X25519MLKEM768", "x25519", "secp256r1", "secp521r1"}}
	},
}

func TestConnectToOthers(t *testing.T) {
	for name, start := range strangers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			ca := fx.expand("{ca}")
			cred := fx.credential(x509.ExtKeyUsageServerAuth, 90*24*time.Hour, "localhost")
			cert, key := fx.file("server.pem", chainPEM(cred.Chain)), fx.file("server.key", keyPEM(t, cred))
			s := start(t, fx, cert, key)
			for _, version := range []string{"1.3", "1.2"} {
				rep := fx.connectTo(s.address, "--ca-file", ca, "--min-version", version, "--max-version", version, "--alpn", "http/1.1", "--get", "/")
				require.Equal(t, "TLS "+version, rep.Result.Version.Name)
				require.True(t, rep.Verification.OK)
				require.Contains(t, string(rep.Reply.Bytes), "HTTP/1.", "data both ways")
				if name != "openssl s_server" { // which closes a -www connection as it likes
					require.NotEqual(t, "open", rep.Reply.End)
				}
				if s.resumes {
					rep = fx.connectTo(s.address, "--ca-file", ca, "--min-version", version, "--max-version", version, "--alpn", "http/1.1", "--resume", "--get", "/")
					require.True(t, rep.Second.Result.Resumed, version)
				}
			}
			for _, group := range s.groups {
				rep := fx.connectTo(s.address, "--ca-file", ca, "--min-version", "1.3", "--groups", group)
				require.True(t, strings.EqualFold(group, rep.Result.Group.Name), rep.Result.Group.Name)
			}
			for _, suite := range []string{"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"} {
				rep := fx.connectTo(s.address, "--ca-file", ca, "--suites", suite)
				require.Equal(t, suite, rep.Result.Suite.Name)
			}
			trace := filepath.Join(fx.dir, "trace.json")
			fx.connectTo(s.address, "--ca-file", ca, "--resume", "--save-trace", trace, "--get", "/", "--alpn", "http/1.1")
			var stdout, stderr bytes.Buffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			require.Zero(t, p.main([]string{"vectors", trace}), "what was traced can be computed again: %s", &stdout)
			require.Contains(t, stdout.String(), " 0 failed, 0 skipped", "but for the PSK everything: %s", &stdout)
		})
	}
}

// fullReport is a report as far as these tests look at it.
type fullReport struct {
	Exit         int
	Result       resultReport
	Second       struct{ Result resultReport }
	Verification struct{ OK bool }
	Reply        struct {
		Bytes []byte `json:"data_b64"`
		End   string
	}
}

type resultReport struct {
	Version, Suite, Group struct{ Name string }
	Resumed               bool
}

// connectTo makes a connection that must go well.
func (fx *fixtures) connectTo(address string, args ...string) (rep fullReport) {
	fx.t.Helper()
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(""), &stdout, &stderr)
	p.getenv = func(string) string { return "" }
	exit := p.main(append([]string{"connect", address, "--json"}, args...))
	require.Zero(fx.t, exit, "%v: %s", args, &stderr)
	checkJSON(fx.t, stdout.Bytes())
	require.NoError(fx.t, json.Unmarshal(stdout.Bytes(), &rep))
	return rep
}
