package handshake

import (
	"hash"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// transcript is the running hash of RFC 9846, Section 4.1. Until the hash is
// known (the suite decides) it keeps the messages themselves; TLS 1.2 keeps
// them longer, as its CertificateVerify signs them under another hash.
type transcript struct {
	alg     cipher.Hash
	running hash.Hash // nil until start
	pending []byte    // messages, as long as they are needed as such
	keep    bool      // TLS 1.2 with client authentication: pending stays
	scratch [64]byte
	tracer  hook.Tracer // nil: nobody looks
}

// add appends a message, header included.
func (t *transcript) add(msg []byte) {
	if t.running != nil {
		t.running.Write(msg)
	}
	if t.running == nil || t.keep {
		t.pending = append(t.pending, msg...)
	}
	if t.tracer != nil {
		t.tell()
	}
}

// start fixes the hash and takes in what came before.
func (t *transcript) start(alg cipher.Hash) {
	t.alg, t.running = alg, alg.New()
	t.running.Write(t.pending)
	if !t.keep {
		t.pending = nil
	}
}

// started reports whether the hash is known.
func (t *transcript) started() bool { return t.running != nil }

// sum is the Transcript-Hash up to here, valid until the next call.
func (t *transcript) sum() []byte { return t.running.Sum(t.scratch[:0]) }

// sumWith is the Transcript-Hash as if b had been added.
func (t *transcript) sumWith(alg cipher.Hash, b []byte) []byte {
	h := alg.New()
	if t.running == nil {
		h.Write(t.pending)
	} else {
		clone, err := t.running.(hash.Cloner).Clone()
		if err != nil {
			panic("handshake: the standard library's hash cannot be cloned")
		}
		h = clone
	}
	h.Write(b)
	return h.Sum(t.scratch[:0])
}

// retry replaces the first ClientHello by its hash.
//
// "when the server responds to a ClientHello with a HelloRetryRequest, the
// value of ClientHello1 is replaced with a special synthetic handshake message
// of handshake type "message_hash" (254) containing Hash(ClientHello1)."
// RFC 9846, Section 4.1. It returns that message.
func (t *transcript) retry(alg cipher.Hash) []byte {
	t.start(alg)
	msg := AppendMessageHash(nil, t.sum())
	t.running.Reset()
	t.running.Write(msg)
	return msg
}

// drop forgets the messages, once nothing can ask for them any more.
func (t *transcript) drop() { t.pending, t.keep = nil, false }
