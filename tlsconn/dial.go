package tlsconn

import (
	"context"
	"net"

	tls "github.com/tlsengine/tlsengine"
)

// Dialer connects and runs the handshake.
type Dialer struct {
	Net     net.Dialer
	Config  *tls.Config
	Options Options
}

// DialContext connects to addr and runs the handshake, both until ctx is done.
// Without a ServerName in the Config the host of addr is it.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return d.Dial(ctx, network, addr)
}

// Dial is DialContext with a *Conn.
func (d *Dialer) Dial(ctx context.Context, network, addr string) (*Conn, error) {
	var cfg tls.Config
	if d.Config != nil {
		cfg = *d.Config
	}
	if cfg.ServerName == "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		cfg.ServerName = host
	}
	raw, err := d.Net.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	conn, err := Client(raw, &cfg, d.Options)
	if err == nil {
		err = conn.Handshake(ctx)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// Dial connects to addr and runs the handshake, with the defaults of a zero
// Dialer and this Config, which may be nil.
func Dial(ctx context.Context, network, addr string, cfg *tls.Config) (*Conn, error) {
	return (&Dialer{Config: cfg}).Dial(ctx, network, addr)
}

// Listener is a net.Listener whose connections are *Conn, before their
// handshake.
type Listener struct {
	net.Listener
	Config  *tls.Config
	Options Options
}

// NewListener returns a Listener over l. What makes the Config unusable is the
// error of the first Accept.
func NewListener(l net.Listener, cfg *tls.Config) *Listener {
	return &Listener{Listener: l, Config: cfg}
}

// Accept waits for a connection. The handshake runs with its first Read or
// Write.
func (l *Listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	conn, err := Server(raw, l.Config, l.Options)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}
