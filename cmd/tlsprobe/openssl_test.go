package main

import (
	"crypto/x509"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// openssl skips the test where there is no openssl; in CI it must be there.
func openssl(t *testing.T) {
	t.Helper()
	installed(t, "openssl")
}

// sServers are fixtures by the flags of s_server.
var sServers = map[string]string{
	"openssl": "-www", "openssl12": "-www -tls1_2", "openssl-x448": "-www -groups X448", "openssl-rev": "-rev",
	"openssl-auth": "-www -Verify 1 -verify_return_error", "openssl-old": "-www -tls1_1 -cipher ALL:@SECLEVEL=0",
	"openssl-early": "-early_data -max_early_data 4096",
}

// sServer is `openssl s_server` with a certificate for localhost.
func (fx *fixtures) sServer(flags ...string) string {
	openssl(fx.t)
	cred := fx.credential(x509.ExtKeyUsageServerAuth, 90*24*time.Hour, "localhost")
	cert, key := fx.file("server.pem", chainPEM(cred.Chain)), fx.file("server.key", keyPEM(fx.t, cred))
	port := testproc.FreePort(fx.t)
	return fx.process(port, "openssl", append([]string{"s_server", "-accept", strconv.Itoa(port), "-quiet", "-cert", cert, "-cert_chain", cert, "-key", key, "-CAfile", fx.expand("{ca}")}, flags...)...)
}

func TestOpenSSLAsClientOfServe(t *testing.T) {
	openssl(t)
	s := startServe(t, "--client-auth", "request", "--early-data", "4096")
	ca := newFixtures(t).file("ca.pem", s.about.Certificate.PEM)
	for _, flags := range []string{"-tls1_3", "-tls1_2", "-tls1_3 -groups P-521", "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384"} {
		args := append([]string{"s_client", "-connect", s.about.Address, "-servername", "localhost", "-CAfile", ca, "-verify_return_error", "-quiet", "-ign_eof"}, strings.Fields(flags)...)
		cmd := exec.Command("openssl", args...)
		cmd.Stdin = strings.NewReader("GET /healthz HTTP/1.1\r\n\r\n")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", flags, out)
		require.Contains(t, string(out), "200 OK", flags)
	}
}
