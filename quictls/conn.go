package quictls

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"

	"github.com/tlsengine/tlsengine"
)

// Conn is one side of a QUIC connection, with the methods of [tls.QUICConn].
// ConnectionState may be called at any time by anybody, the others by one
// goroutine at a time.
type Conn struct {
	client bool
	config *tls.QUICConfig
	change []func(*tlsengine.Config)

	engine     *tlsengine.QUICConn // nil until there are parameters and a session
	parameters []byte              // ours; nil as long as they are not set
	events     []tls.QUICEvent     // of this package, before those of the engine
	stage      stage
	asked      *tls.SessionState // given out with QUICResumeSession, not yet looked at
	resume     []byte            // client: the session to resume, while it is asked about
	told       told
	offered    map[*tls.SessionState][]byte
	err        error

	mu     sync.Mutex
	state  tls.ConnectionState
	chains [][]*x509.Certificate
	parsed []*x509.Certificate // the peer's chain
}

// told are the events that are given once.
type told struct {
	required bool // QUICTransportParametersRequired
	failed   bool // the error, as an event or by a call
}

// stage is how far a Conn is in getting an engine.
type stage uint8

const (
	created stage = iota
	wantsSession
	wantsParameters
	running
	closed
)

// QUICClient is like [tls.QUICClient]. Each change is given the engine's
// Config before it is used.
func QUICClient(config *tls.QUICConfig, change ...func(*tlsengine.Config)) *Conn {
	return &Conn{client: true, config: config, change: change}
}

// QUICServer is like [tls.QUICServer]. Each change is given the engine's
// Config before it is used, such as
//
//	func(cfg *tlsengine.Config) { cfg.TicketKeys = keys }
//
// where keys are one object for all connections of the server.
func QUICServer(config *tls.QUICConfig, change ...func(*tlsengine.Config)) *Conn {
	return &Conn{config: config, change: change}
}

// Start begins the handshake. Errors of the configuration wrap
// tls.AlertError(80).
func (c *Conn) Start(ctx context.Context) error {
	switch {
	case c.stage != created:
		return c.fail(errors.New("Start called more than once"))
	case ctx.Err() != nil:
		return c.fail(ctx.Err())
	}
	return c.returned(c.start())
}

func (c *Conn) start() error {
	if err := checkConfig(c.config.TLSConfig, c.client); err != nil {
		return c.fail(err)
	}
	if !c.client {
		return c.startServer()
	}
	c.stage = wantsParameters
	if c.lookUp() {
		c.stage = wantsSession
		return nil
	}
	return c.begin()
}

func (c *Conn) startServer() error {
	cfg, err := c.serverConfig(c.config.TLSConfig)
	if err != nil {
		return c.fail(err)
	}
	if c.engine, err = tlsengine.NewQUICServer(cfg, nil); err != nil {
		return c.fail(err)
	}
	c.stage = running
	return nil
}

// begin makes a client's engine, as soon as the parameters are known.
func (c *Conn) begin() error {
	if c.parameters == nil {
		c.require()
		return nil
	}
	cfg, err := c.clientConfig(c.config.TLSConfig)
	if err != nil {
		return c.fail(err)
	}
	if c.engine, err = tlsengine.NewQUICClient(cfg, c.parameters); err != nil {
		return c.fail(err)
	}
	c.stage = running
	return nil
}

// require says that the parameters are missing, once.
func (c *Conn) require() {
	if !c.told.required {
		c.told.required = true
		c.events = append(c.events, tls.QUICEvent{Kind: tls.QUICTransportParametersRequired})
	}
}

// SetTransportParameters sets this side's transport parameters. Nil is empty
// ones.
func (c *Conn) SetTransportParameters(params []byte) {
	c.parameters = append([]byte{}, params...)
	if c.stage == wantsParameters && c.err == nil {
		_ = c.begin()
	} else {
		_ = c.answer()
	}
}

// HandleData takes CRYPTO bytes from the peer.
func (c *Conn) HandleData(level tls.QUICEncryptionLevel, data []byte) error {
	if err := c.proceed(); err != nil {
		return c.returned(err)
	}
	if c.engine == nil {
		return c.returned(c.fail(errors.New("handshake data received at wrong level")))
	}
	if err := c.engine.HandleCrypto(tlsengine.QUICLevel(level), data); err != nil {
		return c.returned(c.fail(err))
	}
	return c.returned(c.answer())
}

// returned notes that a call returns the error, so that no event has to.
func (c *Conn) returned(err error) error {
	c.told.failed = c.told.failed || err != nil
	return err
}

// SendSessionTicket makes a server send a ticket. Without keys for tickets, or
// for a client that takes none, nothing is sent.
func (c *Conn) SendSessionTicket(opts tls.QUICSessionTicketOptions) error {
	switch {
	case c.client:
		return errors.New("tls: SendSessionTicket called on the client")
	case c.err != nil:
		return c.err
	case c.engine == nil:
		return errors.New("tls: SendSessionTicket called before handshake completed")
	case c.config.TLSConfig.SessionTicketsDisabled:
		return nil
	}
	err := c.engine.SendTicket(tlsengine.QUICTicket{
		Application: packExtra(opts.EarlyData, opts.Extra), NoEarlyData: !opts.EarlyData,
	})
	if errors.Is(err, tlsengine.ErrNoTicket) {
		return nil
	}
	return err
}

// ExportKeyingMaterial is RFC 9846, Section 7.5.
func (c *Conn) ExportKeyingMaterial(label string, context []byte, length int) ([]byte, error) {
	if c.engine == nil {
		return nil, tlsengine.ErrHandshakeNotDone
	}
	return c.engine.Export(label, context, length)
}

// Close ends the connection. There is nothing to free.
func (c *Conn) Close() error {
	if c.err == nil {
		c.err = errors.New("tls: connection closed")
	}
	c.stage = closed
	return nil
}

// ConnectionState describes the connection as it is.
func (c *Conn) ConnectionState() tls.ConnectionState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}
