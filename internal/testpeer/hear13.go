package testpeer

import (
	"bytes"
	"crypto/hmac"
	"crypto/x509"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// hearMessage does what a message of the engine's makes a peer do, and checks
// what can be checked.
func (p *Peer) hearMessage(t handshake.MessageType, msg []byte) {
	p.t.Helper()
	body := msg[4:]
	switch t {
	case handshake.MsgClientHello:
		p.hearClientHello(msg)
	case handshake.MsgServerHello:
		p.hearServerHello(msg)
	case handshake.MsgCertificateRequest:
		m, err := handshake.ParseCertificateRequest(body)
		p.ok(err, "parsing CertificateRequest")
		p.context = m.CertificateRequestContext
		p.add(msg)
	case handshake.MsgCertificate:
		p.hearCertificate(body)
		p.add(msg)
	case handshake.MsgCertificateVerify:
		p.checkProof(body)
		p.add(msg)
	case handshake.MsgFinished:
		p.hearFinished(msg)
	case handshake.MsgEndOfEarlyData:
		p.add(msg)
		p.before = nil
		p.hear(handshake.Handshake)
	case handshake.MsgNewSessionTicket:
		p.newTicket(msg)
	case handshake.MsgKeyUpdate:
		p.secret[1-p.role][handshake.Application] = p.next(1 - p.role)
		p.hear(handshake.Application)
	default:
		p.add(msg)
	}
}

func (p *Peer) hearClientHello(msg []byte) {
	p.t.Helper()
	hello, err := handshake.ParseClientHello(bytes.Clone(msg[4:]))
	p.ok(err, "parsing ClientHello")
	p.Hello = hello
	psk := p.offeredPSK()
	if psk != nil {
		p.checkBinder(psk, msg)
	}
	p.add(msg)
	if psk != nil && hello.Extensions.Has(handshake.ExtEarlyData) {
		p.deriveEarly(psk)
	}
}

func (p *Peer) checkBinder(psk *PSK, msg []byte) {
	p.t.Helper()
	data, _ := p.Hello.Extensions.Get(handshake.ExtPreSharedKey)
	offered, err := handshake.ParsePreSharedKeyCH(data)
	p.ok(err, "parsing pre_shared_key")
	want := p.binder(psk, offered.Truncate(msg))
	for binder := range offered.Binders.All() {
		p.check(hmac.Equal(binder, want), "RFC 9846, Section 4.3.11.2: the binder is over the ClientHello without the binders")
		return
	}
}

func (p *Peer) hearServerHello(msg []byte) {
	p.t.Helper()
	m, err := handshake.ParseServerHello(msg[4:])
	p.ok(err, "parsing ServerHello")
	suite := cipher.Lookup(m.CipherSuite)
	if m.IsHelloRetryRequest() {
		p.hearRetry(&m, suite)
		p.add(msg)
		return
	}
	p.add(msg)
	if data, ok := m.Extensions.Get(handshake.ExtPreSharedKey); ok {
		i, err := handshake.ParsePreSharedKeySH(data)
		p.ok(err, "parsing pre_shared_key")
		p.check(int(i) < len(p.PSKs), "RFC 9846, Section 4.3.11: selected_identity is one of the client's")
		p.resumed = p.PSKs[i]
	}
	data, _ := m.Extensions.Get(handshake.ExtKeyShare)
	entry, err := handshake.ParseKeyShareSH(data)
	p.ok(err, "parsing key_share")
	p.check(len(p.shares) > 0 && p.shares[0].id == entry.Group, "RFC 9846, Section 4.3.8: the server's share is in the client's group")
	p.shared, err = p.shares[0].key.Secret(entry.KeyExchange)
	p.ok(err, "finishing the key exchange")
	p.deriveHandshake(suite)
	p.epoch = handshake.Handshake
	p.hear(handshake.Handshake)
}

func (p *Peer) hearRetry(m *handshake.ServerHello, suite *cipher.Suite) {
	p.retry(suite.Hash)
	if data, ok := m.Extensions.Get(handshake.ExtKeyShare); ok {
		p.Group, _ = handshake.ParseKeyShareHRR(data)
	}
	if data, ok := m.Extensions.Get(handshake.ExtCookie); ok {
		cookie, err := handshake.ParseCookie(data)
		p.ok(err, "parsing cookie")
		p.cookie = bytes.Clone(cookie)
	}
}

func (p *Peer) hearCertificate(body []byte) {
	p.t.Helper()
	m, err := handshake.ParseCertificate(body)
	p.ok(err, "parsing Certificate")
	p.check(len(m.CertificateRequestContext) == 0, "RFC 9846, Section 4.5.1: certificate_request_context is empty in the handshake")
	p.Chain = nil
	for _, e := range m.CertificateList {
		p.Chain = append(p.Chain, bytes.Clone(e.CertData))
	}
}

func (p *Peer) checkProof(body []byte) {
	p.t.Helper()
	m, err := handshake.ParseCertificateVerify(body)
	p.ok(err, "parsing CertificateVerify")
	leaf, err := x509.ParseCertificate(p.Chain[0])
	p.ok(err, "parsing the engine's certificate")
	content := signedContent(1-p.role, p.sum(p.hash()))
	alg := signature.Lookup(m.Algorithm)
	p.check(alg != nil && alg.TLS13 && alg.Fits(leaf.PublicKey), "RFC 9846, Section 4.5.2: the signature algorithm is compatible with the key")
	p.check(alg.Verify(leaf.PublicKey, content, m.Signature) == nil, "RFC 9846, Section 4.5.2: the signature is over the transcript")
}

func (p *Peer) hearFinished(msg []byte) {
	p.t.Helper()
	want := keyschedule.VerifyData(p.hash(), p.secret[1-p.role][handshake.Handshake], p.sum(p.hash()))
	p.check(hmac.Equal(msg[4:], want.Bytes()), "RFC 9846, Section 4.5.3: verify_data is the HMAC over the transcript")
	p.add(msg)
	if p.role == clientSide {
		p.deriveApplication()
	} else {
		p.resumption = p.main.Resumption(p.sum(p.hash()))
	}
	p.hear(handshake.Application)
}
