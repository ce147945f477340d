package main

import (
	"bytes"
	"crypto/rand"
	"errors"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/quic"
)

// conn is one side of a connection: datagrams go in and out, and nothing here
// knows of sockets. It has one stream, number 0.
type conn struct {
	client   bool
	tls      *tlsengine.QUICConn
	local    []byte // our connection ID
	remote   []byte // the peer's, as packets to it say
	original []byte // the one that the client made up

	read, write [4]*quic.Keys // by level
	spaces      [3]space
	crypto      [4]inflow
	say         [4]outflow
	early       [][]byte // packets that came before their keys

	in       inflow // stream 0
	received []byte
	out      outflow
	asked    []byte // client: what stream 0 says, for the case that 0-RTT is refused

	done      bool     // TLS is
	confirmed bool     // client: HANDSHAKE_DONE came
	sayDone   bool     // server: it is still to be said
	tookEarly bool     // 0-RTT was taken
	sessions  [][]byte // client: to resume, with the server's limits in them
	ourLimits []byte   // server: what its tickets say
	closing   []byte   // the CONNECTION_CLOSE frame to send
	err       error
}

func newID() []byte {
	id := make([]byte, idLen)
	_, _ = rand.Read(id)
	return id
}

// newClient returns a client that has its first datagrams ready. It sends
// question on stream 0: in 0-RTT packets if the Config has a session for that.
func newClient(cfg *tlsengine.Config, question []byte) (*conn, error) {
	c := &conn{client: true, local: newID(), original: newID(), asked: question}
	c.remote = c.original
	var err error
	c.tls, err = tlsengine.NewQUICClient(cfg, appendParameter(limits(), initialSourceConnectionID, c.local))
	if err != nil {
		return nil, err
	}
	c.ask()
	if err := c.initialKeys(); err != nil {
		return nil, err
	}
	return c, c.events()
}

// newServer returns a server for the client whose first packet has the header.
func newServer(cfg *tlsengine.Config, first *header) (*conn, error) {
	c := &conn{local: newID(), original: bytes.Clone(first.destination), remote: bytes.Clone(first.src), ourLimits: limits()}
	var err error
	if c.tls, err = tlsengine.NewQUICServer(cfg, nil); err != nil {
		return nil, err
	}
	return c, c.initialKeys()
}

func (c *conn) ask() { c.out = outflow{pending: c.asked, fin: c.asked != nil} }

func (c *conn) initialKeys() error {
	client, server, err := quic.InitialKeys(quic.V1, c.original)
	if err != nil {
		return err
	}
	c.read[tlsengine.QUICInitial], c.write[tlsengine.QUICInitial] = client, server
	if c.client {
		c.read[tlsengine.QUICInitial], c.write[tlsengine.QUICInitial] = server, client
	}
	return nil
}

// space is that of a level: 0-RTT and 1-RTT packets share one.
func (c *conn) space(level tlsengine.QUICLevel) *space {
	switch level {
	case tlsengine.QUICInitial:
		return &c.spaces[0]
	case tlsengine.QUICHandshake:
		return &c.spaces[1]
	}
	return &c.spaces[2]
}

// receive takes a datagram, which it decrypts in place. Packets that do not
// open are dropped. The error is the end of the connection.
func (c *conn) receive(datagram []byte) error {
	for len(datagram) > 0 && c.err == nil {
		h, err := parseHeader(datagram)
		if err != nil {
			return c.err
		}
		c.packet(&h, datagram[:h.size])
		datagram = datagram[h.size:]
	}
	return c.err
}

func (c *conn) packet(h *header, b []byte) {
	keys := c.read[h.level]
	if keys == nil {
		if len(c.early) < 8 && h.level != tlsengine.QUICInitial {
			c.early = append(c.early, bytes.Clone(b))
		}
		return
	}
	sp := c.space(h.level)
	number, frames, err := h.open(b, keys, sp.largest())
	if err != nil || !sp.add(number) {
		return
	}
	if c.client && h.level == tlsengine.QUICInitial {
		c.remote = bytes.Clone(h.src)
	}
	if !c.client && h.level == tlsengine.QUICHandshake {
		c.discard(tlsengine.QUICInitial) // RFC 9001, Section 4.9.1
	}
	eliciting, err := c.frames(h.level, frames)
	sp.ack = sp.ack || eliciting
	if err != nil {
		c.fail(err)
		return
	}
	if c.confirmed {
		c.discard(tlsengine.QUICHandshake) // RFC 9001, Section 4.9.2
	}
}

