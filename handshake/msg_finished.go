package handshake

// Finished ends each side's part of the handshake: RFC 9846, Section 4.5.3,
// and RFC 5246, Section 7.4.9, where verify_data has 12 bytes.
//
//	struct {
//	    opaque verify_data[Hash.length];
//	} Finished;
//
// The verify_data of a parsed message aliases it.
type Finished struct {
	VerifyData []byte
}

// ParseFinished parses the body of a Finished of either version. Every body is
// one: the length of verify_data is a matter of the suite, and a wrong length
// is a wrong value, to be found by comparing in constant time.
func ParseFinished(body []byte) (Finished, error) { return Finished{VerifyData: body}, nil }

// Append appends the message, header included.
func (m *Finished) Append(dst []byte) []byte {
	w := newMessage(dst, MsgFinished, len(m.VerifyData))
	w.Opaque24(m.VerifyData)
	return w.Result()
}
