package record

import (
	"encoding/binary"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// protection is what protects the records of one direction: keys and a
// sequence number, and an AEAD built from them. The zero protection is none.
type protection struct {
	suite *cipher.Suite // nil: records are not protected
	keys  keyschedule.Keys
	seq   uint64 // of the next record

	aead  cipher.AEAD            // a cache: nil until it is needed
	nonce [cipher.NonceSize]byte // scratch, here lest it be allocated per record
	aad   [additionalLen12]byte  // scratch
}

// setKeys takes new keys.
//
// "Each sequence number is set to zero at the beginning of a connection and
// whenever the key is changed" RFC 9846, Section 5.3.
func (p *protection) setKeys(suite *cipher.Suite, keys keyschedule.Keys) {
	*p = protection{suite: suite, keys: keys}
}

// park lets the AEAD go.
func (p *protection) park() { p.aead = nil }

// forget lets the keys go. What was protected does not become unprotected: it
// becomes impossible.
//
// "Servers and clients MUST forget the secret values and keys established in
// failed connections" RFC 9846, Section 6.
func (p *protection) forget() { *p = protection{suite: p.suite, seq: p.seq} }

// is13 reports whether records are protected as in TLS 1.3.
func (p *protection) is13() bool { return p.suite != nil && p.suite.TLS13() }

// ready makes sure that there is an AEAD.
func (p *protection) ready() error {
	if p.aead != nil {
		return nil
	}
	return p.build()
}

func (p *protection) build() error {
	aead, err := p.suite.New(p.keys.Key[:p.keys.KeyLen])
	if err != nil {
		return alert.Internal.Wrap(err, "record protection")
	}
	if aead.NonceSize() != cipher.NonceSize || aead.Overhead() != cipher.Overhead {
		return alert.Internal.Errorf("AEAD of %v has a nonce of %d and a tag of %d bytes", p.suite, aead.NonceSize(), aead.Overhead())
	}
	p.aead = aead
	return nil
}

// expansion is how many bytes longer a protected body is than what goes into
// the AEAD.
func (p *protection) expansion() int { return p.suite.ExplicitNonce + cipher.Overhead }

// open opens a record in place: header and body as they came. It returns what
// the AEAD protected, which in TLS 1.3 is a TLSInnerPlaintext, or false.
func (p *protection) open(typ ContentType, record []byte) (content []byte, ok bool) {
	start := HeaderLen + p.suite.ExplicitNonce
	if len(record) < start+cipher.Overhead {
		return nil, false
	}
	number := p.seq
	if p.suite.ExplicitNonce > 0 {
		number = binary.BigEndian.Uint64(record[HeaderLen:])
	}
	cipher.PutNonce(&p.nonce, &p.keys.IV, number)
	aad := p.additional(typ, record, len(record)-start-cipher.Overhead)
	content, err := p.aead.Open(record[start:start], p.nonce[:], record[start:], aad)
	if err != nil {
		return nil, false
	}
	p.seq++
	return content[:len(content):len(content)], true
}

// seal puts a record's header before content and protects it in place. record
// has room for the header, and the explicit nonce if there is one, then
// content, then the tag, and that is all of its capacity.
func (p *protection) seal(typ ContentType, record []byte, content []byte) {
	start := HeaderLen + p.suite.ExplicitNonce
	Header{typ, RecordVersion, len(record) - HeaderLen}.Append(record[:0])
	if p.suite.ExplicitNonce > 0 {
		// The sequence number serves as the explicit nonce, so that none
		// comes twice. RFC 5288, Section 3.
		binary.BigEndian.PutUint64(record[HeaderLen:], p.seq)
	}
	cipher.PutNonce(&p.nonce, &p.keys.IV, p.seq)
	p.aead.Seal(record[start:start], p.nonce[:], content, p.additional(typ, record, len(content)))
	p.seq++
}

// additionalLen12 is the length of the additional data in TLS 1.2.
const additionalLen12 = 8 + HeaderLen

// additional is the additional data of a record with a content of n bytes. In
// TLS 1.3 it is the header as it is on the wire:
//
//	additional_data = TLSCiphertext.opaque_type ||
//	                  TLSCiphertext.legacy_record_version ||
//	                  TLSCiphertext.length
//
// RFC 9846, Section 5.2. In TLS 1.2 the header is that of the plaintext, and
// the sequence number stands before it:
//
//	additional_data = seq_num + TLSCompressed.type +
//	                  TLSCompressed.version + TLSCompressed.length
//
// RFC 5246, Section 6.2.3.3.
func (p *protection) additional(typ ContentType, record []byte, n int) []byte {
	if p.suite.TLS13() {
		return record[:HeaderLen]
	}
	binary.BigEndian.PutUint64(p.aad[:8], p.seq)
	Header{typ, RecordVersion, n}.Append(p.aad[:8])
	return p.aad[:]
}
