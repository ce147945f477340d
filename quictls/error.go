package quictls

import (
	"crypto/tls"
	"errors"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// connError is an error with the alert that QUIC looks for in it.
type connError struct {
	err   error
	alert tls.AlertError
}

func (e *connError) Error() string   { return "tls: " + e.err.Error() }
func (e *connError) Unwrap() []error { return []error{e.err, e.alert} }

// fail ends the connection with what is an error of crypto/tls's kind.
func (c *Conn) fail(err error) error {
	if c.err == nil {
		c.err = wrap(err)
		c.snapshot()
	}
	return c.err
}

func wrap(err error) error {
	var known *tlsengine.QUICError
	if !errors.As(err, &known) {
		return &connError{err: err, alert: tls.AlertError(alert.InternalError)}
	}
	var cause *tlsengine.AlertError
	if errors.As(known.Err, &cause) && cause.Reason == alert.WrongLevel {
		return &levelError{connError{known, tls.AlertError(known.Alert)}}
	}
	return &connError{err: known, alert: tls.AlertError(known.Alert)}
}

// levelError says what crypto/tls says of data at a wrong level: tests of QUIC
// implementations compare it.
type levelError struct{ connError }

func (e *levelError) Error() string { return "tls: handshake data received at wrong level" }
