package record

import (
	"math"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// reservedRecords is how many records under a key are kept back from
// application data, for the KeyUpdate that ends it and an alert.
const reservedRecords = 2

// Writer is the sending half of a record layer. The zero Writer sends
// unprotected records of version [RecordVersion].
//
// Errors are of this side, not the peer's: their alert is internal_error, and
// nothing was appended.
type Writer struct {
	prot        protection
	maxFragment int    // 0: MaxPlaintext
	padTo       int    // 0: no padding
	version     uint16 // 0: RecordVersion
}

// SetKeys protects what follows by keys of suite, whose version is that of the
// records. The sequence number starts at 0.
func (w *Writer) SetKeys(suite *cipher.Suite, keys keyschedule.Keys) {
	w.prot.setKeys(suite, keys)
}

// SetMaxPlaintext sets the largest content of a record in bytes, from
// [MinFragment] to [MaxPlaintext]; what is outside is moved to the next of the
// two. With record_size_limit (RFC 8449, Section 4) it is the peer's limit, in
// TLS 1.3 less one for the content type.
func (w *Writer) SetMaxPlaintext(n int) { w.maxFragment = min(max(n, MinFragment), MaxPlaintext) }

// SetPadding makes the content of protected records of TLS 1.3, with its type,
// a multiple of n bytes, as far as the largest record allows. Zero and one are
// no padding. RFC 9846, Section 5.4.
func (w *Writer) SetPadding(n int) { w.padTo = min(max(n, 0), MaxPlaintext+1) }

// SetVersion sets the version in the header of unprotected records.
//
// "a record containing an initial ClientHello SHOULD have version 0x0301 […]
// and a record containing a second ClientHello or a ServerHello MUST have
// version 0x0303" RFC 9846, Section 5.1.
func (w *Writer) SetVersion(v uint16) { w.version = v }

// Sequence is the sequence number of the next record under the current keys.
func (w *Writer) Sequence() uint64 { return w.prot.seq }

// Remaining is how many records of application data may still be sent under
// the current keys; at 0 a KeyUpdate is due, for which there is room. Without
// keys it is 0.
//
// "Implementations MUST either close the connection or do a key update […]
// prior to reaching these limits." RFC 9846, Section 5.5.
func (w *Writer) Remaining() uint64 {
	left := w.left()
	return left - min(left, reservedRecords)
}

// left is how many records of any type may still be sent.
func (w *Writer) left() uint64 {
	if w.prot.suite == nil {
		return 0
	}
	limit := w.prot.suite.ConfidentialityLimit
	if limit == 0 {
		limit = math.MaxUint64
	}
	return limit - min(limit, w.prot.seq)
}

// Append appends data to dst as records of that type, in as many as it takes.
// It allocates only if dst has not the room, and then once. data must not
// overlap the free part of dst. Of no data it makes no record.
//
// change_cipher_spec is never protected in TLS 1.3.
func (w *Writer) Append(dst []byte, typ ContentType, data []byte) ([]byte, error) {
	if len(data) == 0 {
		return dst, nil
	}
	if err := w.allow(typ, len(data)); err != nil {
		return dst, err
	}
	dst = slices.Grow(dst, len(data)+w.overhead(typ, len(data)))
	for len(data) > 0 {
		n := min(len(data), w.fragment())
		dst = w.append(dst, typ, data[:n])
		data = data[n:]
	}
	return dst, nil
}

// AppendEmpty appends one record of application data without content, for
// traffic that covers what there is. Keys must be set.
//
// "Zero-length fragments of Application Data […] MAY be sent, as they are
// potentially useful as a traffic analysis countermeasure." RFC 9846,
// Section 5.1.
func (w *Writer) AppendEmpty(dst []byte) ([]byte, error) {
	if err := w.allow(ApplicationData, 0); err != nil {
		return dst, err
	}
	return w.append(slices.Grow(dst, w.size(ApplicationData, 0)), ApplicationData, nil), nil
}

// Overhead is how many bytes longer than itself n bytes of application data
// become.
func (w *Writer) Overhead(n int) int { return w.overhead(ApplicationData, n) }

func (w *Writer) overhead(typ ContentType, n int) int {
	full, rest := n/w.fragment(), n%w.fragment()
	total := full * w.size(typ, w.fragment())
	if rest > 0 {
		total += w.size(typ, rest)
	}
	return total - n
}

// allow refuses what must not be sent, before anything of it is.
func (w *Writer) allow(typ ContentType, n int) error {
	if typ == Alert && n != 2 {
		return alert.Internal.Errorf("alert of %d bytes", n)
	}
	if !w.sealed(typ) {
		// "Application Data records MUST NOT be written to the wire
		// unprotected" RFC 9846, Section 5.1.
		if typ == ApplicationData {
			return alert.Internal.Errorf("application data before there are keys")
		}
		return nil
	}
	left := w.left()
	if typ == ApplicationData {
		left = w.Remaining()
	}
	if records := max(1, (n+w.fragment()-1)/w.fragment()); uint64(records) > left {
		return alert.KeyLimitReached.Errorf("%d more records would be too many under one key", records)
	}
	return w.prot.ready()
}

// sealed reports whether records of that type are protected.
func (w *Writer) sealed(typ ContentType) bool {
	return w.prot.suite != nil && !(typ == ChangeCipherSpec && w.prot.is13())
}

func (w *Writer) fragment() int { return orDefault(w.maxFragment, MaxPlaintext) }

// size is the length of the record that n bytes of content become.
func (w *Writer) size(typ ContentType, n int) int {
	switch {
	case !w.sealed(typ):
		return HeaderLen + n
	case w.prot.is13():
		n = w.innerLen(n)
	}
	return HeaderLen + w.prot.expansion() + n
}

// innerLen is the length of the TLSInnerPlaintext that n bytes of content
// become: with their type, and padded.
//
// "If the maximum fragment length is reduced […] then the reduced limit applies
// to the full plaintext, including the content type and padding." RFC 9846,
// Section 5.4.
func (w *Writer) innerLen(n int) int {
	n++
	if w.padTo > 1 {
		n = min((n+w.padTo-1)/w.padTo*w.padTo, w.fragment()+1)
	}
	return n
}

// append appends one record. dst has room for it.
func (w *Writer) append(dst []byte, typ ContentType, content []byte) []byte {
	start := len(dst)
	dst = dst[:start+w.size(typ, len(content))]
	record := dst[start:len(dst):len(dst)]
	h := Header{typ, RecordVersion, len(record) - HeaderLen}
	if !w.sealed(typ) {
		if w.version != 0 {
			h.Version = w.version
		}
		h.Append(record[:0])
		copy(record[HeaderLen:], content)
		return dst
	}
	inner := record[HeaderLen+w.prot.suite.ExplicitNonce : len(record)-cipher.Overhead]
	n := copy(inner, content)
	if w.prot.is13() {
		// "The outer opaque_type field of a TLSCiphertext record is always set
		// to the value 23 (application_data)" RFC 9846, Section 5.2.
		h.Type = ApplicationData
		inner[n] = byte(typ)
		// "Implementations MUST set the padding octets to all zeros before
		// encrypting." RFC 9846, Section 5.4.
		clear(inner[n+1:])
	}
	w.prot.seal(h, record, inner)
	return dst
}
