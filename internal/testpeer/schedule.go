package testpeer

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// schedule is the peer's own view of the keys: the transcript as bytes, hashed
// anew whenever it is asked for, and what RFC 9846, Section 7.1 derives.
type schedule struct {
	transcript []byte
	suite      *cipher.Suite // agreed on, from the ServerHello on

	early     keyschedule.EarlySecret
	handshake keyschedule.HandshakeSecret
	main      keyschedule.MainSecret
	secret    [2][4]keyschedule.Secret // by side and epoch

	exporter      keyschedule.Secret
	earlyExporter keyschedule.Secret
	resumption    keyschedule.Secret

	epoch   handshake.Epoch // under which the peer speaks
	send    [4]*protection  // by epoch; nil where there are no keys
	heardAt handshake.Epoch // under which the engine speaks
	recv    *protection
	before  *protection // early data's keys, until EncryptedExtensions decides

	shares  []share // a client's
	shared  []byte  // of the key exchange
	retried bool
	resumed *PSK
	context []byte // certificate_request_context to echo
	cookie  []byte
}

func (s *schedule) add(msg []byte) { s.transcript = append(s.transcript, msg...) }

// sum is the Transcript-Hash, with more at its end.
func (s *schedule) sum(hash cipher.Hash, more ...byte) []byte {
	h := hash.New()
	h.Write(s.transcript)
	h.Write(more)
	return h.Sum(nil)
}

// retry is RFC 9846, Section 4.1: the first ClientHello becomes its hash.
func (s *schedule) retry(hash cipher.Hash) {
	s.transcript = handshake.AppendMessageHash(nil, s.sum(hash))
	s.retried = true
}

// hash is that of the suite, or SHA-256 before there is one.
func (s *schedule) hash() cipher.Hash {
	if s.suite == nil {
		return cipher.SHA256
	}
	return s.suite.Hash
}

// own sets the secret that this side speaks under in an epoch.
func (p *Peer) own(epoch handshake.Epoch, secret keyschedule.Secret) {
	p.secret[p.role][epoch] = secret
	p.send[epoch] = newProtection(p.suite, secret)
}

// hear sets under which epoch's keys the engine is heard from now on.
func (p *Peer) hear(epoch handshake.Epoch) {
	p.check(len(p.partial) == 0, "RFC 9846, Section 5.1: handshake messages do not span key changes")
	p.heardAt, p.recv = epoch, nil
	if epoch != handshake.Initial {
		p.recv = newProtection(p.suite, p.secret[1-p.role][epoch])
	}
}

// deriveEarly is for early data, with the transcript at the ClientHello.
func (p *Peer) deriveEarly(psk *PSK) {
	p.suite = psk.Suite
	p.early = keyschedule.NewEarly(p.hash(), psk.Secret)
	th := p.sum(p.hash())
	p.earlyExporter = p.early.Exporter(th)
	p.secret[clientSide][handshake.EarlyData] = p.early.ClientTraffic(th)
	if p.role == clientSide {
		p.own(handshake.EarlyData, p.secret[clientSide][handshake.EarlyData])
		return
	}
	p.hear(handshake.EarlyData)
}

// deriveHandshake is for a ServerHello that was just added.
func (p *Peer) deriveHandshake(suite *cipher.Suite) {
	p.suite = suite
	var psk []byte
	if p.resumed != nil {
		psk = p.resumed.Secret
	}
	p.early = keyschedule.NewEarly(p.hash(), psk)
	p.handshake = p.early.Handshake(p.shared)
	th := p.sum(p.hash())
	p.secret[clientSide][handshake.Handshake] = p.handshake.ClientTraffic(th)
	p.secret[serverSide][handshake.Handshake] = p.handshake.ServerTraffic(th)
	p.own(handshake.Handshake, p.secret[p.role][handshake.Handshake])
}

// deriveApplication is for a server's Finished that was just added.
func (p *Peer) deriveApplication() {
	p.main = p.handshake.Main()
	th := p.sum(p.hash())
	p.exporter = p.main.Exporter(th)
	p.secret[clientSide][handshake.Application] = p.main.ClientTraffic(th)
	p.secret[serverSide][handshake.Application] = p.main.ServerTraffic(th)
	p.own(handshake.Application, p.secret[p.role][handshake.Application])
}

// next is the secret of a side after its KeyUpdate: RFC 9846, Section 7.2.
func (p *Peer) next(s side) keyschedule.Secret {
	return keyschedule.NextTraffic(p.hash(), p.secret[s][handshake.Application])
}

// Export is what an exporter of the peer's gives: RFC 9846, Section 7.5.
func (p *Peer) Export(label string, context []byte, length int) []byte {
	out, err := keyschedule.Export(p.hash(), p.exporter, label, context, length)
	p.ok(err, "exporting")
	return out
}

// ExportEarly is Export for early data.
func (p *Peer) ExportEarly(label string, context []byte, length int) []byte {
	out, err := keyschedule.Export(p.hash(), p.earlyExporter, label, context, length)
	p.ok(err, "exporting")
	return out
}
