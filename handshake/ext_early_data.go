package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ParseEarlyDataNST parses the early_data extension of a NewSessionTicket: how
// many bytes of early data the ticket allows. (In a ClientHello and in
// EncryptedExtensions it is empty: [ParseEmpty].)
//
//	struct {} Empty;
//
//	struct {
//	    select (Handshake.msg_type) {
//	        case new_session_ticket:   uint32 max_early_data_size;
//	        case client_hello:         Empty;
//	        case encrypted_extensions: Empty;
//	    };
//	} EarlyDataIndication;
//
// RFC 9846, Section 4.3.10.
func ParseEarlyDataNST(data []byte) (uint32, error) {
	r := wire.NewReader(data)
	size := r.Uint32()
	if !r.Done() {
		return 0, ExtEarlyData.malformed()
	}
	return size, nil
}

// AppendEarlyDataNST appends the early_data extension of a NewSessionTicket.
func AppendEarlyDataNST(x Extensions, maxEarlyDataSize uint32) Extensions {
	w := newExtension(x, ExtEarlyData, 4)
	w.Vector16(func() { w.Uint32(maxEarlyDataSize) })
	return w.Result()
}
