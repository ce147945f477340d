package tlsengine_test

import (
	"bytes"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/vectors"
)

// playQUIC carries CRYPTO bytes until nothing moves, has the server send its
// tickets, and carries those. said is told of all bytes.
func (p *player) playQUIC(said func(from vectors.Role, level tlsengine.QUICLevel, data []byte)) {
	p.Helper()
	p.carry(said)
	for range p.h.Server.Tickets {
		require.NoError(p, p.ends[vectors.Server].quic.SendTicket(tlsengine.QUICTicket{}))
	}
	p.carry(said)
}

func (p *player) carry(said func(from vectors.Role, level tlsengine.QUICLevel, data []byte)) {
	p.Helper()
	for moved := true; moved; {
		moved = false
		for _, side := range []vectors.Role{vectors.Client, vectors.Server} {
			e := p.ends[side]
			for ev, ok := e.quic.Next(); ok; ev, ok = e.quic.Next() {
				moved = true
				switch ev.Kind {
				case tlsengine.QUICCrypto:
					said(side, ev.Level, ev.Data)
					require.NoError(p, p.ends[side.Other()].quic.HandleCrypto(ev.Level, ev.Data))
				case tlsengine.QUICNewSession:
					e.sessions = append(e.sessions, ev.Data)
				case tlsengine.QUICPeerParameters:
					require.Equal(p, p.h.Party(side.Other()).TransportParameters, ev.Data)
				}
			}
		}
	}
}

// levels are the names of encryption levels in files.
var levels = map[tlsengine.QUICLevel]string{
	tlsengine.QUICInitial: "initial", tlsengine.QUICHandshake: "handshake", tlsengine.QUICApplication: "application",
}

// againQUIC compares what is said with the file.
func (p *player) againQUIC() {
	p.Helper()
	next := 0
	p.playQUIC(func(from vectors.Role, level tlsengine.QUICLevel, data []byte) {
		require.Less(p, next, len(p.h.Records))
		require.Equal(p, vectors.WireRecord{Sender: from, Type: levels[level], Payload: data, Record: data}, p.h.Records[next])
		next++
	})
	require.Len(p, p.h.Records, next)
}

// saidCrypto writes CRYPTO bytes down.
func (m *maker) saidCrypto(from vectors.Role, level tlsengine.QUICLevel, data []byte) {
	m.file.Sections = append(m.file.Sections, vectors.Section{
		Title: string(from) + " crypto " + levels[level], Fields: octetField("data", bytes.Clone(data)),
	})
}