// discard forgets the keys of a level, and what was still to be said there.
func (c *conn) discard(level tlsengine.QUICLevel) {
	c.read[level], c.write[level] = nil, nil
	c.say[level] = outflow{}
	c.space(level).ack = false
}

// gotCrypto gives CRYPTO bytes to TLS, in order.
//
// Data of a level that is over must be old: TLS says so if it is not. RFC
// 9001, Section 4.1.3.
func (c *conn) gotCrypto(level tlsengine.QUICLevel, offset uint64, data []byte) error {
	fresh, err := c.crypto[level].add(offset, data, c.tls.MaxCrypto(level))
	if err != nil {
		return err
	}
	if err := c.tls.HandleCrypto(level, fresh); err != nil {
		return errors.Join(err, c.events())
	}
	return c.events()
}

// events carries out what TLS wants, and answers what it asks.
func (c *conn) events() error {
	for {
		for ev, ok := c.tls.Next(); ok; ev, ok = c.tls.Next() {
			if err := c.event(&ev); err != nil {
				return err
			}
		}
		var err error
		switch req := c.tls.Pending().(type) {
		case *tlsengine.ResumeRequest:
			// 0-RTT relies on limits that the ticket remembers.
			answer := tlsengine.ResumeOnly
			if bytes.Equal(req.Application, c.ourLimits) {
				answer = tlsengine.ResumeEarly
			}
			err = c.tls.Resume(answer, nil)
		case *tlsengine.ParametersRequest:
			own := appendParameter(c.ourLimits[:len(c.ourLimits):len(c.ourLimits)], originalDestinationConnectionID, c.original)
			err = c.tls.SetParameters(appendParameter(own, initialSourceConnectionID, c.local), nil)
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *conn) event(ev *tlsengine.QUICEvent) error {
	switch ev.Kind {
	case tlsengine.QUICCrypto:
		c.say[ev.Level].pending = append(c.say[ev.Level].pending, ev.Data...)
	case tlsengine.QUICReadSecret, tlsengine.QUICWriteSecret:
		keys, err := quic.NewKeys(quic.V1, ev.Suite, ev.Data)
		clear(ev.Data)
		if err != nil {
			return err
		}
		if ev.Kind == tlsengine.QUICWriteSecret {
			c.write[ev.Level] = keys
			return nil
		}
		c.read[ev.Level] = keys
		c.tookEarly = c.tookEarly || ev.Level == tlsengine.QUICEarly
	case tlsengine.QUICPeerParameters:
		var original []byte
		if c.client {
			original = c.original
		}
		if err := checkParameters(ev.Data, c.remote, original); err != nil {
			return tlsengine.RefuseQUIC(tlsengine.QUICTransportParameterError, err.Error())
		}
	case tlsengine.QUICEarlyAccepted:
		c.tookEarly = true
	case tlsengine.QUICEarlyRejected:
		c.write[tlsengine.QUICEarly] = nil
		c.ask() // once more, in 1-RTT
	case tlsengine.QUICHandshakeDone:
		return c.handshakeDone()
	case tlsengine.QUICNewSession:
		session, err := tlsengine.AttachToSession(ev.Data, limits())
		if err != nil {
			return err
		}
		c.sessions = append(c.sessions, session)
	}
	return nil
}

func (c *conn) handshakeDone() error {
	c.done = true
	c.write[tlsengine.QUICEarly] = nil
	if c.client {
		return nil
	}
	c.sayDone, c.confirmed = true, true
	for range 2 {
		err := c.tls.SendTicket(tlsengine.QUICTicket{Application: c.ourLimits})
		if err != nil && !errors.Is(err, tlsengine.ErrNoTicket) {
			return err
		}
	}
	return nil
}

// late gives packets another try once their keys are there.
func (c *conn) late() {
	list := c.early
	c.early = nil
	for _, b := range list {
		_ = c.receive(b)
	}
}

// fail ends the connection with the code that the error has.
func (c *conn) fail(err error) {
	if c.err != nil {
		return
	}
	c.err = err
	var peer *closedError
	if errors.As(err, &peer) {
		return
	}
	code := tlsengine.QUICProtocolViolation
	var refusal *tlsengine.QUICError
	switch {
	case errors.As(err, &refusal):
		code = refusal.Code
	case errors.Is(err, errBuffer):
		code = tlsengine.QUICCryptoBufferExceeded
	}
	frame := appendVarint([]byte{frameClose}, uint64(code))
	c.closing = append(frame, 0, 0)
}

// close ends the connection as the application wishes.
func (c *conn) close() {
	if c.err == nil {
		c.err = errClosed
		c.closing = []byte{frameClose + 1, 0, 0}
	}
}

var errClosed = errors.New("closed")
