package interop

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testproc"
)

// gnutls is the programs gnutls-serv and gnutls-cli.
var gnutls = &peer{
	name: "gnutls", programs: []string{"gnutls-serv", "gnutls-cli"}, source: "apt-get install gnutls-bin",
	serve: gnutlsServe, connect: gnutlsConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{group.X25519, group.P256, group.P384, group.P521, group.X448},
	kinds:  []kind{ecdsa256, ecdsa384, ecdsa521, rsaKey, rsaPSSKey, ed25519Key, ed448Key},
	has: hasAuth | hasALPN | hasSNI | hasEarlyServer | hasEarlyClient | hasExporterClient | hasKeyLogClient |
		hasUpdateClient | hasResumption | hasSessionID | hasEcho | hasQuit,
	updates: []string{"^rekey^", "^renegotiate^"}, renegotiate: "^renegotiate^",
}

var gnutlsGroups = map[group.ID]string{
	group.X25519: "+GROUP-X25519", group.X448: "+GROUP-X448",
	group.P256: "+GROUP-SECP256R1", group.P384: "+GROUP-SECP384R1", group.P521: "+GROUP-SECP521R1",
}

// gnutlsPriority is what gnutls calls its choice of algorithms.
func gnutlsPriority(s *setup) string {
	out := "NORMAL:-VERS-ALL:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA"
	if s.both || s.tls13() {
		out += ":+VERS-TLS1.3"
	}
	if s.both || !s.tls13() {
		out += ":+VERS-TLS1.2"
	}
	if s.suite != 0 {
		out += ":-CIPHER-ALL:+" + gnutlsCipher(s.suite)
	}
	if s.groups != nil {
		out += ":-GROUP-ALL:" + join(s.groups, gnutlsGroups)
	}
	return out
}

func gnutlsCipher(id cipher.ID) string {
	name := id.String()
	switch {
	case strings.Contains(name, "AES_128"):
		return "AES-128-GCM"
	case strings.Contains(name, "AES_256"):
		return "AES-256-GCM"
	}
	return "CHACHA20-POLY1305"
}

// gnutlsFlags are those that both programs share.
func gnutlsFlags(s *setup) []string {
	args := []string{"--priority", gnutlsPriority(s), "--x509cafile", s.ca}
	if s.identity != nil {
		args = append(args, "--x509certfile", s.identity.cert, "--x509keyfile", s.identity.key)
	}
	if s.alpn != "" {
		args = append(args, "--alpn", s.alpn)
	}
	if s.tickets < 0 {
		args = append(args, "--noticket")
	}
	if s.label != "" {
		args = append(args, "--keymatexport", s.label, "--keymatexportsize", strconv.Itoa(exportSize))
	}
	return args
}

func gnutlsServe(t *testing.T, s setup) *running {
	port := testproc.FreePort(t)
	args := append([]string{"--port", strconv.Itoa(port), "--echo", "--quiet"}, gnutlsFlags(&s)...)
	switch s.auth {
	case tlsengine.NoClientCert:
		args = append(args, "--disable-client-cert")
	case tlsengine.RequireClientCert:
		args = append(args, "--require-client-cert", "--verify-client-cert")
	}
	if s.sni != "" {
		args = append(args, "--sni-hostname", s.sni, "--sni-hostname-fatal")
	}
	if s.early != "" {
		args = append(args, "--earlydata", "--maxearlydata", "16384")
	}
	return &running{process: start(t, nil, "gnutls-serv", args...), addr: fmt.Sprintf("127.0.0.1:%d", port)}
}

func gnutlsConnect(t *testing.T, s setup, addr string) *running {
	_, port, _ := strings.Cut(addr, ":")
	args := append([]string{
		"--port", port, "--sni-hostname", serverName, "--verify-hostname", serverName, "--single-key-share",
	}, gnutlsFlags(&s)...)
	if s.label == "" {
		args = append(args, "--logfile", keys(t).file("gnutls-"+port+".log"))
	}
	if s.resume {
		args = append(args, "--resume", "--waitresumption")
	}
	if s.early != "" {
		args = append(args, "--earlydata", s.early)
	}
	if s.verbose {
		args = append(args, "--inline-commands")
	}
	p := start(t, keylogEnv(&s), "gnutls-cli", append(args, "127.0.0.1")...)
	r := &running{process: p, exported: saidKeyingMaterial(p), hasty: true, quit: func() { p.in.Close() }}
	switch {
	case s.size > gnutlsShown:
		r.exchange = gnutlsExchange(p)
	case !s.verbose && s.label == "":
		p.echo()
	}
	return r
}

// gnutlsShown is how much of a big payload gnutls-cli gets: it shows what it
// gets byte by byte, with a system call for each.
const gnutlsShown = 1_000_000

// gnutlsExchange sends the payload one way and a part of it the other.
func gnutlsExchange(p *process) func(t *testing.T, e *side, data []byte) {
	return func(t *testing.T, e *side, data []byte) {
		require.NoError(t, e.send(data[:gnutlsShown]))
		go p.in.Write(data)
		got, err := e.read(len(data))
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got), "what came is not what was sent")
		for n := 0; n < gnutlsShown; {
			shown, more := p.out.from(n)
			require.True(t, more)
			require.True(t, bytes.Equal(data[n:n+len(shown)], shown), "what the peer got is not what was sent")
			n += len(shown)
		}
	}
}

// keylogEnv is how most programs are told to write a key log.
func keylogEnv(s *setup) []string {
	if s.keylog == "" {
		return nil
	}
	return []string{"SSLKEYLOGFILE=" + s.keylog}
}
