package testpeer

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// What both sides of TLS 1.3 say: RFC 9846, Sections 4.5 and 4.7.3.

// Certificate shows the chain of the Peer's Identity, none if it is nil.
func (p *Peer) Certificate(change ...func(*handshake.Certificate)) Item {
	return p.message(handshake.MsgCertificate, func(p *Peer) []byte {
		m := handshake.Certificate{CertificateRequestContext: p.context}
		if p.Identity != nil {
			for _, der := range p.Identity.Chain {
				m.CertificateList = append(m.CertificateList, handshake.CertificateEntry{CertData: der})
			}
		}
		return changed(&m, change).Append(nil)
	}, nil)
}

// CertificateVerify signs the transcript so far with the Identity's key.
func (p *Peer) CertificateVerify(change ...func(*handshake.CertificateVerify)) Item {
	return p.message(handshake.MsgCertificateVerify, func(p *Peer) []byte {
		return changed(p.proof(p.role), change).Append(nil)
	}, nil)
}

// proof is a CertificateVerify as that side would say it.
func (p *Peer) proof(as side) *handshake.CertificateVerify {
	id := p.Identity
	if id == nil {
		id = ServerIdentity()
	}
	sig, err := signature.Sign(p.rand, id.Scheme, id.Key, signedContent(as, p.sum(p.hash())))
	p.ok(err, "signing")
	return &handshake.CertificateVerify{Algorithm: id.Scheme, Signature: sig}
}

func signedContent(as side, th []byte) []byte {
	if as == serverSide {
		return signature.AppendServerContent(nil, th)
	}
	return signature.AppendClientContent(nil, th)
}

// Reflected is a CertificateVerify over what the other side would sign.
func (p *Peer) Reflected() Item {
	return p.message(handshake.MsgCertificateVerify, func(p *Peer) []byte {
		return p.proof(1 - p.role).Append(nil)
	}, nil)
}

// Finished is over everything said and heard so far.
func (p *Peer) Finished(change ...func(*handshake.Finished)) Item {
	return p.message(handshake.MsgFinished, func(p *Peer) []byte {
		data := keyschedule.VerifyData(p.hash(), p.secret[p.role][handshake.Handshake], p.sum(p.hash()))
		return changed(&handshake.Finished{VerifyData: data.Bytes()}, change).Append(nil)
	}, (*Peer).saidFinished)
}

func (p *Peer) saidFinished([]byte) {
	if p.suite == nil {
		return // a script that speaks out of order
	}
	if p.role == serverSide {
		p.deriveApplication()
	} else {
		p.resumption = p.main.Resumption(p.sum(p.hash()))
	}
	if p.send[handshake.Application] != nil {
		p.epoch = handshake.Application
	}
}

// KeyUpdate changes the keys of this side, and asks for the same or not.
func (p *Peer) KeyUpdate(request handshake.KeyUpdateRequest) Item {
	return p.message(handshake.MsgKeyUpdate, func(*Peer) []byte {
		return (&handshake.KeyUpdate{RequestUpdate: request}).Append(nil)
	}, func(p *Peer, _ []byte) {
		if p.epoch == handshake.Application {
			p.own(handshake.Application, p.next(p.role))
		}
	})
}
