package testpeer

import (
	"encoding/binary"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// protection is one direction's keys in one epoch, written apart from package
// record so that the two check each other. A nil protection is none.
type protection struct {
	suite *cipher.Suite
	keys  keyschedule.Keys
	seq   uint64
}

func newProtection(suite *cipher.Suite, secret keyschedule.Secret) *protection {
	return &protection{suite: suite, keys: keyschedule.TrafficKeys(suite, secret)}
}

func (p *protection) aead() cipher.AEAD {
	aead, err := p.suite.New(p.keys.Key[:p.keys.KeyLen])
	if err != nil {
		panic(err)
	}
	return aead
}

func plainRecord(typ record.ContentType, version uint16, content []byte) []byte {
	return append(record.Header{Type: typ, Version: version, Length: len(content)}.Append(nil), content...)
}

// seal protects content as a record of that type. In TLS 1.3 outer and zeros
// are what the record says it is outside and how far it is padded.
func (p *protection) seal(typ, outer record.ContentType, content []byte, zeros int) []byte {
	if p.suite.TLS13() {
		inner := append(append([]byte(nil), content...), byte(typ))
		return p.sealInner(outer, append(inner, make([]byte, zeros)...))
	}
	explicit := make([]byte, p.suite.ExplicitNonce)
	if len(explicit) > 0 {
		binary.BigEndian.PutUint64(explicit, p.seq)
	}
	body := append(explicit, p.seal12(typ, content)...)
	return plainRecord(typ, record.RecordVersion, body)
}

// sealInner protects a TLSInnerPlaintext of any form: RFC 9846, Section 5.2.
func (p *protection) sealInner(outer record.ContentType, inner []byte) []byte {
	head := record.Header{Type: outer, Version: record.RecordVersion, Length: len(inner) + cipher.Overhead}.Append(nil)
	nonce := cipher.Nonce(p.keys.IV, p.seq)
	p.seq++
	return append(head, p.aead().Seal(nil, nonce[:], inner, head)...)
}

// seal12 is RFC 5246, Section 6.2.3.3.
func (p *protection) seal12(typ record.ContentType, content []byte) []byte {
	nonce := cipher.Nonce(p.keys.IV, p.seq)
	aad := p.aad12(typ, len(content))
	p.seq++
	return p.aead().Seal(nil, nonce[:], content, aad)
}

func (p *protection) aad12(typ record.ContentType, n int) []byte {
	aad := binary.BigEndian.AppendUint64(nil, p.seq)
	return record.Header{Type: typ, Version: record.RecordVersion, Length: n}.Append(aad)
}

// open opens a record and returns its inner type and content.
func (p *protection) open(rec []byte) (typ record.ContentType, content []byte, ok bool) {
	h, _ := record.ParseHeader(rec)
	body := rec[record.HeaderLen:]
	if len(body) < p.suite.ExplicitNonce+cipher.Overhead {
		return 0, nil, false
	}
	number, aad := p.seq, rec[:record.HeaderLen]
	if !p.suite.TLS13() {
		aad = p.aad12(h.Type, len(body)-p.suite.ExplicitNonce-cipher.Overhead)
	}
	if p.suite.ExplicitNonce > 0 {
		number = binary.BigEndian.Uint64(body)
		body = body[p.suite.ExplicitNonce:]
	}
	nonce := cipher.Nonce(p.keys.IV, number)
	content, err := p.aead().Open(nil, nonce[:], body, aad)
	if err != nil {
		return 0, nil, false
	}
	p.seq++
	if !p.suite.TLS13() {
		return h.Type, content, true
	}
	end := len(content)
	for end > 0 && content[end-1] == 0 {
		end--
	}
	if end == 0 {
		return 0, nil, false
	}
	return record.ContentType(content[end-1]), content[:end-1], true
}
