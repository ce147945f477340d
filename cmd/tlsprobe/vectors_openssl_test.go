package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// relay passes one connection on to an address, and keeps what both sides say.
func relay(t *testing.T, to string) (address string, said func() (c2s, s2c string)) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
	var bytes [2]strings.Builder
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		client, err := l.Accept()
		server, err2 := net.Dial("tcp", to)
		if err != nil || err2 != nil {
			both.Add(-2)
			return
		}
		pass := func(from, to net.Conn, kept *strings.Builder) {
			io.Copy(io.MultiWriter(to, kept), from) //nolint:errcheck // either side ends it
			to.(*net.TCPConn).CloseWrite()          //nolint:errcheck // the same
			both.Done()
		}
		go pass(client, server, &bytes[0])
		pass(server, client, &bytes[1])
	}()
	return l.Addr().String(), func() (string, string) {
		both.Wait()
		return bytes[0].String(), bytes[1].String()
	}
}

// TestVectorsOfOpenSSL verifies what OpenSSL says to itself: with the key log
// of its client the records, the key schedule below the secrets and both
// Finished, and the signatures without.
func TestVectorsOfOpenSSL(t *testing.T) {
	fx := newFixtures(t)
	address := strings.Replace(fx.sServer("-www", "-cipher", "ALL:@SECLEVEL=0"), "localhost", "127.0.0.1", 1)
	for _, c := range []struct {
		flags  string
		values int  // that are compared at least
		signed bool // by something that can be verified without a key log
	}{
		{"-tls1_3", 30, false},
		{"-tls1_3 -groups P-256 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", 30, false},
		{"-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", 12, true},
		{"-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256", 5, true}, // CBC, and encrypt-then-MAC
		{"-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305 -no_etm", 12, true},
	} {
		through, said := relay(t, address)
		keys := filepath.Join(t.TempDir(), "keys.log")
		cmd := exec.Command("openssl", append([]string{"s_client", "-connect", through, "-quiet", "-keylogfile", keys, "-CAfile", fx.expand("{ca}")}, strings.Fields(c.flags)...)...)
		cmd.Stdin = strings.NewReader("GET / HTTP/1.0\r\n\r\n")
		timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() }) //nolint:errcheck // the test fails
		out, err := cmd.CombinedOutput()
		timer.Stop()
		require.NoError(t, err, "%s", out)
		client, server := said()
		dir := someFiles(t, map[string]string{"c2s": client, "s2c": server})
		files := []string{"--c2s", dir + "/c2s", "--s2c", dir + "/s2c"}

		exit, answer, talk := runVectors(t, append(files, "-v", "--keylog", keys)...)
		require.Zero(t, exit, "%s: %s%s", c.flags, answer, talk)
		rep := vectorsOf(t, append(files, "--keylog", keys)...)
		require.Greater(t, rep.Sources[0].Cases[0].Compared, c.values, c.flags)

		rep = vectorsOf(t, files...)
		require.Equal(t, c.signed, rep.Passed == 1, c.flags)
		require.Zero(t, rep.Failed)

		log, err := os.ReadFile(keys)
		require.NoError(t, err)
		wrong := []byte(strings.TrimSpace(string(log)))
		wrong[len(wrong)-1] = "1032547698badcfe"[strings.IndexByte("0123456789abcdef", wrong[len(wrong)-1])]
		require.NoError(t, os.WriteFile(keys, wrong, 0o600))
		exit, answer, _ = runVectors(t, append(files, "--keylog", keys)...)
		if strings.Contains(c.flags, "1_2") {
			require.Equal(t, 1, exit, "%s: %s", c.flags, answer)
			require.Contains(t, answer, "FAIL ")
		}
	}
}
