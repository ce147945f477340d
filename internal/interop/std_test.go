package interop

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
)

// std is crypto/tls, in this process.
var std = &peer{
	name:  "crypto-tls",
	serve: stdServe, connect: stdConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{
		group.X25519MLKEM768, group.SecP256r1MLKEM768, group.SecP384r1MLKEM1024,
		group.X25519, group.P256, group.P384, group.P521,
	},
	kinds: []kind{ecdsa256, ecdsa384, ecdsa521, rsaKey, ed25519Key},
	has:   hasAuth | hasALPN | hasSNI | hasExporter | hasKeyLog | hasResumption | hasEcho | hasClose | hasQuit,
}

// stdConfig is what clients and servers share. crypto/tls does not let one
// choose among the suites of TLS 1.3; the engine's choice has to do.
func stdConfig(t *testing.T, s *setup) *tls.Config {
	cfg := &tls.Config{RootCAs: keys(t).pool, ClientCAs: keys(t).pool, ServerName: serverName}
	if !s.both {
		cfg.MinVersion, cfg.MaxVersion = uint16(s.version), uint16(s.version)
	}
	if s.suite != 0 && !s.tls13() {
		cfg.CipherSuites = []uint16{uint16(s.suite)}
	}
	for _, g := range s.groups {
		cfg.CurvePreferences = append(cfg.CurvePreferences, tls.CurveID(g))
	}
	if s.identity != nil {
		cfg.Certificates = []tls.Certificate{s.identity.std}
	}
	if s.alpn != "" {
		cfg.NextProtos = []string{s.alpn}
	}
	if s.keylog != "" {
		f, err := os.Create(s.keylog)
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		cfg.KeyLogWriter = f
	}
	cfg.SessionTicketsDisabled = s.tickets < 0
	return cfg
}

func stdServe(t *testing.T, s setup) *running {
	cfg := stdConfig(t, &s)
	switch s.auth {
	case tlsengine.RequestClientCert:
		cfg.ClientAuth = tls.VerifyClientCertIfGiven
	case tlsengine.RequireClientCert:
		cfg.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if s.sni != "" {
		cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName != s.sni {
				return nil, x509.HostnameError{}
			}
			return nil, nil
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	r := &running{addr: l.Addr().String()}
	latest := make(chan *tls.Conn, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c := tls.Server(conn, cfg)
			latest <- c
			go stdEcho(c)
		}
	}()
	r.exported = func(t *testing.T) []byte { return stdExport(t, <-latest, s.label) }
	return r
}

func stdConnect(t *testing.T, s setup, addr string) *running {
	cfg := stdConfig(t, &s)
	cfg.ClientSessionCache = tls.NewLRUClientSessionCache(10)
	if len(s.groups) > 0 {
		cfg.CurvePreferences = slices.Clone(cfg.CurvePreferences)
	}
	connect := func() *running {
		conn, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		c := tls.Client(conn, cfg)
		go stdEcho(c)
		return &running{
			exported: func(t *testing.T) []byte { return stdExport(t, c, s.label) },
			quit:     func() { _, _ = c.Handshake(), c.CloseWrite() },
		}
	}
	r := connect()
	r.again = connect
	return r
}

// stdEcho says what it hears, and answers close_notify with the same.
func stdEcho(c *tls.Conn) {
	io.Copy(c, c)
	c.Close()
}

func stdExport(t *testing.T, c *tls.Conn, label string) []byte {
	require.NoError(t, c.Handshake())
	state := c.ConnectionState()
	out, err := state.ExportKeyingMaterial(label, nil, exportSize)
	require.NoError(t, err)
	return out
}
