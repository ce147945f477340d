package handshake

// HelloRequest asks a client to renegotiate, in TLS 1.2, which is refused here:
// RFC 5246, Section 7.4.1.1.
//
//	struct { } HelloRequest;
type HelloRequest struct{}

// ParseHelloRequest parses the body of a HelloRequest, which is empty.
func ParseHelloRequest(body []byte) (HelloRequest, error) {
	return HelloRequest{}, parseEmpty(MsgHelloRequest, body)
}

// Append appends the message, header included.
func (m *HelloRequest) Append(dst []byte) []byte { return appendEmpty(dst, MsgHelloRequest) }
