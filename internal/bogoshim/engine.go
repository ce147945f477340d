package main

import (
	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// engine is what the shim drives: a *tls.Engine, or a QUICConn behind the
// runner's mock transport.
type engine interface {
	Receive(in []byte) (n int, ev tls.Event, err error)
	Flush(out []byte) []byte
	Send(out, plain []byte) ([]byte, error)
	SendEarly(out, plain []byte) ([]byte, error)
	EarlyDataLeft() int
	Close(out []byte) []byte
	Abort(out []byte, a tls.Alert) []byte
	UpdateKeys(out []byte, request handshake.KeyUpdateRequest) ([]byte, error)
	TransportEOF() error

	Pending() tls.Request
	UseConfig(cfg *tls.Config, refusal error) error
	UseCredential(c *tls.Credential, refusal error) error
	Signed(sig []byte, failure error) error
	Verified(verdict error) error
	Ticket(a tls.TicketAnswer, refusal error) error

	ConnectionState() tls.ConnectionState
	Export(label string, context []byte, length int) ([]byte, error)
}

func newEngine(o *options, cfg *tls.Config) (engine, error) {
	switch {
	case o.quic:
		return newQUIC(o, cfg)
	case o.server:
		return tls.NewServer(cfg)
	}
	return tls.NewClient(cfg)
}
