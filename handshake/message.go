package handshake

import (
	"slices"
	"strconv"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// MessageType is a HandshakeType of RFC 9846, Section 4.
type MessageType uint8

// The message types, in the order of RFC 9846, Appendix B.3. Those which it
// calls RESERVED are TLS 1.2's, from RFC 5246, Section 7.4, and RFC 6066.
const (
	MsgHelloRequest          MessageType = 0
	MsgClientHello           MessageType = 1
	MsgServerHello           MessageType = 2 // HelloRetryRequest too
	MsgNewSessionTicket      MessageType = 4
	MsgEndOfEarlyData        MessageType = 5
	MsgEncryptedExtensions   MessageType = 8
	MsgCertificate           MessageType = 11
	MsgServerKeyExchange     MessageType = 12
	MsgCertificateRequest    MessageType = 13
	MsgServerHelloDone       MessageType = 14
	MsgCertificateVerify     MessageType = 15
	MsgClientKeyExchange     MessageType = 16
	MsgFinished              MessageType = 20
	MsgCertificateStatus     MessageType = 22
	MsgKeyUpdate             MessageType = 24
	MsgCompressedCertificate MessageType = 25
	MsgMessageHash           MessageType = 254
)

var messageNames = map[MessageType]string{
	MsgHelloRequest:          "HelloRequest",
	MsgClientHello:           "ClientHello",
	MsgServerHello:           "ServerHello",
	MsgNewSessionTicket:      "NewSessionTicket",
	MsgEndOfEarlyData:        "EndOfEarlyData",
	MsgEncryptedExtensions:   "EncryptedExtensions",
	MsgCertificate:           "Certificate",
	MsgServerKeyExchange:     "ServerKeyExchange",
	MsgCertificateRequest:    "CertificateRequest",
	MsgServerHelloDone:       "ServerHelloDone",
	MsgCertificateVerify:     "CertificateVerify",
	MsgClientKeyExchange:     "ClientKeyExchange",
	MsgFinished:              "Finished",
	MsgCertificateStatus:     "CertificateStatus",
	MsgKeyUpdate:             "KeyUpdate",
	MsgCompressedCertificate: "CompressedCertificate",
	MsgMessageHash:           "message_hash",
}

// String is the RFC's name of the message, or the number of an unknown one.
func (t MessageType) String() string {
	if s, ok := messageNames[t]; ok {
		return s
	}
	return "message(" + strconv.Itoa(int(t)) + ")"
}

// headerLen is the length of what precedes every message:
//
//	struct {
//	    HandshakeType msg_type;    /* handshake type */
//	    uint24 length;             /* remaining bytes in message */
//	    …
//	} Handshake;
const headerLen = 4

// SplitMessage takes one whole message apart. The body aliases msg.
func SplitMessage(msg []byte) (t MessageType, body []byte, err error) {
	r := wire.NewReader(msg)
	t = MessageType(r.Uint8())
	body = r.Vector24()
	if !r.Done() {
		return 0, nil, alert.Malformed.Errorf("handshake message and its length differ")
	}
	return t, body, nil
}

// newMessage starts a message of the given type on top of dst, with room for
// a body of that many bytes.
func newMessage(dst []byte, t MessageType, body int) wire.Builder {
	w := wire.NewBuilder(slices.Grow(dst, headerLen+body))
	w.Uint8(uint8(t))
	return w
}

// malformed is the refusal of a message that does not follow its syntax.
//
// "decode_error: A message could not be decoded because some field was out of
// the specified range or the length of the message was incorrect."
// RFC 9846, Section 6.2.
func (t MessageType) malformed() error { return alert.Malformed.Errorf("%v is malformed", t) }

// appendEmpty appends a message without a body.
func appendEmpty(dst []byte, t MessageType) []byte { return append(dst, byte(t), 0, 0, 0) }

// parseEmpty checks that a message has no body.
func parseEmpty(t MessageType, body []byte) error {
	if len(body) != 0 {
		return t.malformed()
	}
	return nil
}
