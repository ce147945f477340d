package handshake

// EndOfEarlyData says that no early data follows: RFC 9846, Section 4.6.
//
//	struct {} EndOfEarlyData;
type EndOfEarlyData struct{}

// ParseEndOfEarlyData parses the body of an EndOfEarlyData, which is empty.
func ParseEndOfEarlyData(body []byte) (EndOfEarlyData, error) {
	return EndOfEarlyData{}, parseEmpty(MsgEndOfEarlyData, body)
}

// Append appends the message, header included.
func (m *EndOfEarlyData) Append(dst []byte) []byte { return appendEmpty(dst, MsgEndOfEarlyData) }
