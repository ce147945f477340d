package handshake

import (
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// KeyUpdateRequest says whether the receiver of a KeyUpdate is to answer with
// one.
//
//	enum {
//	    update_not_requested(0), update_requested(1), (255)
//	} KeyUpdateRequest;
type KeyUpdateRequest uint8

// The two requests.
const (
	UpdateNotRequested KeyUpdateRequest = 0
	UpdateRequested    KeyUpdateRequest = 1
)

// KeyUpdate says that the sender goes on under its next keys: RFC 9846,
// Section 4.7.3.
//
//	struct {
//	    KeyUpdateRequest request_update;
//	} KeyUpdate;
type KeyUpdate struct {
	RequestUpdate KeyUpdateRequest
}

// ParseKeyUpdate parses the body of a KeyUpdate.
func ParseKeyUpdate(body []byte) (KeyUpdate, error) {
	r := wire.NewReader(body)
	request := KeyUpdateRequest(r.Uint8())
	if !r.Done() {
		return KeyUpdate{}, MsgKeyUpdate.malformed()
	}
	// "If an implementation receives any other value, it MUST terminate the
	// connection with an "illegal_parameter" alert." RFC 9846, Section 4.7.3.
	if request > UpdateRequested {
		return KeyUpdate{}, alert.BadKeyUpdate.Errorf("request_update in KeyUpdate is %d, neither 0 nor 1", request)
	}
	return KeyUpdate{RequestUpdate: request}, nil
}

// Append appends the message, header included.
func (m *KeyUpdate) Append(dst []byte) []byte {
	return append(dst, byte(MsgKeyUpdate), 0, 0, 1, byte(m.RequestUpdate))
}
