//go:build unix

package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asProgram makes the test binary the program.
const asProgram = "HANDOVER_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The clients, 100 in all.
const (
	stdClients     = 94
	opensslClients = 5
	stuckClients   = 1
)

// Clients that are held somewhere in the middle of the handshake, by what they
// have written until then: so many writes, and so much of the next.
var holds = []hold{
	{0, 0},   // connected, and said nothing
	{0, 3},   // part of a record header
	{0, 100}, // part of the ClientHello
	{1, 0},   // before the second flight
	{1, 20},  // in the middle of it
}

func TestHundredConnectionsMoveTwice(t *testing.T) {
	pki := newPKI(t)
	first := launch(t, pki)
	var all []client
	for i := range stdClients {
		c := &stdClient{pki: pki, addr: first.addr, seed: i, version: tls.VersionTLS13}
		if i%5 == 4 {
			c.version = tls.VersionTLS12
		}
		if i%3 == 2 {
			c.gate = newGate(holds[i/3%len(holds)])
		}
		all = append(all, c)
	}
	for i := range stuckClients {
		all = append(all, &stdClient{pki: pki, addr: first.addr, seed: 200 + i, version: tls.VersionTLS13, stuck: newGate(hold{})})
	}
	for i := range opensslClients {
		all = append(all, newOpenSSL(t, pki, first.addr, i))
	}
	var running sync.WaitGroup
	stop, results := make(chan struct{}), make([]error, len(all))
	for i, c := range all {
		running.Go(func() { results[i] = c.run(stop) })
	}
	held := 0
	for i, c := range all {
		require.NoError(t, eventually(c.inPlace), "client %d gets where it is to be", i)
		if c.isHeld() {
			held++
		}
	}
	resumes := pki.resumer(first.addr)
	require.False(t, resumes(t))

	second := launch(t, pki)
	require.Equal(t, first.addr, second.addr)
	told := first.ended(t)
	t.Log(told)
	require.GreaterOrEqual(t, told.connections, len(all)) // the one that resumes may still be closing
	require.GreaterOrEqual(t, told.handshaking, held)
	require.Positive(t, told.unread, "some have sent a part of a record")
	require.Positive(t, told.unwritten, "some do not read what they are sent")

	for i, c := range all { // these are held until they have moved twice
		if i%2 == 0 {
			c.release()
		}
	}
	require.True(t, resumes(t), "with a ticket of the first process")
	third := launch(t, pki)
	told = second.ended(t)
	t.Log(told)
	require.GreaterOrEqual(t, told.connections, len(all)) // the one that resumes may still be closing
	require.Less(t, told.handshaking, held)
	require.Positive(t, told.handshaking)

	for _, c := range all {
		c.release()
	}
	time.Sleep(100 * time.Millisecond)
	close(stop)
	running.Wait()
	var total int
	for i, c := range all {
		require.NoError(t, results[i], "client %d", i)
		require.Positive(t, c.echoed())
		total += c.echoed()
	}
	t.Logf("%d bytes came back as they were", total)
	third.kill(t)
}

// Who connects while the service moves waits a little, and is served.
func TestNobodyIsTurnedAway(t *testing.T) {
	pki := newPKI(t)
	p := launch(t, pki)
	addr, stop := p.addr, make(chan struct{})
	var served int
	var failed error
	var running sync.WaitGroup
	running.Go(func() {
		for failed == nil {
			select {
			case <-stop:
				return
			default:
			}
			c := &stdClient{pki: pki, addr: addr, seed: served, version: tls.VersionTLS13, total: 1000}
			failed = c.run(nil)
			served++
		}
	})
	for range 3 {
		next := launch(t, pki)
		p.ended(t)
		p = next
	}
	close(stop)
	running.Wait()
	require.NoError(t, failed)
	t.Logf("%d connections, one after the other", served)
	p.kill(t)
}

