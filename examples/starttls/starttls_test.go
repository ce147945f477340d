package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testproc"
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
	curl := testproc.Find(t, "curl", "apt-get install curl")
	l := newLab(t)
	ca, letter := filepath.Join(t.TempDir(), "ca.pem"), filepath.Join(t.TempDir(), "letter")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.leaf.Raw}), 0o600))
	require.NoError(t, os.WriteFile(letter, []byte("Subject: hello\r\n\r\nhello\r\n"), 0o600))
	_, port, _ := net.SplitHostPort(l.addr)
	testproc.Run(t, exec.Command(curl, "--silent", "--show-error", "--ssl-reqd", "--cacert", ca, "--mail-from", "a@client.example",
		"--mail-rcpt", "b@mail.example", "--upload-file", letter, "smtp://localhost:"+port))
	require.Equal(t, Letter{"a@client.example", []string{"b@mail.example"}, "Subject: hello\n\nhello\n"}, <-l.letters)
}

// eximConf is a server that takes letters under TLS only, into a file.
const eximConf = `
primary_hostname = mail.example
spool_directory = {dir}/spool
log_file_path = {dir}/%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts = *
tls_certificate = {dir}/cert.pem
tls_privatekey = {dir}/key.pem
exim_user = nobody
exim_group = nogroup
keep_environment =
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny !encrypted = *
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = {dir}/mail
  user = nobody
  group = nogroup
`

func TestEximTakesALetter(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	exim := testproc.Find(t, "exim4", "apt-get install --no-install-recommends exim4-daemon-light")
	if os.Getuid() != 0 {
		t.Skip("exim is started by root only, and goes on as nobody")
	}
	l := newLab(t)
	dir, port := t.TempDir(), testproc.FreePort(t)
	write := func(name string, content []byte, mode os.FileMode) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(name, content, mode))
		return name
	}
	uid, gid := testproc.Nobody(t)
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	require.NoError(t, os.Chown(dir, uid, gid))
	key, err := x509.MarshalPKCS8PrivateKey(l.server.Credentials[0].Signer)
	require.NoError(t, err)
	write("cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.leaf.Raw}), 0o644)
	require.NoError(t, os.Chown(write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600), uid, gid))
	conf := strings.NewReplacer("{dir}", dir, "{port}", strconv.Itoa(port)).Replace(eximConf)
	testproc.Serve(t, exec.Command(exim, "-bdf", "-C", write("exim.conf", []byte(conf), 0o644)), port)

	raw, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
	require.NoError(t, err)
	defer raw.Close()
	conn, err := upgrade(raw, "smtp", l.client, tlsconn.Options{})
	require.NoError(t, err)
	require.NoError(t, send(conn, Letter{"a@client.example", []string{"b@mail.example"}, "Subject: hello\n\n.dot\nlast\n"}))
	var mail []byte
	require.Eventually(t, func() bool {
		mail, _ = os.ReadFile(filepath.Join(dir, "mail"))
		return bytes.Contains(mail, []byte("last"))
	}, 10*time.Second, 10*time.Millisecond)
	require.Contains(t, string(mail), "with esmtps  (TLS1.3)")
	require.Contains(t, string(mail), "Subject: hello\n\n.dot\nlast\n")
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
