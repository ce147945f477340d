package record

import (
	"encoding/binary"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// takeInner reads a TLSInnerPlaintext.
func takeInner(outer ContentType, inner []byte) (Record, error) {
	if outer != ApplicationData {
		return Record{}, alert.WrongOuterType.Errorf("peer sent a protected record with type %v outside", outer)
	}
	// "The presence of padding does not change the overall record size
	// limitations: the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1
	// octets." RFC 9846, Section 5.4.
	if len(inner) > MaxPlaintext+1 {
		return Record{}, tooLong(len(inner), MaxPlaintext+1)
	}
	// "If a receiving implementation does not find a non-zero octet in the
	// cleartext, it MUST terminate the connection with an "unexpected_message"
	// alert." RFC 9846, Section 5.4.
	n := trimPadding(inner)
	if n == 0 {
		return Record{}, alert.NoContentType.Errorf("peer sent a record that is all padding")
	}
	typ, content := ContentType(inner[n-1]), inner[:n-1:n-1]
	switch typ {
	case ApplicationData, Handshake, Alert:
		return Record{typ, true, content}, nil
	case ChangeCipherSpec:
		// "An implementation which receives […] a protected change_cipher_spec
		// record MUST abort the handshake with an "unexpected_message" alert."
		// RFC 9846, Section 5.
		return Record{}, alert.BadChangeCipherSpec.Errorf("peer sent a protected change_cipher_spec")
	}
	return Record{}, alert.UnknownRecordType.Errorf("peer sent a protected record of type %d", typ)
}

// trimPadding returns the length of inner without the zeros at its end.
//
// "the receiving implementation scans the field from the end toward the
// beginning until it finds a non-zero octet." RFC 9846, Section 5.4.
func trimPadding(inner []byte) int {
	n := len(inner)
	for n >= 8 && binary.LittleEndian.Uint64(inner[n-8:]) == 0 {
		n -= 8
	}
	for n > 0 && inner[n-1] == 0 {
		n--
	}
	return n
}

func tooLong(n, limit int) error {
	return alert.PlaintextTooLong.Errorf("peer sent a plaintext of %d bytes, more than %d", n, limit)
}
