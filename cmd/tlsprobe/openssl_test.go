package main

import (
	"bytes"
	"crypto/x509"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// openssl skips the test where there is no openssl; in CI it must be there.
func openssl(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		require.Empty(t, os.Getenv("CI"), "openssl must be installed")
		t.Skip("openssl is not installed")
	}
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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(fx.t, err)
	address := local(l)
	_, port, _ := net.SplitHostPort(address) //nolint:errcheck // it has one
	require.NoError(fx.t, l.Close())
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", port, "-quiet", "-cert", cert, "-cert_chain", cert, "-key", key, "-CAfile", fx.expand("{ca}")}, flags...)...)
	var out bytes.Buffer
	cmd.Stderr = &out
	require.NoError(fx.t, cmd.Start())
	fx.t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // that is the point
		cmd.Wait()         //nolint:errcheck // it was killed
	})
	require.Eventually(fx.t, func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			return false
		}
		return c.Close() == nil
	}, 10*time.Second, 10*time.Millisecond, "%s", &out)
	return address
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
