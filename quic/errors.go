package quic

import "errors"

// What can be wrong with a call.
var (
	ErrVersion      = errors.New("quic: unknown version")
	ErrSuite        = errors.New("quic: the cipher suite has no header protection")
	ErrSecret       = errors.New("quic: the secret has not the length of the suite's hash")
	ErrConnectionID = errors.New("quic: the connection ID is longer than 20 bytes")
	ErrUnavailable  = errors.New("quic: AES-GCM is not available with this nonce")
)

// What can be wrong with a packet. Either means that it is dropped, and
// neither says why in more detail.
var (
	// ErrShort says that a packet is too short for the sample of its header
	// protection.
	ErrShort = errors.New("quic: packet too short")

	// ErrOpen says that a packet was not sealed with these keys, header and
	// packet number.
	ErrOpen = errors.New("quic: packet does not authenticate")
)
