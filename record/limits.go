package record

// Limits of the record layer. Each has a test that carries its name.
const (
	// HeaderLen is the length in bytes of a record's header: type, version
	// and length.
	HeaderLen = 5

	// MaxPlaintext is the largest fragment in bytes that a record may carry.
	// RFC 9846, Section 5.1.
	MaxPlaintext = 1 << 14

	// MaxCiphertext13 is the largest body in bytes of a protected record of
	// TLS 1.3. RFC 9846, Section 5.2.
	MaxCiphertext13 = MaxPlaintext + 256

	// MaxCiphertext12 is the largest body in bytes of a protected record of
	// TLS 1.2. RFC 5246, Section 6.2.3.
	MaxCiphertext12 = MaxPlaintext + 2048

	// MinFragment is the smallest value that [Writer.SetMaxPlaintext] takes:
	// the smallest record_size_limit of RFC 8449, Section 4.
	MinFragment = 64

	// MaxEmptyRecords is how many records without content (empty application
	// data and change_cipher_spec) may follow one another.
	MaxEmptyRecords = 32

	// DefaultMaxMessage is the largest handshake message in bytes, its header
	// not counted, that an [Assembler] takes unless told otherwise.
	DefaultMaxMessage = 1 << 16

	// DefaultMaxCertificate is the same for messages that carry a certificate
	// chain.
	DefaultMaxCertificate = 1 << 17
)

// What stands in the version field of a record's header. The version of the
// protocol is negotiated elsewhere. RFC 9846, Section 5.1.
const (
	RecordVersion      uint16 = 0x0303 // of every record
	HelloRecordVersion uint16 = 0x0301 // of a first ClientHello, instead
)
