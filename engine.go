package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
)

// Engine is one side of one connection. Its halves are described in the
// package's documentation; it must not be copied.
type Engine struct {
	*active // nil while parked
	sleep   sleep
}

// active is all of an engine that is not parked.
type active struct {
	m    *handshake.Machine
	recv receiver
	send sender
	mail mailbox
	tail []byte // Feed's incomplete record; nil when there is none
}

// NewClient returns a client that already owes its ClientHello: flush it
// first. The Config is kept and must not change; what makes it unusable is
// the error.
func NewClient(cfg *Config) (*Engine, error) {
	m, err := handshake.NewClient(cfg, handshake.Records, nil)
	if err != nil {
		return nil, err
	}
	e := &Engine{active: activate(m, cfg)}
	if err := m.Start(); err != nil {
		return nil, err
	}
	e.collect()
	return e, e.settle()
}

// NewServer returns a server that waits for a ClientHello. The Config is kept
// and must not change; what makes it unusable is the error.
func NewServer(cfg *Config) (*Engine, error) {
	m, err := handshake.NewServer(cfg, handshake.Records, nil)
	if err != nil {
		return nil, err
	}
	return &Engine{active: activate(m, cfg)}, nil
}

func activate(m *handshake.Machine, cfg *Config) *active {
	a := &active{m: m}
	a.recv.asm.SetLimits(cfg.MaxMessage, cfg.MaxCertificate)
	a.send.client = m.IsClient()
	a.send.configure(cfg)
	a.mail.config = cfg
	a.chooseWay()
	return a
}

// ConnectionState is what the two sides agreed on, as far as they have. It is
// whole from EventHandshakeDone on.
type ConnectionState struct {
	handshake.Facts

	HandshakeDone bool
	PeerChain     [][]byte // the peer's certificates in DER, leaf first; not to be changed
	PeerStaple    []byte   // the OCSP response that came with them
}

// ConnectionState describes the connection. It belongs to the receiving half.
func (e *Engine) ConnectionState() ConnectionState {
	e.wake()
	return ConnectionState{
		Facts: *e.m.Facts(), HandshakeDone: e.m.Done(),
		PeerChain: e.m.PeerChain(), PeerStaple: e.m.PeerStaple(),
	}
}

// Export derives length bytes of keying material for the application: RFC
// 9846, Section 7.5, and RFC 5705. In TLS 1.3 a nil context is the same as an
// empty one; in TLS 1.2 it is another. It needs a complete handshake, and
// belongs to the receiving half.
func (e *Engine) Export(label string, context []byte, length int) ([]byte, error) {
	e.wake()
	switch {
	case e.recv.err != nil:
		return nil, e.recv.err
	case !e.m.Done():
		return nil, ErrHandshakeNotDone
	}
	return e.m.Export(label, context, length)
}

// ExportEarly is Export by the early exporter secret, for early data: it can
// be had as soon as early data can, and may be replayed like it.
func (e *Engine) ExportEarly(label string, context []byte, length int) ([]byte, error) {
	e.wake()
	if e.recv.err != nil {
		return nil, e.recv.err
	}
	return e.m.ExportEarly(label, context, length)
}

// SendTicket makes a server owe one more session ticket, with the
// application's own data (at most handshake.MaxTicketData bytes) sealed into
// it. It needs a complete handshake, or is ErrHandshakeNotDone; ErrNoTicket
// says that this side makes none. It belongs to the receiving half.
func (e *Engine) SendTicket(application []byte) error {
	e.wake()
	if e.recv.err != nil {
		return e.recv.err
	}
	if err := e.m.SendTicket(handshake.TicketOptions{Application: application}); err == ErrNoTicket || err == ErrHandshakeNotDone {
		return err
	} else if err != nil {
		return e.refuse(err)
	}
	e.collect()
	return e.settle()
}

// Err is what ended the connection, or nil.
func (e *Engine) Err() error {
	e.wake()
	return e.recv.err
}

// Config is the one in force, which a server's application may have chosen
// after the ClientHello. It belongs to the receiving half.
func (e *Engine) Config() *Config {
	e.wake()
	return e.m.Config()
}
