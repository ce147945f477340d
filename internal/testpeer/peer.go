package testpeer

import (
	"io"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
)

// Peer is one side of a dialogue with an engine. What the exported fields say
// the script may change at any time; the rest the Peer finds out by listening.
type Peer struct {
	// Engine is the other side. A drive may put another in its place between
	// two calls, so it is not to be kept in a variable.
	Engine *tlsengine.Engine

	// Identity is what Certificate and CertificateVerify prove.
	Identity *Identity

	// Suite is what a server chooses; nil is the client's first of TLS 1.3.
	Suite *cipher.Suite

	// Group is whose share a server takes, and what its HelloRetryRequest
	// asks for; 0 is the first that was offered, or not offered. For a client
	// it is of the share it sends.
	Group group.ID

	// PSKs are what a client offers, and what a server takes if the first of
	// them is offered.
	PSKs []*PSK

	// EarlyData makes a client offer early data, and a server take it.
	EarlyData bool

	// Hello is the last ClientHello said or heard.
	Hello handshake.ClientHello

	// Tickets are the NewSessionTickets that a client heard, ready to be
	// offered by another.
	Tickets []*PSK

	// Chain is the certificates that the engine showed, leaf first.
	Chain [][]byte

	t      testing.TB
	drive  *Drive
	cfg    *tlsengine.Config
	role   side
	rand   io.Reader
	ladder ladder

	// The bytes on their way to the engine, and what became of them.
	inbox     []byte
	events    []tlsengine.Event
	err       error // what ended the connection
	wasClosed bool

	// What the engine said and the script did not ask for yet.
	spoken  []byte // bytes, no whole record
	partial []byte // a handshake message, not whole
	queue   []heard

	schedule
}

// side is one of the two.
type side int

const (
	clientSide side = iota
	serverSide
)

func (s side) String() string { return [...]string{"client", "server"}[s] }

// Server is a server, and the engine a client that has already flushed what
// it says first. The Config is copied.
func Server(t testing.TB, drive *Drive, cfg *tlsengine.Config) *Peer {
	t.Helper()
	p := newPeer(t, drive, cfg, serverSide)
	e, err := tlsengine.NewClient(p.cfg)
	if err != nil {
		t.Fatalf("the client's Config is refused: %v", err)
	}
	p.Engine = e
	return p
}

// Client is a client, and the engine a server that waits for its ClientHello.
// The Config is copied.
func Client(t testing.TB, drive *Drive, cfg *tlsengine.Config) *Peer {
	t.Helper()
	p := newPeer(t, drive, cfg, clientSide)
	e, err := tlsengine.NewServer(p.cfg)
	if err != nil {
		t.Fatalf("the server's Config is refused: %v", err)
	}
	p.Engine = e
	return p
}

func newPeer(t testing.TB, drive *Drive, cfg *tlsengine.Config, role side) *Peer {
	p := &Peer{t: t, drive: drive, cfg: Traced(cfg), role: role, rand: Rand("peer " + role.String())}
	p.Identity = ServerIdentity()
	if role == clientSide {
		p.Identity = ClientIdentity()
	}
	drive.add(p)
	t.Cleanup(func() { t.Logf("%s the dialogue:\n%s", drive, &p.ladder) })
	return p
}

// draw returns n bytes of the peer's randomness.
func (p *Peer) draw(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(p.rand, b); err != nil {
		p.t.Fatal(err)
	}
	return b
}

// fail ends the test, with the sentence first.
func (p *Peer) fail(sentence, got, want string) {
	p.t.Helper()
	p.t.Fatalf("%s\n  got:  %s\n  want: %s", sentence, got, want)
}

// check is for what the peer holds the engine to unasked.
func (p *Peer) check(ok bool, sentence string) {
	p.t.Helper()
	if !ok {
		p.t.Fatalf("%s: it is not so", sentence)
	}
}

// ok ends the test on an error of the peer's own.
func (p *Peer) ok(err error, doing string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("the peer itself fails at %s: %v", doing, err)
	}
}
