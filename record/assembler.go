package record

import "github.com/tlsengine/tlsengine/internal/alert"

// messageHeaderLen is the length of a handshake message's header: msg_type
// and a uint24 length. RFC 9846, Section 4.
const messageHeaderLen = 4

// The handshake types that carry a certificate chain. RFC 9846, Appendix B.3;
// RFC 8879, Section 4.
const (
	typeCertificate           = 11
	typeCompressedCertificate = 25
)

// Assembler makes whole handshake messages out of the contents of handshake
// records, or of any other carrier that cuts them.
//
// The order of calls is: [Assembler.Add] a fragment, then [Assembler.Next]
// until it says there is no more. Messages that lie whole within a fragment
// are returned from it without a copy; the incomplete one at its end is
// copied. A caller that stops before, because the fragment's memory goes away
// while messages are unread, calls [Assembler.Retain].
//
// The zero Assembler is ready for use. Everything in it is plain data.
type Assembler struct {
	maxMessage     int
	maxCertificate int

	held []byte // ours: unread bytes, the oldest
	off  int    // how many bytes of held have been read
	rest []byte // the caller's: what follows held; nil once Next has said "no more"
}

// SetLimits sets the largest message and the largest message with a
// certificate chain, in bytes without the 4-byte header. Zero stands for
// [DefaultMaxMessage] and [DefaultMaxCertificate].
func (a *Assembler) SetLimits(maxMessage, maxCertificate int) {
	a.maxMessage, a.maxCertificate = maxMessage, maxCertificate
}

// Add gives the Assembler the next fragment. It keeps a reference to it until
// Next has returned no message, or until Retain. The error, of a caller that
// adds and never reads, says that too much is unread.
func (a *Assembler) Add(fragment []byte) error {
	if len(a.rest) > 0 {
		a.Retain()
	}
	if len(a.held)-a.off > a.maxUnread() {
		return alert.MessageTooLong.Errorf("handshake messages of %d bytes are unread", len(a.held)-a.off)
	}
	a.rest = fragment
	return nil
}

// Next returns the next whole message with its 4-byte header, or false if no
// whole message is there. The message is valid until the next Add, or until
// the memory of the fragment is reused. The error is that of a message which
// announces more bytes than the limits allow; its body is not waited for.
func (a *Assembler) Next() (msg []byte, ok bool, err error) {
	if len(a.held) == 0 {
		return a.nextOfRest()
	}
	if !a.fill(messageHeaderLen) {
		return nil, false, nil
	}
	n, err := a.messageLen(a.held[a.off:])
	if err != nil {
		return nil, false, err
	}
	if !a.fill(n) {
		return nil, false, nil
	}
	msg = a.held[a.off : a.off+n : a.off+n]
	a.off += n
	if a.off == len(a.held) {
		a.held, a.off = nil, 0
	}
	return msg, true, nil
}

// nextOfRest takes a message straight from the caller's fragment.
func (a *Assembler) nextOfRest() (msg []byte, ok bool, err error) {
	if len(a.rest) < messageHeaderLen {
		a.Retain()
		return nil, false, nil
	}
	n, err := a.messageLen(a.rest)
	if err != nil {
		return nil, false, err
	}
	if len(a.rest) < n {
		a.Retain()
		return nil, false, nil
	}
	msg, a.rest = a.rest[:n:n], a.rest[n:]
	return msg, true, nil
}

// fill moves bytes from the fragment until the oldest message has n bytes in
// held. It is false if there are not so many; then nothing is left in the
// fragment.
func (a *Assembler) fill(n int) bool {
	if take := min(n-(len(a.held)-a.off), len(a.rest)); take > 0 {
		a.hold(a.rest[:take], n)
		a.rest = a.rest[take:]
	}
	if len(a.held)-a.off >= n {
		return true
	}
	a.rest = nil
	if a.off > 0 {
		a.hold(nil, n) // let go of what has been read
	}
	return false
}

// few is how many bytes may be held with as much room again.
const few = 8 << 10

// hold appends b to what is held. Memory grows with the bytes received: it
// doubles, and from few on grows by a quarter, never beyond the n bytes that the
// oldest message will have. So a peer that stops in the middle of a large
// message costs little more than what it sent.
func (a *Assembler) hold(b []byte, n int) {
	need := len(a.held) - a.off + len(b)
	if a.off > 0 || cap(a.held) < need {
		room := len(a.held) - a.off
		if room > few {
			room /= 4
		}
		grown := make([]byte, 0, max(need, min(len(a.held)-a.off+room, n)))
		a.held, a.off = append(grown, a.held[a.off:]...), 0
	}
	a.held = append(a.held, b...)
}

// Retain copies what is unread of the last fragment, so that its memory can
// be reused.
func (a *Assembler) Retain() {
	most := 0
	if len(a.held) > 0 { // by a caller that adds and does not read: it may go on
		most = a.maxUnread()
	}
	if len(a.rest) > 0 {
		a.hold(a.rest, most)
	}
	a.rest = nil
}

// Aligned reports whether nothing is unread: the last message ended where the
// last fragment did.
//
// "Implementations MUST verify that all messages immediately preceding a key
// change align with a record boundary; if not, then they MUST terminate the
// connection with an "unexpected_message" alert." RFC 9846, Section 5.1.
func (a *Assembler) Aligned() bool { return len(a.held) == 0 && len(a.rest) == 0 }

// Unread returns a copy-free view of everything unread, after [Assembler.Retain].
// It is valid until the next call. To thaw an Assembler, Add these bytes to a
// new one and Retain.
func (a *Assembler) Unread() []byte {
	a.Retain()
	return a.held[a.off:]
}

// messageLen is the length of the message that starts b, header included.
func (a *Assembler) messageLen(b []byte) (int, error) {
	n, limit := int(b[1])<<16|int(b[2])<<8|int(b[3]), a.limit(b[0])
	if n > limit {
		return 0, alert.MessageTooLong.Errorf("handshake message of type %d announces %d bytes, more than %d", b[0], n, limit)
	}
	return messageHeaderLen + n, nil
}

func (a *Assembler) limit(msgType byte) int {
	if msgType == typeCertificate || msgType == typeCompressedCertificate {
		return orDefault(a.maxCertificate, DefaultMaxCertificate)
	}
	return orDefault(a.maxMessage, DefaultMaxMessage)
}

// maxUnread bounds what a caller can pile up: one message in the making.
func (a *Assembler) maxUnread() int {
	return messageHeaderLen + max(a.limit(typeCertificate), a.limit(0))
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
