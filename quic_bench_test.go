package tlsengine

import (
	"crypto/tls"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/group"
)

// Both sides of a handshake under QUIC, ours and crypto/tls's, with a P-256
// certificate.
func BenchmarkQUICHandshake(b *testing.B) {
	for _, id := range []group.ID{group.X25519, group.X25519MLKEM768} {
		client, server := quicConfigs(b)
		client.Groups, server.Groups = []*group.Group{group.Lookup(id)}, []*group.Group{group.Lookup(id)}
		sc, ss := stdConfigs(client, server)
		sc.CurvePreferences, ss.CurvePreferences = []tls.CurveID{tls.CurveID(id)}, []tls.CurveID{tls.CurveID(id)}
		sc.ClientSessionCache = nil
		b.Run(id.String()+"/tlsengine", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchQUIC(b, quicClient(b, client), quicServer(b, server))
			}
		})
		b.Run(id.String()+"/crypto-tls", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, s := stdClient(b, sc), stdServer(b, ss)
				benchQUIC(b, c, s)
				require.NoError(b, c.Close())
				require.NoError(b, s.Close())
			}
		})
	}
}

// benchQUIC carries bytes until nothing moves.
func benchQUIC(b *testing.B, client, server quicSide) {
	done := 0
	for moved := true; moved; {
		moved = false
		for i, side := range [2]quicSide{client, server} {
			peer := [2]quicSide{server, client}[i]
			for ev, ok := side.next(); ok; ev, ok = side.next() {
				moved = true
				switch ev.Kind {
				case QUICCrypto:
					if err := peer.handle(ev.Level, ev.Data); err != nil {
						b.Fatal(err)
					}
				case QUICHandshakeDone:
					done++
				}
			}
		}
	}
	if done != 2 {
		b.Fatal("the handshake is not done")
	}
}
