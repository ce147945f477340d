package record

import (
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
	prot    protection
	last    uint64 // the sequence numbers of application data are below it
	shorter uint16 // than MaxPlaintext the largest content is
	padTo   uint16 // 0: no padding
	version uint16 // 0: RecordVersion
}

// SetKeys protects what follows by keys of suite, whose version is that of the
// records. The sequence number starts at 0. A nil suite takes the protection
// away, as a HelloRetryRequest does from early data.
func (w *Writer) SetKeys(suite *cipher.Suite, keys keyschedule.Keys) {
	w.prot.setKeys(suite, keys)
	w.last = w.Remaining()
}

// SetMaxPlaintext sets the largest content of a record in bytes, from
// [MinFragment] to [MaxPlaintext]; what is outside is moved to the next of the
// two. With record_size_limit (RFC 8449, Section 4) it is the peer's limit, in
// TLS 1.3 less one for the content type.
func (w *Writer) SetMaxPlaintext(n int) {
	w.shorter = uint16(MaxPlaintext - min(max(n, MinFragment), MaxPlaintext))
}

// SetPadding makes the content of protected records of TLS 1.3, with its type,
// a multiple of n bytes, as far as the largest record allows. Zero and one are
// no padding. RFC 9846, Section 5.4.
func (w *Writer) SetPadding(n int) { w.padTo = uint16(min(max(n, 0), MaxPlaintext+1)) }

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

// left is how many records of any type may still be sent. Without a limit it
// is what the sequence number allows.
//
// "If a TLS implementation would need to wrap a sequence number, it MUST
// either rekey or terminate the connection." RFC 9846, Section 5.3.
func (w *Writer) left() uint64 {
	if w.prot.suite == nil {
		return 0
	}
	last := w.prot.suite.ConfidentialityLimit - 1 // the last number of all if it is 0
	return last - min(last, w.prot.seq)
}

// Append appends data to dst as records of that type, in as many as it takes.
// It allocates only if dst has not the room, and then once. data must not
// overlap the free part of dst. Of no data it makes no record.
//
// change_cipher_spec is never protected in TLS 1.3.
func (w *Writer) Append(dst []byte, typ ContentType, data []byte) ([]byte, error) {
	if typ == ApplicationData && w.Takes(len(data)) {
		n := w.recordLen(len(data))
		return w.append(slices.Grow(dst, n), typ, data, n), nil
	}
	return w.appendAny(dst, typ, data)
}

// Takes reports whether n bytes of application data may go as one record under
// the current keys, as almost all do. If not, [Writer.Append] sees what is to
// be done.
func (w *Writer) Takes(n int) bool {
	return w.prot.aead != nil && uint(n-1) < uint(w.fragment()) && w.prot.seq < w.last
}

// Fits reports whether n bytes of application data may go under the current
// keys.
func (w *Writer) Fits(n int) bool { return uint64(w.records(n)) <= w.Remaining() }

func (w *Writer) appendAny(dst []byte, typ ContentType, data []byte) ([]byte, error) {
	if len(data) == 0 {
		return dst, nil
	}
	if typ == Alert && len(data) != 2 {
		return dst, alert.Internal.Errorf("alert of %d bytes", len(data))
	}
	if w.prot.suite == nil || typ == ChangeCipherSpec && w.prot.tls13 {
		return w.appendUnprotected(dst, typ, data)
	}
	if err := w.allow(typ, len(data)); err != nil {
		return dst, err
	}
	if fragment := w.fragment(); len(data) > fragment {
		dst = slices.Grow(dst, w.total(len(data)))
		full := w.recordLen(fragment)
		for ; len(data) > fragment; data = data[fragment:] {
			dst = w.append(dst, typ, data[:fragment], full)
		}
	}
	n := w.recordLen(len(data))
	return w.append(slices.Grow(dst, n), typ, data, n), nil
}

