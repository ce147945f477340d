package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// picky is a server of crypto/tls, which counts its connections.
type picky struct {
	address string
	count   atomic.Int32
}

func (fx *fixtures) picky(change func(*tls.Config), before func(net.Conn) net.Conn) *picky {
	cred := fx.credential(x509.ExtKeyUsageServerAuth, time.Hour, "localhost")
	cfg := &tls.Config{Certificates: []tls.Certificate{{Certificate: cred.Chain, PrivateKey: cred.Signer}}}
	change(cfg)
	p := &picky{}
	p.address = fx.raw(func(c net.Conn) {
		p.count.Add(1)
		if before != nil {
			if c = before(c); c == nil {
				return
			}
		}
		s := tls.Server(c, cfg)
		s.SetDeadline(time.Now().Add(5 * time.Second)) //nolint:errcheck // a socket takes deadlines
		io.Copy(io.Discard, s)                         //nolint:errcheck // the client says
		s.Close()                                      //nolint:errcheck // it is over
	})
	return p
}

// short takes no ClientHello that is longer than so many bytes, as old servers
// and what stands before them did: the connection is dropped.
func short(most int) func(net.Conn) net.Conn {
	return func(c net.Conn) net.Conn {
		b := make([]byte, 4096)
		n, err := c.Read(b)
		if err != nil || n > most {
			return nil
		}
		return replayed{c, io.MultiReader(bytes.NewReader(b[:n]), c)}
	}
}

// replayed is a connection of which something was read already.
type replayed struct {
	net.Conn
	r io.Reader
}

func (r replayed) Read(b []byte) (int, error) { return r.r.Read(b) }

// TestWhyFindsEachCause, of servers that refuse for one reason.
func TestWhyFindsEachCause(t *testing.T) {
	same := func(*tls.Config) {}
	named := func(want bool) func(*tls.Config) {
		return func(c *tls.Config) {
			c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				if want != (hello.ServerName != "") {
					return nil, io.ErrUnexpectedEOF
				}
				return nil, nil
			}
		}
	}
	for name, c := range map[string]struct {
		server func(*tls.Config)
		before func(net.Conn) net.Conn
		flags  string
		cause  string
		detail string
	}{
		"version too high": {func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, nil, "--min-version 1.3", "version", "Offered: TLS 1.3. The server took TLS 1.2"},
		"version too low":  {func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }, nil, "--max-version 1.2", "version", "Offered: TLS 1.2. The server took TLS 1.3"},
		"suites": {func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}
		}, nil, "--suites ECDHE-ECDSA-AES128-GCM-SHA256", "suites", "Offered: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256. The server took TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
		"groups":             {func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP256} }, nil, "--groups x25519", "groups", "Offered: x25519. The server took secp256r1"},
		"sigalgs":            {same, nil, "--sigalgs rsa_pss_rsae_sha256", "sigalgs", "Offered: rsa_pss_rsae_sha256. The server took ecdsa_secp256r1_sha256"},
		"sni not wanted":     {named(false), nil, "", "sni", "does not know the name"},
		"sni wanted":         {named(true), nil, "--no-sni", "sni", "wants a server name"},
		"alpn":               {func(c *tls.Config) { c.NextProtos = []string{"h2"} }, nil, "--alpn imap", "alpn", "no common application protocol"},
		"client certificate": {func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, nil, "", "client_certificate", "wants a client certificate, and got none"},
		"client certificate in 1.2": {func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }, nil, "", "client_certificate",
			"wants a client certificate, and got none"},
		"another client certificate": {func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool() }, nil, "--cert {cert} --key {key}", "client_certificate",
			"does not take this client certificate"},
		"hello size":  {same, short(600), "", "hello_size", "does not take a large ClientHello"},
		"nothing":     {same, nil, "--groups x25519,secp256r1 --suites 0x1301 --alpn x", "", ""},
		"combination": {func(c *tls.Config) { c.GetConfigForClient = refuseBoth }, nil, "--groups secp256r1 --sigalgs ecdsa_secp256r1_sha256", "combination", "not all of them together"},
		"unknown":     {func(c *tls.Config) { c.GetConfigForClient = refuseAll }, nil, "", "unknown", "no other offer helped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			fx.expand("{cert}")
			p := fx.picky(c.server, c.before)
			var stdout, stderr lockedBuffer
			run := fx.probe(strings.NewReader(""), &stdout, &stderr)
			run.getenv = func(string) string { return "" }
			exit := run.main(append(words(fx.expand("connect "+p.address+" --ca-file {ca} --why --json "+c.flags)), "--timeout", "20s"))
			var rep struct {
				Why *struct {
					Cause, Detail string
					Probes        int
				}
			}
			require.NoError(t, json.Unmarshal([]byte(stdout.String()), &rep))
			checkJSON(t, []byte(stdout.String()))
			if c.cause == "" {
				require.Zero(t, exit, "%s", stderr.String())
				require.Nil(t, rep.Why, "what goes well has no why")
				require.EqualValues(t, 1, p.count.Load())
				return
			}
			require.Equal(t, 4, exit, "%s", stderr.String())
			require.NotNil(t, rep.Why, "%s", stdout.String())
			require.Equal(t, c.cause, rep.Why.Cause, rep.Why.Detail)
			require.Contains(t, rep.Why.Detail, c.detail)
			require.LessOrEqual(t, rep.Why.Probes, maxProbes)
			require.EqualValues(t, 1+rep.Why.Probes, p.count.Load(), "at most 8 more connections, and as many as it says")
		})
	}
}

func refuseAll(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, io.ErrUnexpectedEOF }

// refuseBoth refuses who has neither another group nor another scheme.
func refuseBoth(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	if len(hello.SupportedCurves) == 1 && len(hello.SignatureSchemes) == 1 {
		return nil, io.ErrUnexpectedEOF
	}
	return nil, nil
}

// TestWhyIsNotAskedOfWhatIsNoRefusal: a certificate that is not good, a peer
// that is not there, one that does not speak TLS.
func TestWhyIsNotAskedOfWhatIsNoRefusal(t *testing.T) {
	fx := newFixtures(t)
	for line, exit := range map[string]int{"connect {selfsigned} --why": 1, "connect {closed} --why": 3, "connect {http} --why": 4, "connect {ssh} --why": 4} {
		got, stdout, said := fx.exits("", line)
		require.Equal(t, exit, got, "%s: %s", line, said)
		require.NotContains(t, stdout, "why   ", line)
	}
}
