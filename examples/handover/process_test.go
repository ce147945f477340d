//go:build unix

package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testPatience = 20 * time.Second

// eventually waits for something to become true.
func eventually(is func() bool) error {
	for deadline := time.Now().Add(testPatience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return errors.New("it does not")
		}
	}
	return nil
}

// process is the program, running.
type process struct {
	addr  string
	cmd   *exec.Cmd
	lines chan string
	exit  chan error
}

func start(t *testing.T, env, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), lines: make(chan string, 1000), exit: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), env+"=1")
	errs, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	go func() {
		for scan := bufio.NewScanner(errs); scan.Scan(); {
			p.lines <- scan.Text()
		}
		close(p.lines)
		p.exit <- p.cmd.Wait()
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// says waits for a line that has the words, and returns it from there.
func (p *process) says(t *testing.T, words string) string {
	t.Helper()
	for timeout := time.After(testPatience); ; {
		select {
		case line, ok := <-p.lines:
			require.True(t, ok, "the process ends without saying %q", words)
			t.Log(line)
			if at := strings.Index(line, words); at >= 0 {
				return line[at:]
			}
		case <-timeout:
			require.Fail(t, "it is too long until the process says "+words)
		}
	}
}

// kill ends the last process. What it complained about is a failure.
func (p *process) kill(t *testing.T) {
	p.cmd.Process.Kill()
	for line := range p.lines {
		require.NotContains(t, line, "WARNING: DATA RACE")
		t.Log(line)
	}
}

// pki is the service's certificate, and the folder of everything.
type pki struct {
	dir   string
	roots *x509.CertPool
}

func newPKI(t *testing.T) *pki {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	p := &pki{dir: t.TempDir(), roots: x509.NewCertPool()}
	p.roots.AddCert(cert)
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), pem.EncodeToMemory(block), 0o600))
	}
	return p
}

func (p *pki) socket() string { return filepath.Join(p.dir, "s") }

func (p *pki) config(version uint16) *tls.Config {
	return &tls.Config{RootCAs: p.roots, ServerName: "localhost", MinVersion: version, MaxVersion: version}
}

// resumer returns a client that connects with the newest session it has, and
// says whether that was resumed.
func (p *pki) resumer(addr string) func(*testing.T) bool {
	cfg := p.config(tls.VersionTLS13)
	cfg.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	return func(t *testing.T) bool {
		conn, err := tls.Dial("tcp", addr, cfg)
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write([]byte("x"))
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1)) // and a ticket before it
		require.NoError(t, err)
		return conn.ConnectionState().DidResume
	}
}