// A successor that does not get as far as to be ready leaves everything where
// it was.
func TestAfterAFailedHandoverTheOldProcessGoesOn(t *testing.T) {
	pki := newPKI(t)
	p := launch(t, pki)
	c := &stdClient{pki: pki, addr: p.addr, seed: 1, version: tls.VersionTLS13}
	handshaking := &stdClient{pki: pki, addr: p.addr, seed: 2, version: tls.VersionTLS12, gate: newGate(hold{1, 0})}
	stop := make(chan struct{})
	var running sync.WaitGroup
	var failed [2]error
	running.Go(func() { failed[0] = c.run(stop) })
	running.Go(func() { failed[1] = handshaking.run(stop) })
	require.NoError(t, eventually(c.inPlace))
	require.NoError(t, eventually(handshaking.inPlace))
	for name, fail := range map[string]func(*testing.T, *net.UnixConn){
		"gone at once":     func(*testing.T, *net.UnixConn) {},
		"gone in between":  func(t *testing.T, u *net.UnixConn) { takeUntil(t, u, connection) },
		"gone at the end":  func(t *testing.T, u *net.UnixConn) { takeUntil(t, u, end) },
		"of another count": func(t *testing.T, u *net.UnixConn) { takeUntil(t, u, end); send(u, ready, []byte{0, 0, 0, 9}, nil) },
		"out of order":     func(t *testing.T, u *net.UnixConn) { takeUntil(t, u, end); send(u, commit, nil, nil) },
	} {
		u, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: pki.socket(), Net: "unix"})
		require.NoError(t, err)
		fail(t, u)
		u.Close()
		before := c.echoed()
		require.NoError(t, eventually(func() bool { return c.echoed() > before+2000 }), name)
	}
	handshaking.release()
	require.NoError(t, eventually(func() bool { return handshaking.echoed() > 2000 }))
	close(stop)
	running.Wait()
	require.NoError(t, failed[0])
	require.NoError(t, failed[1])
	p.kill(t)
}

// takeUntil takes messages, up to one of a kind, and uses nothing of them.
func takeUntil(t *testing.T, u *net.UnixConn, last kind) {
	for {
		k, _, fd, err := receive(u)
		require.NoError(t, err)
		if fd >= 0 {
			os.NewFile(uintptr(fd), "").Close()
		}
		if k == last {
			return
		}
	}
}

func TestMessagesThatAreNotOfTheProtocol(t *testing.T) {
	good := (&conn{snapshot: []byte("snapshot"), unread: []byte("unread"), unwritten: []byte("unwritten"), finishing: true}).body()
	var c conn
	require.NoError(t, c.parse(good))
	require.Equal(t, conn{snapshot: []byte("snapshot"), unread: []byte("unread"), unwritten: []byte("unwritten"), finishing: true}, c)
	for n := range good {
		require.ErrorIs(t, c.parse(good[:n]), errProtocol)
	}
	require.ErrorIs(t, c.parse(append(good, 0)), errProtocol)
	good[len(good)-1] = 2
	require.ErrorIs(t, c.parse(good), errProtocol)

	s := &server{conns: make(map[*conn]bool)}
	for _, k := range []kind{keys, listener, connection, ready, 99} {
		require.ErrorIs(t, s.take(k, nil, -1), errProtocol)
	}
}

// launch starts the program, and waits until it serves.
func launch(t *testing.T, pki *pki) *process {
	t.Helper()
	p := start(t, asProgram, os.Args[0], "-listen", "127.0.0.1:0",
		"-cert", filepath.Join(pki.dir, "cert.pem"), "-key", filepath.Join(pki.dir, "key.pem"), "-socket", pki.socket())
	line := p.says(t, "serves ")
	_, err := fmt.Sscanf(line, "serves %s with", &p.addr)
	require.NoError(t, err, line)
	return p
}

// told is what the program says about what it hands over.
type told struct{ connections, handshaking, unread, unwritten int }

// ended waits for a process that has handed over.
func (p *process) ended(t *testing.T) (x told) {
	t.Helper()
	line := p.says(t, "hands over ")
	_, err := fmt.Sscanf(line, "hands over %d connections, %d in the handshake, %d bytes unread, %d bytes unwritten",
		&x.connections, &x.handshaking, &x.unread, &x.unwritten)
	require.NoError(t, err, line)
	p.says(t, "has handed over")
	require.NoError(t, <-p.exit, "it exits by itself, with nothing wrong")
	return x
}
