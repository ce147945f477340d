package client

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/drive"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/offer"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// broken reports whether the transport is gone.
func broken(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
}

// explain makes a fault of what the transport or the engine said.
func (c *Conn) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if c.done && (errors.Is(err, tlsengine.ErrTruncated) || errors.Is(err, io.EOF)) {
		c.Truncated = errors.Is(err, tlsengine.ErrTruncated)
		c.Closed = !c.Truncated
		return io.EOF
	}
	return c.fail(c.faultOf(ctx, err))
}

func (c *Conn) faultOf(ctx context.Context, err error) *fault.Fault {
	var (
		ours    *tlsengine.AlertError
		theirs  *tlsengine.PeerAlertError
		already *fault.Fault
	)
	switch {
	case errors.As(err, &already):
		return already
	case errors.As(err, &theirs):
		return c.refused(theirs)
	case errors.As(err, &ours):
		return c.refusing(ours)
	case errors.Is(context.Cause(ctx), context.Canceled):
		return c.interrupted()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return c.timeout()
	case errors.Is(err, drive.ErrClosed):
		return c.f("tls.closed", "the peer said close_notify %s", c.when())
	case errors.Is(err, tlsengine.ErrTruncated), errors.Is(err, io.EOF):
		return c.closed()
	case broken(err):
		return c.f("tls.reset", "the peer reset the connection %s", c.when())
	}
	return c.f("tls.closed", "%v", err)
}

func (c *Conn) stage() string {
	if c.done {
		return "data"
	}
	return "handshake"
}

func (c *Conn) f(code, format string, args ...any) *fault.Fault {
	return fault.New(fault.TLSFailed, code, c.stage(), "TLS failed: "+format, args...)
}

// when says how far the handshake had come.
func (c *Conn) when() string {
	switch {
	case c.done:
		return "after the handshake"
	case c.State().Version != 0:
		return "after its ServerHello"
	}
	return "after the ClientHello"
}

// refused is an alert of the peer's.
func (c *Conn) refused(err *tlsengine.PeerAlertError) *fault.Fault {
	id := uint8(err.Alert)
	to := "to ClientHello"
	if c.done || c.State().Version != 0 {
		to = c.when()
	}
	f := c.f("tls.alert", "the server answered alert %s (%d) %s", registry.Alerts.Label(uint32(id)), id, to)
	f.Alert = &fault.Alert{ID: id, Name: registry.Alerts.Label(uint32(id))}
	f.Hint = c.alertHint(err.Alert)
	return f
}

// alertHint says what helps against an alert of the peer's.
func (c *Conn) alertHint(a alert.Alert) string {
	switch {
	case a == alert.CertificateRequired, c.Request != nil && !c.Sent:
		return "the server wants a client certificate: --cert and --key"
	case c.Sent:
		return "the server does not take this client certificate"
	case a == alert.UnrecognizedName:
		return "the server does not know the name that was asked for; --sni asks for another, --no-sni for none"
	case a == alert.NoApplicationProtocol:
		return "the server speaks none of the application protocols that were offered; --alpn offers others"
	case a == alert.ProtocolVersion:
		return "the server speaks none of the versions that were offered"
	}
	return ""
}

// refusing is an alert of ours.
func (c *Conn) refusing(err *tlsengine.AlertError) *fault.Fault {
	state := c.State()
	if state.Version == 0 {
		if f := c.notTLS(); f != nil {
			return f
		}
	}
	if state.Suite != nil && cipher.Lookup(state.Suite.ID) == nil {
		return c.f("tls.unsupported", "the server chose %s, which can be offered here but not spoken", registry.CodeOf(registry.CipherSuites, state.Suite.ID))
	}
	if errors.Is(err, offer.ErrForeign) {
		return c.f("tls.unsupported", "the server chose a group that can be offered here but not spoken")
	}
	code := "tls.illegal"
	if err.Alert == alert.DecodeError {
		code = "tls.decode"
	}
	f := c.f(code, "%v", err)
	f.Alert = &fault.Alert{ID: uint8(err.Alert), Name: registry.Alerts.Label(uint32(err.Alert))}
	return f
}

// interrupted is the end that the user made.
func (c *Conn) interrupted() *fault.Fault {
	f := dial.Interrupted(c.stage())
	f.Message += " " + c.when()
	return f
}

func (c *Conn) timeout() *fault.Fault {
	if len(c.wire.First()) == 0 {
		return c.f("tls.timeout", "the peer said nothing to the ClientHello in time").
			WithHint("it may wait for another protocol, or for STARTTLS: --starttls PROTO")
	}
	return c.f("tls.timeout", "no answer in time %s", c.when())
}

func (c *Conn) closed() *fault.Fault {
	if f := c.notTLS(); f != nil && c.State().Version == 0 {
		return f
	}
	if c.done {
		return gone()
	}
	return c.f("tls.closed", "the peer closed the connection %s, without a word", c.when())
}
