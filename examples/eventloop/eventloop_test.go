//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	stdtls "crypto/tls"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/tlsconn"
)

func newServer(t *testing.T, idle time.Duration) *server {
	cert, err := selfSigned()
	require.NoError(t, err)
	cfg, err := config(cert)
	require.NoError(t, err)
	s, err := start("127.0.0.1:0", cfg, loops, idle)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func dial(t *testing.T, s *server) *tlsconn.Conn {
	c, err := connect(s.Addr, nil, nil)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	return c.(*tlsconn.Conn)
}

func TestManyAtOnceGetBackWhatTheySend(t *testing.T) {
	s := newServer(t, 0)
	goroutines := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for range 20 {
		c := dial(t, s)
		wg.Go(func() {
			sent := make([]byte, 300_000)
			rand.Read(sent)
			go func() {
				c.Write(sent)
				c.CloseWrite()
			}()
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(sent, got) {
				t.Errorf("%d bytes came back: %v", len(got), err)
			}
		})
	}
	wg.Wait()
	for range 500 {
		if s.Count.Load() == 0 && runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d connections are left, and %d goroutines, not %d", s.Count.Load(), runtime.NumGoroutine(), goroutines)
}

// A client that does not read must not be read either, or what it sends would
// pile up here.
func TestAClientThatDoesNotReadIsNotRead(t *testing.T) {
	s := newServer(t, 0)
	c := dial(t, s)
	sent := 0
	for {
		c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, err := c.Write(make([]byte, 16<<10))
		sent += n
		if err != nil {
			break
		}
		require.Less(t, sent, 64<<20)
	}
	c.SetWriteDeadline(time.Time{})
	go func() {
		c.Write(nil) // and what the deadline left
		c.CloseWrite()
	}()
	n, err := io.Copy(io.Discard, c)
	require.NoError(t, err)
	require.EqualValues(t, sent, n, "nothing was lost")
}

func TestOneWhoSpeaksNoTLSHearsAnAlertAndIsClosed(t *testing.T) {
	s := newServer(t, 0)
	c, err := net.Dial("tcp", s.Addr)
	require.NoError(t, err)
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\n\r\n")
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Len(t, got, 7)
	require.EqualValues(t, 21, got[0], "an alert")
}

func TestAParkedConnectionGoesOn(t *testing.T) {
	s := newServer(t, time.Millisecond)
	c := dial(t, s)
	for range 2 {
		time.Sleep(1300 * time.Millisecond) // a sweep
		_, err := c.Write([]byte("awake?"))
		require.NoError(t, err)
		got := make([]byte, 6)
		_, err = io.ReadFull(c, got)
		require.NoError(t, err)
		require.Equal(t, "awake?", string(got))
	}
}

func TestCryptoTLSIsServedToo(t *testing.T) {
	s := newServer(t, 0)
	for _, version := range []uint16{stdtls.VersionTLS12, stdtls.VersionTLS13} {
		c, err := (&stdtls.Dialer{Config: &stdtls.Config{InsecureSkipVerify: true, MaxVersion: version}}).DialContext(context.Background(), "tcp", s.Addr)
		require.NoError(t, err)
		_, err = c.Write([]byte("hello"))
		require.NoError(t, err)
		_, err = io.ReadFull(c, make([]byte, 5))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
}

// The comparison runs as the program that a user has: the race detector's
// memory would be measured otherwise. -short takes fewer connections.
func TestIdleConnectionsCostNoGoroutineAndLittleMemory(t *testing.T) {
	program := filepath.Join(t.TempDir(), "eventloop")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	n := 10_000
	if testing.Short() {
		n = 500
	}
	out, err = exec.Command(program, "-compare", strconv.Itoa(n)).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("\n%s", out)
	rows := make(map[string][]int)
	for _, m := range regexp.MustCompile(`(?m)^(\S.*\S) +(\d+) +(\d+) +(\d+) +(\d+)$`).FindAllStringSubmatch(string(out), -1) {
		for _, s := range m[2:] {
			x, err := strconv.Atoi(s)
			require.NoError(t, err)
			rows[m[1]] = append(rows[m[1]], x)
		}
	}
	ours, parked, theirs := rows["engine"], rows["engine, parked"], rows["crypto/tls"]
	require.Len(t, ours, 4, "%s", out)
	require.Len(t, parked, 4, "%s", out)
	require.Len(t, theirs, 4, "%s", out)
	n = min(n, connectionsAllowed())
	for _, row := range [][]int{ours, parked, theirs} {
		require.Equal(t, n, row[0])
	}
	require.Less(t, ours[1], 10, "goroutines")
	require.Less(t, parked[1], 10, "goroutines")
	require.GreaterOrEqual(t, theirs[1], n)
	require.Less(t, ours[2], theirs[2]/2, "bytes")
	require.Less(t, parked[2], 1500, "bytes")
}
