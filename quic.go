package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// QUICConn is the handshake of one QUIC connection, for a QUIC
// implementation: RFC 9001, Sections 4 and 8. It is the machine of [Engine]
// without records. CRYPTO bytes go in and out by encryption level, secrets
// come out; the packets are QUIC's (package quic protects them).
//
//	q, err := tlsengine.NewQUICClient(cfg, parameters)
//	for {
//		for ev, ok := q.Next(); ok; ev, ok = q.Next() {
//			// install ev's secret, send ev's CRYPTO bytes, …
//		}
//		// answer q.Pending(), if it is not nil, and drain again
//		err = q.HandleCrypto(level, data) // from the peer, in order
//	}
//
// All progress happens inside the calls. What goes wrong in one is its error:
// a [*QUICError], which says what to close the connection with, and stays.
// What happened before is still among the events.
//
// # Order
//
// A level's write secret comes before its read secret, so that what is read
// can be acknowledged. A client's early write secret follows its ClientHello.
// A server that takes early data has its application write secret before the
// early read secret. The peer's parameters, and what became of early data, are
// known before the application secrets, and QUICHandshakeDone comes before the
// application read secret: "A server MUST NOT process incoming 1-RTT protected
// packets before the TLS handshake is complete." RFC 9001, Section 5.7. There
// is no secret of the initial level, and each other comes once. At the
// application level a server sends tickets, a client nothing.
//
// # Rules that QUIC adds
//
// TLS 1.3 alone, with ALPN. No ChangeCipherSpec, EndOfEarlyData, KeyUpdate,
// legacy_session_id or post-handshake authentication. Tickets are sent when
// QUIC says so ([QUICConn.SendTicket]); Config.Tickets means nothing. Any
// Config.MaxEarlyData but zero turns 0-RTT on; how much there may be of it is
// QUIC's to say.
//
// One goroutine at a time may use a QUICConn. It must not be copied.
type QUICConn struct {
	m      *handshake.Machine
	asm    record.Assembler
	level  QUICLevel // of the bytes that come next
	events []QUICEvent
	seen   int // events taken from the front
	limits [4]int
	quiet  int // messages after the handshake
	err    error
}

// QUICLevel is an encryption level, with the numbers of crypto/tls.
type QUICLevel = handshake.Epoch

// The encryption levels. CRYPTO frames are in all but early data.
const (
	QUICInitial     = handshake.Initial
	QUICEarly       = handshake.EarlyData
	QUICHandshake   = handshake.Handshake
	QUICApplication = handshake.Application
)

// NewQUICClient returns a client, whose first events are its ClientHello and,
// with 0-RTT, its early write secret. The transport parameters (at most
// handshake.MaxParameters bytes) are copied; nil is empty ones.
//
// The Config is kept and must not change; what makes it unusable is the error.
func NewQUICClient(cfg *Config, parameters []byte) (*QUICConn, error) {
	m, err := handshake.NewClient(cfg, handshake.QUIC, append([]byte{}, parameters...))
	if err != nil {
		return nil, err
	}
	q := newQUIC(m, cfg)
	if err := m.Start(); err != nil {
		return nil, quicError(err)
	}
	return q, q.collect()
}

// NewQUICServer returns a server that waits for a ClientHello. With nil
// parameters it asks for them when it has the client's ([ParametersRequest]).
func NewQUICServer(cfg *Config, parameters []byte) (*QUICConn, error) {
	if parameters != nil {
		parameters = append([]byte{}, parameters...)
	}
	m, err := handshake.NewServer(cfg, handshake.QUIC, parameters)
	if err != nil {
		return nil, err
	}
	return newQUIC(m, cfg), nil
}

func newQUIC(m *handshake.Machine, cfg *Config) *QUICConn {
	q := &QUICConn{m: m}
	q.configure(cfg)
	return q
}

// configure bounds messages as the Config says.
func (q *QUICConn) configure(cfg *Config) {
	q.asm.SetLimits(cfg.MaxMessage, cfg.MaxCertificate)
	q.limits = quicLimits(cfg)
}

// ConnectionState describes the connection. Before QUICHandshakeDone nothing
// in it is authenticated.
func (q *QUICConn) ConnectionState() ConnectionState {
	return ConnectionState{
		Facts: *q.m.Facts(), HandshakeDone: q.m.Done(),
		PeerChain: q.m.PeerChain(), PeerStaple: q.m.PeerStaple(),
	}
}

// Export derives length bytes of keying material for the application: RFC
// 9846, Section 7.5. It needs a complete handshake.
func (q *QUICConn) Export(label string, context []byte, length int) ([]byte, error) {
	switch {
	case q.err != nil:
		return nil, q.err
	case !q.m.Done():
		return nil, ErrHandshakeNotDone
	}
	return q.m.Export(label, context, length)
}

// ExportEarly is Export by the early exporter secret, for 0-RTT: it can be had
// as soon as 0-RTT can, and may be replayed like it.
func (q *QUICConn) ExportEarly(label string, context []byte, length int) ([]byte, error) {
	if q.err != nil {
		return nil, q.err
	}
	return q.m.ExportEarly(label, context, length)
}

// QUICTicket says what is in one ticket.
type QUICTicket = handshake.TicketOptions

// SendTicket makes a server say one more NewSessionTicket, as CRYPTO bytes of
// the application level. It may be called any number of times once the
// handshake is complete; before, it is ErrHandshakeNotDone. ErrNoTicket says
// that there can be none.
func (q *QUICConn) SendTicket(t QUICTicket) error {
	if q.err != nil {
		return q.err
	}
	if err := q.m.SendTicket(t); err == ErrNoTicket || err == ErrHandshakeNotDone {
		return err
	} else if err != nil {
		return q.refuse(err)
	}
	return q.collect()
}

// Err is what ended the handshake or the connection, a [*QUICError], or nil.
func (q *QUICConn) Err() error { return q.err }
