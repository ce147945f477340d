package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"math/big"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// TestFloodsBeforeAndBesideTLS: what TestPeersThatSayTooMuch has for the
// handshake, for STARTTLS, proxies, what comes after the handshake, and the
// other commands.
func TestFloodsBeforeAndBesideTLS(t *testing.T) {
	t.Parallel()
	fx := newFixtures(t)
	lines := fx.endless("250-and so on\r\n")
	letters := fx.endless("x")
	headers := fx.endless("HTTP/1.1 200 fine\r\nX: y\r\n")
	cred := fx.credentialFor("localhost")
	keys := fx.raw(func(c net.Conn) { // a KeyUpdate after the other
		conn, err := tlsconn.Server(c, &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}}, tlsconn.Options{})
		if err == nil {
			_, err = conn.Read(make([]byte, 100))
		}
		for err == nil {
			var out []byte
			if out, err = conn.Engine().UpdateKeys(nil, handshake.UpdateRequested); err == nil {
				_, err = c.Write(out)
			}
		}
	})
	for _, r := range []row{
		{"connect " + lines + " --starttls smtp --timeout 5s", 3, "8192"},
		{"connect " + letters + " --starttls imap --timeout 5s", 3, "8192"},
		{"connect " + letters + " --starttls xmpp --timeout 5s", 3, ""},
		{"connect localhost:1 --proxy http://" + headers + " --timeout 5s", 3, "8192"},
		{"connect localhost:1 --proxy https://{ccs} --timeout 5s", 3, "more than 32 records without content"},
		{"cert {bigcert} --timeout 5s", 4, "announces 16777215 bytes, more than 131072"},
		{"show {bigcert} --timeout 5s", 4, "announces 16777215 bytes, more than 131072"},
		{"show {ccs} --timeout 5s", 4, "more than 32 records without content"},
		{"show {warnings} --timeout 5s", 4, "more than 4 warnings"},
		{"show {tickets} --ca-file {ca} --timeout 5s -o {dir}/page.html", 0, ""},
		{"connect {tickets} --ca-file {ca} --timeout 5s", 0, ""},
		{"connect {torrent} --ca-file {ca} --timeout 5s", 0, ""},
		{"connect {torrent} --ca-file {ca} --timeout 5s -i -q -o {dir}/x", 0, ""},
		{"connect {torrent} --ca-file {ca} --timeout 5s --send - --max-reply 10 -q", 0, ""},
		{"connect {ccs} --why --timeout 5s", 4, ""},
		{"connect " + keys + " --ca-file {ca} --timeout 5s --get /", 4, "more than 32 messages without data"},
	} {
		most, took, exit, said := fx.measure(t, r.line)
		t.Logf("%-90s %d KiB, %v", r.line, most, took.Round(time.Millisecond))
		require.Equal(t, r.exit, exit, "%s\n%s", r.line, said)
		require.Contains(t, said, r.says, r.line)
		require.Less(t, took, 6*time.Second, r.line)
		if !race.Enabled {
			require.LessOrEqual(t, most, 64<<10, "%s: KiB", r.line)
		}
	}
}

// measure runs a process and looks at its memory, in KiB.
func (fx *fixtures) measure(t *testing.T, line string) (most int, took time.Duration, exit int, said string) {
	t.Helper()
	cmd := program(t, words(fx.expand(line))...)
	var stderr lockedBuffer
	cmd.Stderr, cmd.Stdin = &stderr, strings.NewReader("x")
	start := time.Now()
	require.NoError(t, cmd.Start())
	memory := watchMemory(cmd.Process.Pid)
	cmd.Wait() //nolint:errcheck // the exit code is looked at
	return <-memory, time.Since(start), cmd.ProcessState.ExitCode(), stderr.String()
}

// nasty is what must not reach a terminal or a page as it is: it erases, turns
// around, ends strings and markup.
const nasty = "\x1b[2Jevil\u202e\u2066\x00\x7f\u0085<script>alert(1)</script>&amp;\"'"

// nastyCredential has it in the subject and the issuer.
func (fx *fixtures) nastyCredential() *tlsengine.Credential {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(fx.t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: nasty, Organization: []string{nasty}}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(fx.t, err)
	cred, err := tlsengine.NewCredential([][]byte{der}, key)
	require.NoError(fx.t, err)
	return cred
}

// TestWhatAPeerSaysIsHarmless in text, JSON and HTML: its certificate, its
// protocol, its reply, what it says instead of TLS.
func TestWhatAPeerSaysIsHarmless(t *testing.T) {
	fx := newFixtures(t)
	cred := fx.nastyCredential()
	fx.made["nasty"] = fx.engine(func(h *visit.Host) {
		h.Config.Credentials, h.Config.ALPN = []*tlsengine.Credential{cred}, []string{nasty}
	})
	fx.made["nastytext"] = fx.says(nasty, false)
	fx.made["nastymail"] = fx.says("220 "+nasty+"\r\n", false)
	fx.made["nastyrefusal"] = fx.mail("250 " + nasty + "\r\n")
	fx.made["nastyproxy"] = fx.says("HTTP/1.1 403 "+nasty+"\r\n\r\n", true)
	fx.made["nastyfile"] = fx.file("nasty.pem", chainPEM(cred.Chain))
	seen := 0
	for _, line := range []string{
		"connect {nasty}", "connect {nasty} --no-verify -vv", "cert {nasty}", "cert {nasty} --text", "cert {nastyfile}", "cert {nastyfile} --field subject", "cert {nastyfile} --field issuer", "show {nasty}", "show {nasty} --explain",
		"connect {nastytext}", "cert {nastytext}", "show {nastytext}", "connect {nastymail}", "connect {nastymail} --starttls imap", "connect {nastyrefusal} --starttls smtp", "connect localhost:1 --proxy http://{nastyproxy}",
		"show {nasty} --format html", "show {nastytext} --format html",
	} {
		for _, json := range []string{"", "--json"} {
			if json != "" && strings.Contains(line, "html") {
				continue
			}
			var stdout, stderr lockedBuffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			p.main(append(append(words(fx.expand(line)), "--alpn", nasty), words(json)...))
			out := stdout.String() + stderr.String()
			require.Empty(t, controls(out), "%s %s", line, json)
			require.False(t, strings.Contains(line, "html") && strings.Contains(stdout.String(), "<script>alert"), line)
			if json != "" {
				require.NoError(t, validJSON(stdout.String()), line)
			}
			if strings.Contains(out, `\x1b[2Jevil\u202e`) {
				seen++
			}
		}
	}
	require.Greater(t, seen, 10, "it is shown, as escapes")
}

// controls is the place of the first character that could do anything to a
// terminal.
func controls(s string) string {
	for i, r := range s {
		if hasControls(string(r)) {
			return strconv.Quote(s[max(0, i-40):min(len(s), i+40)])
		}
	}
	return ""
}

func validJSON(s string) error {
	var v any
	d := json.NewDecoder(strings.NewReader(s))
	if err := d.Decode(&v); err != nil {
		return err
	}
	if err := d.Decode(&v); err != io.EOF { //nolint:errorlint // as it is documented
		return net.ErrClosed
	}
	return nil
}
