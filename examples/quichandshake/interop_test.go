package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	quicgo "github.com/quic-go/quic-go"
	"github.com/stretchr/testify/require"
	xquic "golang.org/x/net/quic"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
)

const (
	limit    = 10 * time.Second
	question = "what is on the wire?"
)

// listen runs our server, and returns its address and what its connections
// came to.
func listen(t *testing.T, cfg *tlsengine.Config) (addr string, ended chan *conn) {
	s, err := newListener("127.0.0.1:0", cfg, bytes.ToUpper)
	require.NoError(t, err)
	ended = make(chan *conn, 10)
	s.ended = func(c *conn) { ended <- c }
	var done sync.WaitGroup
	done.Go(func() { _ = s.serve() })
	t.Cleanup(func() { _ = s.socket.Close(); done.Wait() })
	return s.socket.LocalAddr().String(), ended
}

// pki is what both worlds trust.
func pki(t *testing.T) (ours, oursClient *tlsengine.Config, theirs, theirsClient *tls.Config) {
	cred, roots, err := newCredential(name)
	require.NoError(t, err)
	cert := tls.Certificate{Certificate: cred.Chain, PrivateKey: cred.Signer}
	return serverConfig(cred), clientConfig(roots),
		&tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"demo"}, MinVersion: tls.VersionTLS13},
		&tls.Config{RootCAs: roots, ServerName: name, NextProtos: []string{"demo"}, MinVersion: tls.VersionTLS13, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
}

// variants are what the two sides may agree on.
func variants(t *testing.T, test func(t *testing.T, change func(*tlsengine.Config))) {
	for _, suite := range cipher.Suites()[:3] {
		t.Run(suite.String(), func(t *testing.T) {
			test(t, func(cfg *tlsengine.Config) { cfg.Suites = []*cipher.Suite{suite} })
		})
	}
	t.Run("HelloRetryRequest", func(t *testing.T) {
		test(t, func(cfg *tlsengine.Config) {
			if cfg.Credentials == nil {
				cfg.KeyShares = []group.ID{}
			} else {
				cfg.Groups = []*group.Group{group.Lookup(group.P521)}
			}
		})
	})
	t.Run("X25519", func(t *testing.T) {
		test(t, func(cfg *tlsengine.Config) { cfg.Groups = []*group.Group{group.Lookup(group.X25519)} })
	})
}

func TestOurselves(t *testing.T) {
	scfg, ccfg, _, _ := pki(t)
	variants(t, func(t *testing.T, change func(*tlsengine.Config)) {
		s, c := *scfg, *ccfg
		change(&s)
		addr, _ := listen(t, &s)
		for i := range 3 {
			r, err := exchange(addr, &c, []byte(question), 2, limit)
			require.NoError(t, err)
			require.Equal(t, "WHAT IS ON THE WIRE?", string(r.answer))
			require.Equal(t, i > 0, r.state.Resumed)
			require.Equal(t, i > 0 && !r.state.Retried, r.early)
			c.Session = r.sessions[1]
		}
	})
}

// quicgoServer runs quic-go's server.
func quicgoServer(t *testing.T, cfg *tls.Config) string {
	ln, err := quicgo.ListenAddrEarly("127.0.0.1:0", cfg, &quicgo.Config{Allow0RTT: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept(context.Background())
			if err != nil {
				return
			}
			go func() {
				str, err := c.AcceptStream(context.Background())
				if err != nil {
					return
				}
				b, _ := io.ReadAll(str)
				_, _ = str.Write(bytes.ToUpper(b))
				_ = str.Close()
			}()
		}
	}()
	return ln.Addr().String()
}

