package handshake

// ServerHelloDone ends the server's first flight, in TLS 1.2: RFC 5246, Section
// 7.4.5.
//
//	struct { } ServerHelloDone;
type ServerHelloDone struct{}

// ParseServerHelloDone parses the body of a ServerHelloDone, which is empty.
func ParseServerHelloDone(body []byte) (ServerHelloDone, error) {
	return ServerHelloDone{}, parseEmpty(MsgServerHelloDone, body)
}

// Append appends the message, header included.
func (m *ServerHelloDone) Append(dst []byte) []byte { return appendEmpty(dst, MsgServerHelloDone) }
