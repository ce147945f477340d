package tlsconn

import (
	"context"
	stdtls "crypto/tls"
	"net"

	tls "github.com/tlsengine/tlsengine"
)

// StdServer makes the server's ends of connections by a Config of crypto/tls,
// for programs and packages that have one: certificate managers, for example.
// GetConfigForClient, GetCertificate, VerifyPeerCertificate and
// VerifyConnection are asked when crypto/tls would ask them. They may block.
//
// What is not as there:
//
//   - A field that asks for what the engine does not do is a [ConversionError]
//     that names it: see [NewStdServer].
//   - PreferServerCipherSuites and DynamicRecordSizingDisabled have no effect.
//     The first has none there either; records are as large as what is written.
//   - A client with none of the NextProtos is refused, also where all that it
//     offers is http/1.1.
//   - Errors are the engine's.
type StdServer struct {
	// Config is what the crypto/tls Config was converted to. What that has no
	// word for (PadTo, MaxFragment, SessionCache, …) may be set in it before
	// the first connection. Ask must stay as it is.
	Config *tls.Config

	// TicketKeys seal the sessions of all connections, also of those whose
	// Config GetConfigForClient gives, unless that names a key of its own.
	TicketKeys *tls.TicketKeys

	from  *stdtls.Config
	hello *stdtls.Config // turns ClientHellos into crypto/tls's form
}

// NewStdServer converts a Config for servers. Not converted, and refused where
// they are set: WrapSession and UnwrapSession, all of ECH, Renegotiation,
// versions before TLS 1.2, suites and curves that the engine does not speak,
// and keys given to SetSessionTicketKeys, which cannot be read out of it. The
// Config must not be changed any more.
func NewStdServer(from *stdtls.Config) (*StdServer, error) {
	keys := tls.NewTicketKeys()
	cfg, err := serverConfig(from, keys)
	if err != nil {
		return nil, err
	}
	if cfg.TicketKeys != nil {
		keys = cfg.TicketKeys
	}
	return &StdServer{Config: cfg, TicketKeys: keys, from: from, hello: helloConfig(from)}, nil
}

// Server returns the server's end of a connection over conn.
func (s *StdServer) Server(conn net.Conn) (*Conn, error) {
	side := &stdServerSide{server: s, cfg: s.Config, from: s.from, hello: s.hello}
	c, err := Server(conn, s.Config, Options{Answer: side.answer})
	if err != nil {
		return nil, err
	}
	c.std, side.conn = side, c
	return c, nil
}

// Listener returns a net.Listener over l whose connections are *Conn, before
// their handshake.
func (s *StdServer) Listener(l net.Listener) net.Listener { return &stdListener{l, s} }

type stdListener struct {
	net.Listener
	server *StdServer
}

func (l *stdListener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	conn, err := l.server.Server(raw)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// StdClient makes the client's ends of connections by a Config of crypto/tls.
// GetClientCertificate, VerifyPeerCertificate and VerifyConnection are asked
// when crypto/tls would ask them, and may block; the Context of a
// CertificateRequestInfo is nil, since only crypto/tls can set it. Without
// RootCAs the system's are used. Sessions in the ClientSessionCache are the
// engine's; those of crypto/tls in the same cache are not resumed, and those of
// TLS 1.3 are used once.
type StdClient struct {
	// Net connects, for DialContext.
	Net net.Dialer

	// Config is what the crypto/tls Config was converted to; see
	// [StdServer.Config].
	Config *tls.Config

	from *stdtls.Config
}

// NewStdClient converts a Config for clients. What is refused is what
// [NewStdServer] refuses. The Config must not be changed any more.
func NewStdClient(from *stdtls.Config) (*StdClient, error) {
	cfg, err := clientConfig(from)
	if err != nil {
		return nil, err
	}
	return &StdClient{Config: cfg, from: from}, nil
}

// Client returns the client's end of a connection over conn.
func (s *StdClient) Client(conn net.Conn) (*Conn, error) { return s.client(conn, s.from.ServerName) }

func (s *StdClient) client(conn net.Conn, name string) (*Conn, error) {
	if name == "" && !s.from.InsecureSkipVerify {
		return nil, errNoName
	}
	cfg := *s.Config
	setName(&cfg, name)
	side := &stdClientSide{from: s.from, cfg: &cfg, key: name}
	if name == "" {
		side.key = conn.RemoteAddr().String()
	}
	cfg.Session = side.lookUp()
	c, err := Client(conn, &cfg, Options{Answer: side.answer, NewSession: side.newSession})
	if err != nil {
		return nil, err
	}
	c.std, side.conn = side, c
	return c, nil
}

// DialContext connects to addr and runs the handshake, both until ctx is done.
// Without a ServerName in the crypto/tls Config the host of addr is it. It fits
// the DialTLSContext of http.Transport.
func (s *StdClient) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return s.Dial(ctx, network, addr)
}

// Dial is DialContext with a *Conn.
func (s *StdClient) Dial(ctx context.Context, network, addr string) (*Conn, error) {
	name := s.from.ServerName
	if name == "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		name = host
	}
	raw, err := s.Net.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	conn, err := s.client(raw, name)
	if err == nil {
		err = conn.Handshake(ctx)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}