func TestOurClientWithQUICGo(t *testing.T) {
	_, ccfg, theirs, _ := pki(t)
	variants(t, func(t *testing.T, change func(*tlsengine.Config)) {
		addr, c := quicgoServer(t, theirs), *ccfg
		change(&c)
		for i := range 3 {
			r, err := exchange(addr, &c, []byte(question), 1, limit)
			require.NoError(t, err)
			require.Equal(t, "WHAT IS ON THE WIRE?", string(r.answer))
			require.Equal(t, i > 0, r.state.Resumed)
			require.Equal(t, i > 0 && !r.state.Retried, r.early)
			c.Session = r.sessions[0]
		}
	})
}

// askQUICGo is quic-go's client.
func askQUICGo(t *testing.T, addr string, cfg *tls.Config) (quicgo.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	c, err := quicgo.DialAddrEarly(ctx, addr, cfg, nil)
	if err != nil {
		return quicgo.ConnectionState{}, err
	}
	defer c.CloseWithError(0, "")
	str, err := c.OpenStreamSync(ctx)
	if err != nil {
		return quicgo.ConnectionState{}, err
	}
	if _, err = fmt.Fprint(str, question); err == nil {
		err = str.Close()
	}
	if err != nil {
		return quicgo.ConnectionState{}, err
	}
	b, err := io.ReadAll(str)
	if err != nil {
		return quicgo.ConnectionState{}, err
	}
	require.Equal(t, "WHAT IS ON THE WIRE?", string(b))
	select {
	case <-c.HandshakeComplete():
	case <-ctx.Done():
		return quicgo.ConnectionState{}, ctx.Err()
	}
	if cache, ok := cfg.ClientSessionCache.(*puts); ok {
		select {
		case <-cache.put:
		case <-ctx.Done():
			return quicgo.ConnectionState{}, ctx.Err()
		}
	}
	return c.ConnectionState(), nil
}

// puts is a cache that tells when a session came.
type puts struct {
	tls.ClientSessionCache
	put chan struct{}
}

func (p *puts) Put(key string, s *tls.ClientSessionState) {
	p.ClientSessionCache.Put(key, s)
	p.put <- struct{}{}
}

func TestOurServerWithQUICGo(t *testing.T) {
	scfg, _, _, theirs := pki(t)
	variants(t, func(t *testing.T, change func(*tlsengine.Config)) {
		s, cfg := *scfg, theirs.Clone()
		cfg.ClientSessionCache = &puts{tls.NewLRUClientSessionCache(4), make(chan struct{}, 100)}
		change(&s)
		addr, ended := listen(t, &s)
		for i := range 3 {
			// crypto/tls's binder is wrong in a HelloRetryRequest after 0-RTT.
			if i > 0 && len(s.Groups) > 0 && s.Groups[0].ID == group.P521 {
				_, err := askQUICGo(t, addr, cfg)
				require.Error(t, err)
				return
			}
			state, err := askQUICGo(t, addr, cfg)
			require.NoError(t, err)
			require.Equal(t, i > 0, state.TLS.DidResume)
			require.Equal(t, i > 0, state.Used0RTT)
			c := <-ended
			require.Equal(t, i > 0, c.tookEarly)
			require.ErrorAs(t, c.err, new(*closedError))
		}
	})
}

