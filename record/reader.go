package record

import (
	"math"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// Record is the content of one record.
type Record struct {
	// Type is the type of the content: in a protected record of TLS 1.3 the
	// inner one. Invalid stands for a record that was dropped as rejected
	// early data.
	Type ContentType

	// Protected says that the record was protected by the keys of the Reader.
	// With TLS 1.3 keys set, change_cipher_spec and alerts also arrive
	// unprotected, from anybody on the path: whether that is in place, the
	// caller decides.
	Protected bool

	// Data aliases the input of [Reader.Next] and is the caller's from then on.
	Data []byte
}

// Reader is the receiving half of a record layer. The zero Reader takes
// unprotected records.
//
// Errors are refusals of what the peer sent, with the alert it gets. After one
// the Reader must not be used; it does not remember.
type Reader struct {
	prot  protection
	empty int32 // records without content in a row
	skip  int32 // 1 + how much more rejected early data may be dropped; 0: none
}

// SetKeys expects what follows to be protected by keys of suite, whose version
// is that of the records. The sequence number starts at 0. A nil suite takes
// the protection away. The caller has made sure that handshake messages are
// aligned ([Assembler.Aligned]).
func (r *Reader) SetKeys(suite *cipher.Suite, keys keyschedule.Keys) {
	r.prot.setKeys(suite, keys)
}

// SkipEarlyData makes a server that rejected early data drop it: under the
// handshake keys the records that these do not open, or after a
// HelloRetryRequest, while no keys are set, all application data. It ends with
// the first record that opens, or the first handshake record. The limit counts
// bytes of content; a client that stays within max_early_data_size is never
// refused for how it cuts its data.
//
// "The server then skips past early data by attempting to deprotect received
// records using the handshake traffic key, discarding records which fail
// deprotection (up to the configured max_early_data_size)." RFC 9846, Section
// 4.3.10.
func (r *Reader) SkipEarlyData(limit int) { r.skip = 1 + int32(min(max(0, limit), math.MaxInt32-1)) }

// Need is how many bytes in lacks of a record: of its header, and when that is
// there, of its body. It is 0 when [Reader.Next] can decide.
func (r *Reader) Need(in []byte) int {
	h, ok := ParseHeader(in)
	if !ok {
		return HeaderLen - len(in)
	}
	if r.admit(h, in) != nil {
		return 0
	}
	return max(0, HeaderLen+h.Length-len(in))
}

// Next takes at most one record off the front of in and opens it in place.
// n is how many bytes it took; 0, without an error, says that the record is
// incomplete: nothing was changed, and the same bytes are to be given again
// with more behind them.
func (r *Reader) Next(in []byte) (n int, rec Record, err error) {
	h, ok := ParseHeader(in)
	if !ok {
		return 0, Record{}, nil
	}
	if !r.ordinary(h) {
		if err := r.admit(h, in); err != nil {
			return 0, Record{}, err
		}
	}
	n = HeaderLen + h.Length
	if len(in) < n {
		return 0, Record{}, nil
	}
	if r.sealed(h.Type) {
		rec, err = r.takeProtected(h.Type, in[:n:n])
	} else {
		rec, err = r.takeUnprotected(h.Type, in[:n:n])
	}
	if err == nil && !r.counts(rec) {
		err = r.countEmpty(rec)
	}
	if err != nil {
		return 0, Record{}, err
	}
	return n, rec, nil
}

// ordinary reports whether h is what almost every header is. admit would say
// the same, more slowly.
func (r *Reader) ordinary(h Header) bool {
	return h.Type == ApplicationData && h.Version == RecordVersion && h.Length <= MaxCiphertext13 && r.prot.suite != nil
}

// takeProtected returns the content of a protected record that is complete.
func (r *Reader) takeProtected(typ ContentType, record []byte) (Record, error) {
	if err := r.prot.ready(); err != nil {
		return Record{}, err
	}
	if r.prot.seq == math.MaxUint64 {
		return Record{}, alert.KeyLimitReached.Errorf("sequence number would wrap")
	}
	content, ok := r.prot.open(typ, record)
	if !ok {
		if r.skip > 0 && typ == ApplicationData {
			return r.drop(record)
		}
		// "If the decryption fails, the receiver MUST terminate the connection
		// with a "bad_record_mac" alert." RFC 9846, Section 5.2.
		return Record{}, alert.DecryptionFailed.Errorf("record does not decrypt")
	}
	r.skip = 0
	if r.prot.tls13 {
		if n := len(content) - 1; 0 <= n && n <= MaxPlaintext && content[n] == byte(ApplicationData) && typ == ApplicationData {
			return Record{ApplicationData, true, content[:n:n]}, nil // almost all
		}
		return takeInner(typ, content)
	}
	if len(content) > MaxPlaintext {
		return Record{}, tooLong(len(content), MaxPlaintext)
	}
	return Record{typ, true, content[:len(content):len(content)]}, nil
}

// takeUnprotected returns the content of an unprotected record that is
// complete.
func (r *Reader) takeUnprotected(typ ContentType, record []byte) (Record, error) {
	switch typ {
	case ApplicationData:
		return r.drop(record)
	case Handshake:
		r.skip = 0
	}
	return Record{typ, false, record[HeaderLen:]}, nil
}

// drop accounts for a record of rejected early data. A record counts as the
// content it can hold without padding, and at least as one byte.
func (r *Reader) drop(record []byte) (Record, error) {
	r.skip -= int32(max(1, len(record)-HeaderLen-cipher.Overhead-1))
	if r.skip < 1 {
		return Record{}, alert.TooMuchSkippedEarlyData.Errorf("client sent more early data than the server will skip")
	}
	return Record{}, nil
}

// counts reports whether the record has what ends a row of empty ones: data,
// or a piece of a handshake message.
func (r *Reader) counts(rec Record) bool {
	if len(rec.Data) == 0 || rec.Type < Handshake {
		return false
	}
	r.empty = 0
	return true
}

// countEmpty refuses empty records that must not be, and too many of those
// that may.
func (r *Reader) countEmpty(rec Record) error {
	switch {
	case rec.Type == Invalid, rec.Type == Alert && len(rec.Data) > 0:
		return nil
	// "Implementations MUST NOT send Handshake and Alert records that have a
	// zero-length TLSInnerPlaintext.content; if such a message is received, the
	// receiving implementation MUST terminate the connection with an
	// "unexpected_message" alert." RFC 9846, Section 5.4.
	case rec.Type == Handshake:
		return alert.EmptyHandshakeRecord.Errorf("peer sent an empty handshake record")
	case rec.Type == Alert:
		return alert.EmptyAlertRecord.Errorf("peer sent an empty alert record")
	}
	if r.empty++; r.empty > MaxEmptyRecords {
		return alert.TooManyEmptyRecords.Errorf("peer sent more than %d records without content in a row", MaxEmptyRecords)
	}
	return nil
}