// AppendEmpty appends one record of application data without content, for
// traffic that covers what there is. Keys must be set.
//
// "Zero-length fragments of Application Data […] MAY be sent, as they are
// potentially useful as a traffic analysis countermeasure." RFC 9846,
// Section 5.1.
func (w *Writer) AppendEmpty(dst []byte) ([]byte, error) {
	if w.prot.suite == nil {
		return dst, errUnprotected()
	}
	if err := w.allow(ApplicationData, 0); err != nil {
		return dst, err
	}
	n := w.recordLen(0)
	return w.append(slices.Grow(dst, n), ApplicationData, nil, n), nil
}

// Overhead is how many bytes longer than itself n bytes become now, n not
// negative: what dst of [Writer.Append] wants of room besides.
func (w *Writer) Overhead(n int) int {
	switch {
	case n == 0:
		return 0
	case w.prot.suite == nil:
		return HeaderLen * w.records(n)
	}
	return w.total(n) - n
}

func (w *Writer) appendUnprotected(dst []byte, typ ContentType, data []byte) ([]byte, error) {
	if typ == ApplicationData {
		return dst, errUnprotected()
	}
	version := w.version
	if version == 0 {
		version = RecordVersion
	}
	dst = slices.Grow(dst, len(data)+HeaderLen*w.records(len(data)))
	for len(data) > 0 {
		n := min(len(data), w.fragment())
		dst = Header{typ, version, n}.Append(dst)
		dst = append(dst, data[:n]...)
		data = data[n:]
	}
	return dst, nil
}

// "Application Data records MUST NOT be written to the wire unprotected"
// RFC 9846, Section 5.1.
func errUnprotected() error {
	return alert.Internal.Errorf("application data before there are keys")
}

// allow refuses n bytes of a type before any of them is sealed.
func (w *Writer) allow(typ ContentType, n int) error {
	left := w.left()
	if typ == ApplicationData {
		left = w.Remaining()
	}
	if records := w.records(n); uint64(records) > left {
		return alert.KeyLimitReached.Errorf("%d more records would be too many under one key", records)
	}
	return w.prot.ready()
}

func (w *Writer) fragment() int { return MaxPlaintext - int(w.shorter) }

// records is how many records n bytes of content become, at least one.
func (w *Writer) records(n int) int {
	if n <= w.fragment() {
		return 1
	}
	return (n + w.fragment() - 1) / w.fragment()
}

// total is the length of the protected records that n bytes of content become.
func (w *Writer) total(n int) (total int) {
	for ; n > w.fragment(); n -= w.fragment() {
		total += w.recordLen(w.fragment())
	}
	return total + w.recordLen(n)
}

// recordLen is the length of the protected record that n bytes of content
// become.
func (w *Writer) recordLen(n int) int {
	return HeaderLen + w.prot.expansion() + w.innerLen(n)
}

// innerLen is the length of what the AEAD protects for n bytes of content: in
// TLS 1.3 with their type, and padded.
//
// "If the maximum fragment length is reduced […] then the reduced limit applies
// to the full plaintext, including the content type and padding." RFC 9846,
// Section 5.4.
func (w *Writer) innerLen(n int) int {
	if !w.prot.tls13 {
		return n
	}
	n++
	if padTo := int(w.padTo); padTo > 1 {
		n = min((n+padTo-1)/padTo*padTo, w.fragment()+1)
	}
	return n
}

// append appends one protected record of size bytes, for which dst has room.
// content is sealed where it is copied to.
func (w *Writer) append(dst []byte, typ ContentType, content []byte, size int) []byte {
	end := len(dst) + size
	record := dst[len(dst):end:end]
	inner := record[HeaderLen+int(w.prot.explicit) : size-cipher.Overhead]
	if n := copy(inner, content); n < len(inner) {
		inner[n] = byte(typ)
		// "Implementations MUST set the padding octets to all zeros before
		// encrypting." RFC 9846, Section 5.4.
		if n+1 < len(inner) {
			clear(inner[n+1:])
		}
		// "The outer opaque_type field of a TLSCiphertext record is always set
		// to the value 23 (application_data)" RFC 9846, Section 5.2.
		typ = ApplicationData
	}
	w.prot.seal(typ, record, inner)
	return dst[:end]
}
