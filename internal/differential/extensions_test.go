package differential

import (
	"encoding/binary"
	"slices"

	"github.com/tlsengine/tlsengine/handshake"
)

// extension is one in a block, which may be malformed.
type extension struct {
	typ  uint16
	body []byte
}

// extensions makes a change of a message of one of its block of extensions; a
// message that has none gets a bit flipped.
func extensions(do func([]extension, *edit) []extension) func(handshake.MessageType, []byte, *edit) []byte {
	return func(t handshake.MessageType, m []byte, e *edit) []byte { return inBlock(t, m, e, do) }
}

func extensionBody(do func([]byte, *edit) []byte) func(handshake.MessageType, []byte, *edit) []byte {
	return extensions(func(list []extension, e *edit) []extension {
		i := int(e.a) % len(list)
		list[i].body = do(list[i].body, e)
		return list
	})
}

func inBlock(t handshake.MessageType, m []byte, e *edit, do func([]extension, *edit) []extension) []byte {
	start, end, ok := block(t, m)
	if !ok {
		return flipBit(t, m, e)
	}
	var list []extension
	for b := m[start+2 : end]; len(b) >= 4; {
		n := min(int(binary.BigEndian.Uint16(b[2:])), len(b)-4)
		list = append(list, extension{binary.BigEndian.Uint16(b), slices.Clone(b[4 : 4+n])})
		b = b[4+n:]
	}
	if len(list) == 0 {
		list = []extension{{0x0a0a, nil}}
	}
	var all []byte
	for _, x := range do(list, e) {
		all = binary.BigEndian.AppendUint16(all, x.typ)
		all = binary.BigEndian.AppendUint16(all, uint16(len(x.body)))
		all = append(all, x.body...)
	}
	changed := binary.BigEndian.AppendUint16(slices.Clone(m[:start]), uint16(len(all)))
	changed = append(append(changed, all...), m[end:]...)
	if t == handshake.MsgCertificate {
		fixList(changed)
	}
	return changed
}

// block is where a message of TLS 1.3, or a hello, has its extensions: from
// their length to behind the last.
func block(t handshake.MessageType, m []byte) (start, end int, ok bool) {
	at := headerLen
	skip := func(width int) { // a vector
		n := 0
		for i := range width {
			if at+i < len(m) {
				n = n<<8 | int(m[at+i])
			}
		}
		at += width + n
	}
	switch t {
	case handshake.MsgClientHello:
		at += 34
		skip(1)
		skip(2)
		skip(1)
	case handshake.MsgServerHello:
		at += 34
		skip(1)
		at += 3
	case handshake.MsgEncryptedExtensions:
	case handshake.MsgCertificateRequest:
		skip(1)
	case handshake.MsgCertificate: // of the first entry, in TLS 1.3
		if at++; len(m) < at || m[at-1] != 0 || len(m) < at+6 {
			return 0, 0, false
		}
		at += 3
		skip(3)
	case handshake.MsgNewSessionTicket:
		at += 8
		skip(1)
		skip(2)
	default:
		return 0, 0, false
	}
	start = at
	if at+2 > len(m) {
		return 0, 0, false
	}
	skip(2)
	return start, at, at == len(m) || t == handshake.MsgCertificate && at < len(m)
}

// fixList sets the length of a certificate_list.
func fixList(m []byte) {
	n := len(m) - headerLen - 4
	m[headerLen+1], m[headerLen+2], m[headerLen+3] = byte(n>>16), byte(n>>8), byte(n)
}