// xEndpoint makes an endpoint of golang.org/x/net/quic.
func xEndpoint(t *testing.T, cfg *tls.Config) *xquic.Endpoint {
	e, err := xquic.Listen("udp", "127.0.0.1:0", &xquic.Config{TLSConfig: cfg})
	require.NoError(t, err)
	t.Cleanup(func() { _ = e.Close(canceled()) })
	return e
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestOurClientWithXNet(t *testing.T) {
	_, ccfg, theirs, _ := pki(t)
	variants(t, func(t *testing.T, change func(*tlsengine.Config)) {
		e, c := xEndpoint(t, theirs), *ccfg
		go func() {
			for {
				conn, err := e.Accept(context.Background())
				if err != nil {
					return
				}
				go func() {
					str, err := conn.AcceptStream(context.Background())
					if err != nil {
						return
					}
					b, _ := io.ReadAll(str)
					_, _ = str.Write(bytes.ToUpper(b))
					str.CloseWrite()
				}()
			}
		}()
		change(&c)
		r, err := exchange(e.LocalAddr().String(), &c, []byte(question), 0, limit)
		require.NoError(t, err)
		require.Equal(t, "WHAT IS ON THE WIRE?", string(r.answer))
	})
}

func TestOurServerWithXNet(t *testing.T) {
	scfg, _, _, theirs := pki(t)
	variants(t, func(t *testing.T, change func(*tlsengine.Config)) {
		s, cfg := *scfg, theirs.Clone()
		cfg.ClientSessionCache = tls.NewLRUClientSessionCache(4)
		change(&s)
		addr, _ := listen(t, &s)
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		e := xEndpoint(t, cfg)
		conn, err := e.Dial(ctx, "udp", addr, &xquic.Config{TLSConfig: cfg})
		require.NoError(t, err)
		str, err := conn.NewStream(ctx)
		require.NoError(t, err)
		str.SetReadContext(ctx)
		_, err = str.Write([]byte(question))
		require.NoError(t, err)
		str.CloseWrite()
		b, err := io.ReadAll(str)
		require.NoError(t, err)
		require.Equal(t, "WHAT IS ON THE WIRE?", string(b))
		conn.Abort(nil)
	})
}

func TestRefused0RTTIsAskedAgain(t *testing.T) {
	scfg, ccfg, _, _ := pki(t)
	addr, _ := listen(t, scfg)
	r, err := exchange(addr, ccfg, []byte(question), 1, limit)
	require.NoError(t, err)
	s, c := *scfg, *ccfg
	s.MaxEarlyData, c.Session = 0, r.sessions[0]
	addr, _ = listen(t, &s)
	r, err = exchange(addr, &c, []byte(question), 0, limit)
	require.NoError(t, err)
	require.True(t, r.state.Resumed)
	require.False(t, r.early)
	require.Equal(t, "WHAT IS ON THE WIRE?", string(r.answer))
}

func TestTheCodeOfARefusalArrives(t *testing.T) {
	scfg, ccfg, theirs, theirsClient := pki(t)
	t.Run("at our client", func(t *testing.T) {
		s := *scfg
		s.ALPN = []string{"another"}
		addr, _ := listen(t, &s)
		_, err := exchange(addr, ccfg, []byte(question), 0, limit)
		var closed *closedError
		require.ErrorAs(t, err, &closed)
		require.Equal(t, uint64(0x178), closed.code)
	})
	t.Run("at quic-go", func(t *testing.T) {
		s := *scfg
		s.ALPN = []string{"another"}
		addr, _ := listen(t, &s)
		_, err := askQUICGo(t, addr, theirsClient)
		var refusal *quicgo.TransportError
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, quicgo.TransportErrorCode(0x178), refusal.ErrorCode)
	})
	t.Run("of our client at quic-go", func(t *testing.T) {
		c := *ccfg
		c.ServerName = "other.test"
		_, err := exchange(quicgoServer(t, theirs), &c, []byte(question), 0, limit)
		var refusal *tlsengine.QUICError
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, tlsengine.QUICCryptoError+42, refusal.Code)
	})
}

func TestPacketsThatAreGarbageAreDropped(t *testing.T) {
	scfg, ccfg, _, _ := pki(t)
	addr, _ := listen(t, scfg)
	socket, err := net.Dial("udp", addr)
	require.NoError(t, err)
	for _, b := range [][]byte{{0}, {0xc0}, make([]byte, 1500), bytes.Repeat([]byte{0xff}, 1400), append([]byte{0xc0, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x44, 0xa0}, make([]byte, 1300)...)} {
		_, err = socket.Write(b)
		require.NoError(t, err)
	}
	_, err = exchange(addr, ccfg, []byte(question), 0, limit)
	require.NoError(t, err, "the server is still there")
	require.False(t, errors.Is(err, errClosed))
}
