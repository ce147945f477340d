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

	tls13    bool  // of suite, where it is at hand
	explicit uint8 // of suite: its ExplicitNonce
}

func newProtection(suite *cipher.Suite, keys keyschedule.Keys, seq uint64) protection {
	p := protection{suite: suite, keys: keys, seq: seq}
	if suite != nil {
		p.tls13, p.explicit = suite.TLS13(), uint8(suite.ExplicitNonce)
	}
	return p
}

// setKeys takes new keys.
//
// "Each sequence number is set to zero at the beginning of a connection and
// whenever the key is changed" RFC 9846, Section 5.3.
func (p *protection) setKeys(suite *cipher.Suite, keys keyschedule.Keys) {
	*p = newProtection(suite, keys, 0)
}

// park lets the AEAD go.
func (p *protection) park() { p.aead = nil }

// forget lets the keys go. What was protected does not become unprotected: it
// becomes impossible.
//
// "Servers and clients MUST forget the secret values and keys established in
// failed connections" RFC 9846, Section 6.
func (p *protection) forget() { *p = newProtection(p.suite, keyschedule.Keys{}, p.seq) }

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
func (p *protection) expansion() int { return int(p.explicit) + cipher.Overhead }

// open opens a record in place: header and body as they came. It returns what
// the AEAD protected, which in TLS 1.3 is a TLSInnerPlaintext, or false.
func (p *protection) open(typ ContentType, record []byte) (content []byte, ok bool) {
	start := HeaderLen + int(p.explicit)
	if len(record) < start+cipher.Overhead {
		return nil, false
	}
	number := p.seq
	if p.explicit > 0 {
		number = binary.BigEndian.Uint64(record[HeaderLen:])
	}
	cipher.PutNonce(&p.nonce, &p.keys.IV, number)
	body := record[start:]
	content, err := p.aead.Open(body[:0], p.nonce[:], body, p.additional(typ, record, len(body)-cipher.Overhead))
	if err != nil {
		return nil, false
	}
	p.seq++
	return content, true
}

// seal puts a record's header before content and protects it in place. record
// has room for the header, and the explicit nonce if there is one, then
// content, then the tag, and that is all of its capacity and of content's.
func (p *protection) seal(typ ContentType, record []byte, content []byte) {
	putHeader(record, typ, len(record)-HeaderLen)
	if p.explicit > 0 {
		// The sequence number serves as the explicit nonce, so that none
		// comes twice. RFC 5288, Section 3.
		binary.BigEndian.PutUint64(record[HeaderLen:], p.seq)
	}
	cipher.PutNonce(&p.nonce, &p.keys.IV, p.seq)
	start := HeaderLen + int(p.explicit)
	p.aead.Seal(record[start:start], p.nonce[:], content, p.additional(typ, record, len(content)))
	p.seq++
}

// putHeader writes the header of a body of n bytes to the front of b.
func putHeader(b []byte, typ ContentType, n int) {
	binary.BigEndian.PutUint32(b, uint32(typ)<<24|uint32(RecordVersion)<<8|uint32(n>>8))
	b[HeaderLen-1] = byte(n)
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
	if p.tls13 {
		return record[:HeaderLen]
	}
	binary.BigEndian.PutUint64(p.aad[:8], p.seq)
	putHeader(p.aad[8:], typ, n)
	return p.aad[:]
}
