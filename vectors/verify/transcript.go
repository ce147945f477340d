package verify

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/vectors"
)

// A transcript is the handshake messages so far, and the Transcript-Hash at
// the messages that secrets are bound to.
type transcript struct {
	hash     cipher.Hash
	messages []byte
	marks    map[string][]byte
}

func (t *transcript) sum() []byte { return t.sumWith(nil) }

func (t *transcript) sumWith(more []byte) []byte {
	h := t.hash.New()
	h.Write(t.messages)
	h.Write(more)
	return h.Sum(nil)
}

// add takes a whole message, which parses.
func (t *transcript) add(sender vectors.Role, msg []byte) {
	mark := ""
	switch handshake.MessageType(msg[0]) {
	case handshake.MsgClientHello:
		mark = "ClientHello"
	case handshake.MsgServerHello:
		mark = "ServerHello"
		if m, _ := handshake.ParseServerHello(msg[headerLen:]); m.IsHelloRetryRequest() {
			// RFC 9846, Section 4.1.
			t.messages = handshake.AppendMessageHash(nil, t.sum())
		}
	case handshake.MsgFinished:
		mark = string(sender) + " Finished"
	}
	t.messages = append(t.messages, msg...)
	if t.marks == nil {
		t.marks = map[string][]byte{}
	}
	t.marks[mark] = t.sum()
}
