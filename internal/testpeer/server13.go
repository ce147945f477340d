package testpeer

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
)

// What a server of TLS 1.3 says: RFC 9846, Section 2. Each function that is
// given may change the message before it is encoded.

func changed[M any](m *M, change []func(*M)) *M {
	for _, f := range change {
		f(m)
	}
	return m
}

// ServerHello agrees to what the last ClientHello offers.
func (p *Peer) ServerHello(change ...func(*handshake.ServerHello)) Item {
	return p.message(handshake.MsgServerHello, func(p *Peer) []byte {
		m := p.newServerHello()
		copy(m.Random[:], p.draw(32))
		g, offered := p.offeredShare()
		share, secret, err := g.Respond(p.rand, offered)
		if err != nil { // the script wants a group of which there is no share
			share, secret = p.draw(32), make([]byte, 32)
		}
		p.shared = secret
		m.Extensions = handshake.AppendKeyShareSH(m.Extensions, handshake.KeyShareEntry{Group: g.ID, KeyExchange: share})
		if p.resumed = p.offeredPSK(); p.resumed != nil {
			m.Extensions = handshake.AppendPreSharedKeySH(m.Extensions, 0)
		}
		return changed(&m, change).Append(nil)
	}, (*Peer).saidServerHello)
}

func (p *Peer) newServerHello() handshake.ServerHello {
	return handshake.ServerHello{
		LegacyVersion:       handshake.VersionTLS12,
		LegacySessionIDEcho: p.Hello.LegacySessionID,
		CipherSuite:         p.chosenSuite().ID,
		Extensions:          handshake.AppendSupportedVersionsSH(nil, handshake.VersionTLS13),
	}
}

func (p *Peer) chosenSuite() *cipher.Suite {
	if p.Suite != nil {
		return p.Suite
	}
	if psk := p.offeredPSK(); psk != nil {
		return psk.Suite
	}
	for id := range p.Hello.CipherSuites.All() {
		if s := cipher.Lookup(id); s != nil && s.TLS13() {
			return s
		}
	}
	return cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
}

// offeredShare is the client's share of the Peer's Group, or its first.
func (p *Peer) offeredShare() (*group.Group, []byte) {
	data, _ := p.Hello.Extensions.Get(handshake.ExtKeyShare)
	shares, _ := handshake.ParseKeyShareCH(data)
	for e := range shares.All() {
		if g := group.Lookup(e.Group); g != nil && (p.Group == 0 || p.Group == e.Group) {
			return g, e.KeyExchange
		}
	}
	if g := group.Lookup(p.Group); g != nil {
		return g, nil
	}
	return group.Lookup(group.X25519), nil
}

// offeredPSK is the Peer's first PSK if it is the client's first too.
func (p *Peer) offeredPSK() *PSK {
	data, ok := p.Hello.Extensions.Get(handshake.ExtPreSharedKey)
	if !ok || len(p.PSKs) == 0 {
		return nil
	}
	offered, _ := handshake.ParsePreSharedKeyCH(data)
	for id := range offered.Identities.All() {
		if slices.Equal(id.Identity, p.PSKs[0].Identity) {
			return p.PSKs[0]
		}
		break
	}
	return nil
}

// saidServerHello goes on to the handshake's keys, in what the message says.
func (p *Peer) saidServerHello(msg []byte) {
	m, err := handshake.ParseServerHello(msg[4:])
	suite := cipher.Lookup(m.CipherSuite)
	if err != nil || suite == nil || !suite.TLS13() {
		suite = p.chosenSuite()
	}
	if err == nil && !m.Extensions.Has(handshake.ExtPreSharedKey) {
		p.resumed = nil
	}
	if err == nil && !m.Extensions.Has(handshake.ExtKeyShare) {
		p.shared = nil
	}
	p.deriveHandshake(suite)
	p.epoch = handshake.Handshake
	if early := p.recv; early == nil || !p.EarlyData || p.retried {
		p.hear(handshake.Handshake)
		p.before = early
	}
}

// HelloRetryRequest asks for a share of the Peer's Group, or else of the first
// of the client's groups that it sent none of.
func (p *Peer) HelloRetryRequest(change ...func(*handshake.ServerHello)) Item {
	i := p.message(handshake.MsgServerHello, func(p *Peer) []byte {
		m := p.newServerHello()
		m.Random = handshake.HelloRetryRequestRandom
		m.Extensions = handshake.AppendKeyShareHRR(m.Extensions, p.retryGroup())
		raw := changed(&m, change).Append(nil)
		p.retry(p.chosenSuite().Hash)
		return raw
	}, func(p *Peer, _ []byte) {
		p.recv, p.heardAt = nil, handshake.Initial
		p.Group = 0
	})
	return i.named("HelloRetryRequest")
}

func (p *Peer) retryGroup() group.ID {
	if p.Group != 0 {
		return p.Group
	}
	data, _ := p.Hello.Extensions.Get(handshake.ExtKeyShare)
	shares, _ := handshake.ParseKeyShareCH(data)
	data, _ = p.Hello.Extensions.Get(handshake.ExtSupportedGroups)
	groups, _ := handshake.ParseSupportedGroups(data)
	for id := range groups.All() {
		if _, sent := shares.Get(id); !sent {
			return id
		}
	}
	return group.P521
}

// EncryptedExtensions says nothing but that early data is accepted, if it is.
func (p *Peer) EncryptedExtensions(change ...func(*handshake.EncryptedExtensions)) Item {
	return p.message(handshake.MsgEncryptedExtensions, func(p *Peer) []byte {
		m := handshake.EncryptedExtensions{Extensions: handshake.Extensions{}}
		if p.EarlyData && p.resumed != nil && p.Hello.Extensions.Has(handshake.ExtEarlyData) {
			m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtEarlyData)
		}
		return changed(&m, change).Append(nil)
	}, nil)
}

// CertificateRequest asks for a certificate under any scheme.
func (p *Peer) CertificateRequest(change ...func(*handshake.CertificateRequest)) Item {
	return p.message(handshake.MsgCertificateRequest, func(*Peer) []byte {
		m := handshake.CertificateRequest{Extensions: handshake.AppendSignatureAlgorithms(nil, allSchemes())}
		return changed(&m, change).Append(nil)
	}, nil)
}

// NewSessionTicket gives the client a ticket, which is added to Tickets.
func (p *Peer) NewSessionTicket(change ...func(*handshake.NewSessionTicket)) Item {
	return p.message(handshake.MsgNewSessionTicket, func(p *Peer) []byte {
		n := byte(len(p.Tickets))
		m := handshake.NewSessionTicket{
			TicketLifetime: 3600, TicketAgeAdd: 0x01020304, TicketNonce: []byte{n},
			Ticket: append([]byte("ticket of the test peer "), n), Extensions: handshake.Extensions{},
		}
		return changed(&m, change).Append(nil)
	}, (*Peer).newTicket)
}

// Flight is a server's whole flight: ServerHello to Finished, with a request
// for the client's certificate if asked.
func (p *Peer) Flight(between ...Item) []Item {
	flight := []Item{p.ServerHello(), p.EncryptedExtensions()}
	flight = append(flight, between...)
	return append(flight, p.Certificate(), p.CertificateVerify(), p.Finished())
}

// ResumedFlight is a server's flight that takes a PSK.
func (p *Peer) ResumedFlight() []Item {
	return []Item{p.ServerHello(), p.EncryptedExtensions(), p.Finished()}
}
