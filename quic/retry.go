package quic

// RetryTag returns the Retry Integrity Tag (RFC 9001, Section 5.8), which is
// the end of a Retry packet: given the packet without its tag, and the
// Destination Connection ID of the Initial packet that it answers. A client
// compares in constant time.
//
// The error is [ErrVersion], [ErrConnectionID] or [ErrUnavailable].
func RetryTag(v Version, originalDestinationConnectionID, retry []byte) (tag [Overhead]byte, err error) {
	p := v.params()
	switch {
	case p == nil:
		return tag, ErrVersion
	case len(originalDestinationConnectionID) > MaxConnectionID:
		return tag, ErrConnectionID
	case p.retry == nil:
		return tag, ErrUnavailable
	}
	n := 1 + len(originalDestinationConnectionID) + len(retry)
	pseudo := make([]byte, 0, n+Overhead)
	pseudo = append(pseudo, byte(len(originalDestinationConnectionID)))
	pseudo = append(pseudo, originalDestinationConnectionID...)
	pseudo = append(pseudo, retry...)
	copy(tag[:], p.retry.Seal(pseudo[n:], p.retryNonce, nil, pseudo))
	return tag, nil
}
