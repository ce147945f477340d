package tlsengine_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/record"
)

// resealed is what stands between format and digest, as a snapshot.
func resealed(content []byte) []byte {
	data := append([]byte{1}, content...)
	digest := sha256.Sum256(data)
	return append(data, digest[:8]...)
}

// What no digest keeps out still gives an error, or an engine that works as
// far as it can: no panic, and nothing that cannot be frozen again.
func FuzzThaw(f *testing.F) {
	for _, fl := range courses() {
		seen := make(map[string]bool)
		fl.play(f, manner{piece: 300, between: alone, sees: func(d *duet, side int, in []byte) {
			cfg := d.engines[side].Config()
			data := freeze(f, d.engines[side])
			if info, err := tlsengine.ReadSnapshot(data); err == nil && !seen[info.State.String()] {
				seen[info.State.String()] = true
				f.Add(data[1:len(data)-8], slices.Concat(in, d.rest))
			}
			d.engines[side] = thaw(f, cfg, data)
		}})
	}
	k := detach(f, detachable(f, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)).server.Engine)
	require.NoError(f, k.d.UpdateKeys(handshake.UpdateRequested))
	data, err := k.d.Freeze(nil)
	require.NoError(f, err)
	f.Add(data[1:len(data)-8], (&handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested}).Append(nil))
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	for _, data := range quicSnapshots(f) {
		f.Add(data[1:len(data)-8], []byte{})
	}
	for _, cfg := range []*tlsengine.Config{client, server} {
		sendsData(cfg)
		takesData(cfg)
		authenticates(cfg)
		cfg.SessionCache = tlsengine.NewSessionMemory(1)
		cfg.Groups = append(group.Default(), group.Lookup(group.X448))
		cfg.ALPN = []string{"h2", "h3"}
	}
	server.ClientAuth = tlsengine.RequestClientCert
	f.Fuzz(func(t *testing.T, content, in []byte) {
		data := resealed(content)
		_, _ = tlsengine.ReadSession(content)
		info, err := tlsengine.ReadSnapshot(data)
		if err != nil {
			require.ErrorIs(t, err, tlsengine.ErrSnapshotDamaged)
			return
		}
		cfg := server
		if info.Client {
			cfg = client
		}
		if info.QUIC {
			if q, err := tlsengine.ThawQUIC(cfg, data); err == nil {
				pokeQUIC(q, in)
			}
			return
		}
		if d, err := tlsengine.ThawDetached(cfg, data); err == nil {
			pokeDetached(d, in)
			return
		}
		e, err := tlsengine.Thaw(cfg, data)
		if err != nil {
			require.True(t, errors.Is(err, tlsengine.ErrSnapshotDamaged) || errors.Is(err, tlsengine.ErrSnapshotKind) ||
				errors.Is(err, tlsengine.ErrSnapshotConfig), "%v", err)
			return
		}
		cfg = e.Config()
		again := freeze(t, e)
		require.Equal(t, again, freeze(t, thaw(t, cfg, again)), "a snapshot of what was thawed is always the same")
		poke(thaw(t, cfg, again), in)
		parked := thaw(t, cfg, again)
		parked.Park()
		poke(parked, in)
	})
}

// poke makes an engine do all that it can.
func poke(e *tlsengine.Engine, in []byte) {
	e.ConnectionState()
	out := e.Flush(nil)
	for range 3 {
		for range e.Feed(slices.Clone(in)) {
			e.Owes()
		}
		answer(e.Pending(), e)
		out = e.Flush(out)
	}
	out, _ = e.SendEarly(out, []byte("early"))
	out, _ = e.Send(out, []byte("data"))
	out, _ = e.UpdateKeys(out, handshake.UpdateRequested)
	_, _ = e.Export("EXPORTER-test", nil, 10)
	_, _ = e.ExportEarly("EXPORTER-test", nil, 10)
	_ = e.SendTicket([]byte("data"))
	e.Close(out)
	_ = e.TransportEOF()
}

// answerer is an Engine or a QUICConn.
type answerer interface {
	UseConfig(*tlsengine.Config, error) error
	Ticket(tlsengine.TicketAnswer, error) error
	Resume(tlsengine.ResumeAnswer, error) error
	UseCredential(*tlsengine.Credential, error) error
	Signed([]byte, error) error
	Verified(error) error
}

func answer(q tlsengine.Request, e answerer) {
	switch q.(type) {
	case *tlsengine.ConfigRequest:
		_ = e.UseConfig(testpeer.ServerConfig(), nil)
	case *tlsengine.TicketRequest:
		_ = e.Ticket(tlsengine.TicketAnswer{}, nil)
	case *tlsengine.ResumeRequest:
		_ = e.Resume(tlsengine.ResumeEarly, nil)
	case *tlsengine.CredentialRequest:
		_ = e.UseCredential(testpeer.ServerIdentity().Credential(), nil)
	case *tlsengine.SignatureRequest:
		_ = e.Signed([]byte("a signature"), nil)
	case *tlsengine.VerdictRequest:
		_ = e.Verified(nil)
	}
}

func pokeQUIC(q *tlsengine.QUICConn, in []byte) {
	q.ConnectionState()
	for range 3 {
		_ = q.HandleCrypto(q.ReadLevel(), in)
		answer(q.Pending(), q)
		_ = q.SetParameters([]byte("parameters"), nil)
		for _, ok := q.Next(); ok; _, ok = q.Next() {
		}
	}
	_ = q.SendTicket(tlsengine.QUICTicket{})
	_, _ = q.Export("EXPORTER-test", nil, 10)
}

// quicSnapshots are of both sides of a handshake under QUIC, between messages.
func quicSnapshots(t testing.TB) (list [][]byte) {
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	client.ALPN, server.ALPN = []string{"h3"}, []string{"h3"}
	c, err := tlsengine.NewQUICClient(client, []byte("client"))
	require.NoError(t, err)
	s, err := tlsengine.NewQUICServer(server, []byte("server"))
	require.NoError(t, err)
	sides, cfgs := []*tlsengine.QUICConn{c, s}, []*tlsengine.Config{client, server}
	for range 3 {
		for i := range sides {
			for {
				data, err := sides[i].Freeze(nil)
				require.NoError(t, err)
				list = append(list, data)
				sides[i], err = tlsengine.ThawQUIC(cfgs[i], data)
				require.NoError(t, err)
				ev, ok := sides[i].Next()
				if !ok {
					break
				}
				if ev.Kind == tlsengine.QUICCrypto {
					require.NoError(t, sides[1-i].HandleCrypto(ev.Level, ev.Data))
				}
			}
		}
	}
	require.True(t, s.ConnectionState().HandshakeDone || sides[1].ConnectionState().HandshakeDone)
	return list
}

func pokeDetached(d *tlsengine.Detached, in []byte) {
	d.ConnectionState()
	for range d.Receive(record.Handshake, in) {
	}
	for range d.Receive(record.Alert, in) {
	}
	_ = d.UpdateKeys(handshake.UpdateRequested)
	_ = d.SendTicket(nil)
	d.Close()
	for _, ok := d.Next(); ok; _, ok = d.Next() {
	}
}
