package interop

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
)

// curl is the program curl, which comes with OpenSSL's library in Debian and
// speaks HTTP: it posts a file and gets it back.
var curl = &peer{
	name: "curl", programs: []string{"curl"}, source: "apt-get install curl",
	connect: curlConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{group.X25519, group.P256, group.P384, group.P521},
	kinds:  []kind{ecdsa256, ecdsa384, ecdsa521, rsaKey, ed25519Key, ed448Key},
	has:    hasAuth | hasKeyLogClient | hasResumption | hasSessionID,
}

func curlConnect(t *testing.T, s setup, addr string) *running {
	_, port, _ := strings.Cut(addr, ":")
	body, answer := payloadFile(t, s.size), keys(t).file("curl-"+port)
	args := []string{
		"--silent", "--show-error", "--http1.1", "--max-time", "60", "--cacert", keys(t).ca,
		"--resolve", serverName + ":" + port + ":127.0.0.1", "--header", "Expect:",
	}
	switch {
	case s.both:
	case s.tls13():
		args = append(args, "--tlsv1.3")
	default:
		args = append(args, "--tlsv1.2", "--tls-max", "1.2")
	}
	switch {
	case s.suite != 0 && s.tls13():
		args = append(args, "--tls13-ciphers", s.suite.String())
	case s.suite != 0:
		args = append(args, "--ciphers", opensslSuites[s.suite])
	}
	if s.groups != nil {
		args = append(args, "--curves", join(s.groups, opensslGroups))
	}
	if s.identity != nil {
		args = append(args, "--cert", s.identity.cert, "--key", s.identity.key)
	}
	url := fmt.Sprintf("https://%s:%s/", serverName, port)
	args = append(args, "--data-binary", "@"+body, "--output", answer, url)
	if s.resume {
		args = append(args, "--output", answer, url)
	}
	p := start(t, keylogEnv(&s), "curl", args...)
	return &running{process: p, exchange: func(t *testing.T, e *side, data []byte) {
		require.Equal(t, "POST / HTTP/1.1\r\n", e.line())
		for e.line() != "\r\n" {
		}
		got, err := e.read(len(data))
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got), "what came is not what is in the file")
		require.NoError(t, e.send(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", len(data))))
		require.NoError(t, e.send(data))
		e.close()
		if s.resume {
			return
		}
		p.wait()
		require.Zero(t, p.cmd.ProcessState.ExitCode())
		back, err := os.ReadFile(answer)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, back), "what curl got is not what was sent")
	}}
}
