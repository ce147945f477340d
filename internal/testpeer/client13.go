package testpeer

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/signature"
)

// What a client of TLS 1.3 says: RFC 9846, Section 2.

// share is a key share of a client's.
type share struct {
	id  group.ID
	key group.PrivateKey
}

// groups are those that a client's ClientHello lists.
func groups() handshake.List16[group.ID] { return handshake.List16Of(group.X25519, group.P256) }

// ClientHello offers TLS 1.3, one share, and the PSKs and early data of the
// Peer. After a HelloRetryRequest it is the second one, changed as the RFC
// says.
func (p *Peer) ClientHello(change ...func(*handshake.ClientHello)) Item {
	i := p.message(handshake.MsgClientHello, func(p *Peer) []byte {
		m := p.newClientHello()
		changed(m, change)
		if len(p.PSKs) > 0 {
			return p.bound(m)
		}
		return m.Append(nil)
	}, (*Peer).saidClientHello)
	i.version = record.HelloRecordVersion
	return i
}

func (p *Peer) newClientHello() *handshake.ClientHello {
	m := &handshake.ClientHello{
		LegacyVersion: handshake.VersionTLS12, CipherSuites: suites(), LegacyCompressionMethods: handshake.List8[uint8]{0},
		LegacySessionID: p.Hello.LegacySessionID, Random: p.Hello.Random,
	}
	if !p.retried {
		copy(m.Random[:], p.draw(32))
		m.LegacySessionID = p.draw(32)
	}
	x := handshake.AppendServerName(nil, Name)
	x = handshake.AppendSupportedVersionsCH(x, handshake.List16Of(handshake.VersionTLS13))
	x = handshake.AppendSupportedGroups(x, groups())
	x = handshake.AppendSignatureAlgorithms(x, allSchemes())
	x = handshake.AppendPSKKeyExchangeModes(x, handshake.List8Of(handshake.PSKDHEKE))
	x = handshake.AppendKeyShareCH(x, p.newShare())
	if p.retried && p.cookie != nil {
		x = handshake.AppendCookie(x, p.cookie)
	}
	if p.EarlyData && !p.retried {
		x = handshake.AppendEmpty(x, handshake.ExtEarlyData)
	}
	m.Extensions = x
	return m
}

func suites() handshake.List16[cipher.ID] {
	return handshake.List16Of(cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384, cipher.TLS_CHACHA20_POLY1305_SHA256)
}

func allSchemes() handshake.List16[signature.Scheme] {
	var list handshake.List16[signature.Scheme]
	for _, a := range signature.All() {
		list = append(list, byte(a.Scheme>>8), byte(a.Scheme))
	}
	return list
}

// newShare makes the share of the Peer's Group.
func (p *Peer) newShare() handshake.KeyShareEntry {
	if p.Group == 0 {
		p.Group = group.X25519
	}
	key, err := group.Lookup(p.Group).Generate(p.rand)
	p.ok(err, "making a key share")
	p.shares = []share{{p.Group, key}}
	return handshake.KeyShareEntry{Group: p.Group, KeyExchange: key.Share()}
}

// bound is the ClientHello with the Peer's PSKs at its end, and their binders.
func (p *Peer) bound(m *handshake.ClientHello) []byte {
	var ids []handshake.PSKIdentity
	var lengths []int
	for _, psk := range p.PSKs {
		ids = append(ids, handshake.PSKIdentity{Identity: psk.Identity, ObfuscatedTicketAge: psk.Age})
		lengths = append(lengths, psk.Suite.Hash.Size())
	}
	offered := handshake.OfferedPSKs{Identities: handshake.PSKIdentitiesOf(ids...), Binders: handshake.BlankBinders(lengths...)}
	m.Extensions = handshake.AppendPreSharedKeyCH(m.Extensions, offered)
	raw := m.Append(nil)
	var binders [][]byte
	for _, psk := range p.PSKs {
		binders = append(binders, p.binder(psk, offered.Truncate(raw)))
	}
	handshake.SetBinders(raw, binders...)
	return raw
}

// binder is RFC 9846, Section 4.3.11.2.
func (p *Peer) binder(psk *PSK, partial []byte) []byte {
	early := keyschedule.NewEarly(psk.Suite.Hash, psk.Secret)
	binder := keyschedule.VerifyData(psk.Suite.Hash, early.BinderKey(), p.sum(psk.Suite.Hash, partial...))
	return binder.Bytes()
}

func (p *Peer) saidClientHello(msg []byte) {
	if m, err := handshake.ParseClientHello(msg[4:]); err == nil {
		p.Hello = m
	}
	if p.EarlyData && len(p.PSKs) > 0 && !p.retried {
		p.deriveEarly(p.PSKs[0])
	}
}

// EndOfEarlyData is under early data's keys, and what follows is not.
func (p *Peer) EndOfEarlyData() Item {
	i := p.message(handshake.MsgEndOfEarlyData, func(*Peer) []byte {
		return (&handshake.EndOfEarlyData{}).Append(nil)
	}, nil)
	return At(handshake.EarlyData, i)
}
