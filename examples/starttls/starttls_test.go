package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// lab is a running server.
type lab struct {
	addr    string
	leaf    *x509.Certificate
	client  *tls.Config
	server  *tls.Config
	letters chan Letter
}

func newLab(t *testing.T) *lab {
	cred, leaf, err := selfSigned("localhost")
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	l := &lab{addr: listener.Addr().String(), leaf: leaf, letters: make(chan Letter, 10)}
	l.client = &tls.Config{ServerName: "localhost", Roots: x509.NewCertPool()}
	l.client.Roots.AddCert(leaf)
	l.server = &tls.Config{Credentials: []*tls.Credential{cred}}
	go serve(listener, l.server, func(letter Letter) { l.letters <- letter })
	return l
}

func TestALetterIsSentUnderTLS(t *testing.T) {
	l := newLab(t)
	raw, err := net.Dial("tcp", l.addr)
	require.NoError(t, err)
	defer raw.Close()
	conn, err := upgrade(raw, "smtp", l.client, tlsconn.Options{})
	require.NoError(t, err)
	sent := Letter{"a@client.example", []string{"b@mail.example", "c@mail.example"}, "first\n.dot\n\nlast\n"}
	require.NoError(t, send(conn, sent))
	require.Equal(t, sent, <-l.letters)
}

func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("curl is not installed")
	}
	require.NoError(t, err)
	l := newLab(t)
	ca, letter := filepath.Join(t.TempDir(), "ca.pem"), filepath.Join(t.TempDir(), "letter")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.leaf.Raw}), 0o600))
	require.NoError(t, os.WriteFile(letter, []byte("Subject: hello\r\n\r\nhello\r\n"), 0o600))
	_, port, _ := net.SplitHostPort(l.addr)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, curl, "--silent", "--show-error", "--ssl-reqd", "--cacert", ca, "--mail-from", "a@client.example",
		"--mail-rcpt", "b@mail.example", "--upload-file", letter, "smtp://localhost:"+port).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, Letter{"a@client.example", []string{"b@mail.example"}, "Subject: hello\n\nhello\n"}, <-l.letters)
}

func TestNothingIsTakenInTheClear(t *testing.T) {
	s := &Session{Deliver: func(Letter) { t.Error("a letter") }}
	for line, want := range map[string]string{
		"EHLO x": "250-mail.example\r\n250 STARTTLS\r\n", "MAIL FROM:<a@b>": "530 ", "RCPT TO:<a@b>": "530 ", "DATA": "530 ",
	} {
		out, err := s.Receive([]byte(line + "\r\n"))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(out), want), "%s: %s", line, out)
	}
}

// CVE-2011-0411: commands that somebody put behind STARTTLS were carried out as
// if they had come under TLS.
func TestWhatFollowsSTARTTLSInTheClearIsRefused(t *testing.T) {
	l := newLab(t)
	for _, behind := range []string{"MAIL FROM:<mallory@example>\r\n", "x", "\x16\x03\x01"} {
		s := &Session{Config: l.server}
		out, err := s.Receive([]byte("EHLO x\r\nSTARTTLS\r\n" + behind))
		require.Equal(t, errOver, err)
		require.Contains(t, string(out), "501 nothing may follow STARTTLS")
		require.Nil(t, s.engine)
	}
}

func TestAClientDoesNotGoOnWithoutTLS(t *testing.T) {
	for _, list := range []string{"250 mail.example\r\n", "250-mail.example\r\n250 XSTARTTLS\r\n"} {
		a, b := net.Pipe()
		defer a.Close()
		go func() { // a server whose offer somebody has taken out
			b.Write([]byte("220 mail.example\r\n"))
			buf := make([]byte, 1000)
			b.Read(buf)
			b.Write([]byte(list))
			b.Close()
		}()
		_, err := upgrade(a, "smtp", &tls.Config{ServerName: "localhost"}, tlsconn.Options{})
		require.Error(t, err)
	}
}

// A session's input may come in any pieces, before and under TLS.
func TestBytesOneByOne(t *testing.T) {
	l := newLab(t)
	var got []Letter
	s := &Session{Config: l.server, Deliver: func(letter Letter) { got = append(got, letter) }}
	say := func(in []byte) (out []byte) {
		for i := range in {
			answer, err := s.Receive(in[i : i+1 : i+1])
			if err != errOver {
				require.NoError(t, err)
			}
			out = append(out, answer...)
		}
		return out
	}
	require.True(t, bytes.HasSuffix(say([]byte("EHLO x\r\nSTARTTLS\r\n")), []byte("220 go ahead\r\n")))
	e, err := tls.NewClient(l.client)
	require.NoError(t, err)
	for !e.ConnectionState().HandshakeDone {
		for _, err := range e.Feed(say(e.Flush(nil))) {
			require.NoError(t, err)
		}
	}
	out, err := e.Send(nil, []byte("EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhello\r\n.\r\nQUIT\r\n"))
	require.NoError(t, err)
	var answers []byte
	for ev, err := range e.Feed(say(out)) {
		require.NoError(t, err)
		answers = append(answers, ev.Data...)
	}
	require.Equal(t, []Letter{{"a@b", []string{"c@d"}, "hello\n"}}, got)
	require.NotContains(t, string(answers), "STARTTLS", "it is not offered twice")
	require.True(t, bytes.HasSuffix(answers, []byte("221 goodbye\r\n")))
	require.NoError(t, e.TransportEOF())
}
