package handshake

import "github.com/tlsengine/tlsengine/internal/alert"

// kinds are the inputs that the message types are. What is not here is never
// expected.
var kinds = map[MessageType]inputKind{
	MsgHelloRequest:        helloRequest,
	MsgClientHello:         clientHello,
	MsgServerHello:         serverHello,
	MsgNewSessionTicket:    newSessionTicket,
	MsgEndOfEarlyData:      endOfEarlyData,
	MsgEncryptedExtensions: encryptedExtensions,
	MsgCertificate:         certificate,
	MsgServerKeyExchange:   serverKeyExchange,
	MsgCertificateRequest:  certificateRequest,
	MsgServerHelloDone:     serverHelloDone,
	MsgCertificateVerify:   certificateVerify,
	MsgClientKeyExchange:   clientKeyExchange,
	MsgFinished:            finished,
	MsgCertificateStatus:   certificateStatus,
	MsgKeyUpdate:           keyUpdate,
}

// classify says which input a message is.
func (m *Machine) classify(raw []byte) (inputKind, error) {
	t, body, err := SplitMessage(raw)
	if err != nil {
		return 0, err
	}
	kind, ok := kinds[t]
	if !ok {
		return 0, alert.UnexpectedMessageType.Errorf("received %v, which has no place in any handshake", t)
	}
	// "Upon receiving a message with type server_hello, implementations MUST
	// first examine the Random value". RFC 9846, Section 4.2.3.
	if t == MsgServerHello && len(body) >= 34 && [32]byte(body[2:34]) == HelloRetryRequestRandom {
		kind = helloRetryRequest
	}
	return kind, nil
}
