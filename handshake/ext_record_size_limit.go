package handshake

import "github.com/tlsengine/tlsengine/internal/alert"

// MinRecordSizeLimit is the smallest record_size_limit, in bytes.
const MinRecordSizeLimit = 64

// ParseRecordSizeLimit parses the record_size_limit extension: the largest
// plaintext, in bytes, that the sender takes in one record; in TLS 1.3 the
// content type and the padding count.
//
//	uint16 RecordSizeLimit;
//
// RFC 8449, Section 4.
func ParseRecordSizeLimit(data []byte) (uint16, error) {
	limit, err := parseUint16(ExtRecordSizeLimit, data)
	if err != nil {
		return 0, err
	}
	// "An endpoint MUST treat receipt of a smaller value as a fatal error and
	// generate an "illegal_parameter" alert." RFC 8449, Section 4.
	if limit < MinRecordSizeLimit {
		return 0, alert.BadRecordSizeLimit.Errorf("record_size_limit is %d, and must be at least %d", limit, MinRecordSizeLimit)
	}
	return limit, nil
}

// AppendRecordSizeLimit appends the record_size_limit extension.
func AppendRecordSizeLimit(x Extensions, limit uint16) Extensions {
	return appendUint16(x, ExtRecordSizeLimit, limit)
}
