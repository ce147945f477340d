package trace

import (
	"bytes"
	"fmt"

	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// mostInCommand is how many bytes a line for a shell may have to take from the
// wire: a page has to stay small.
const mostInCommand = 1 << 10

// pairCards are the key pairs of this side whose public keys are in these
// messages.
func (m *composer) pairCards(messages ...*Message) (cards []card) {
	const most = 16 // a connection has one, or after a retry two
	for i := range min(len(m.c.KeyExchanges), most) {
		if k := &m.c.KeyExchanges[i]; m.generated(k) && !m.made[i] && m.o.Message == "" {
			if sent := carries(m.c, k.Ours.Public, messages...); sent != nil {
				m.made[i] = true
				cards = append(cards, m.pairCard(k, sent))
			}
		}
	}
	return cards
}

// generated reports whether this side made a key pair for an exchange. For a
// KEM a server makes none: it answers with a ciphertext.
func (m *composer) generated(k *KeyExchange) bool {
	return len(k.Ours.Public) > 0 && (k.Ours.Private != nil || !m.secrets)
}

// carries is the first of the messages that has a value in it, or nil.
func carries(c *Connection, value []byte, messages ...*Message) *Message {
	for _, msg := range messages {
		if len(value) > 0 && !msg.Synthetic && bytes.Contains(c.Bytes(msg), value) {
			return msg
		}
	}
	return nil
}

// anywhere is the message that has a value in it, or nil.
func anywhere(c *Connection, value []byte) *Message {
	for i := range c.Messages {
		if msg := carries(c, value, &c.Messages[i]); msg != nil {
			return msg
		}
	}
	return nil
}

// pairCard is how a key pair was made.
func (m *composer) pairCard(k *KeyExchange, sent *Message) card {
	who, _ := dirWords(sent.Dir)
	c := card{ID: fmt.Sprintf("%skx%d-pair", m.prefix, k.ID), Class: "keys", Mark: "keys", Title: "key generation",
		Sub:     fmt.Sprintf("%s pair of the %s", registry.Groups.Label(uint32(k.Group)), who),
		Meaning: fmt.Sprintf("The %s makes a pair of keys: a private one out of random bytes, which it tells nobody, and a public one out of that, which it sends.", who)}
	c.Rows = []secretView{m.value(k, "private", "private key", k.Ours.Private, linkView{Text: "random bytes"}),
		m.value(k, "public", "public key", k.Ours.Public, linkView{Text: "of the private key; sent in the "}, m.where(sent, k.Ours.Public))}
	return c
}

// value is a row of a key exchange.
func (m *composer) value(k *KeyExchange, id, label string, value []byte, how ...linkView) secretView {
	return secretView{ID: fmt.Sprintf("%skx%d.%s", m.prefix, k.ID, id), Label: label, How: how, Out: hexOut(value)}
}

// where is a link to the bytes of a message that have that value.
func (m *composer) where(msg *Message, value []byte) linkView {
	id := fmt.Sprintf("%sm%d", m.prefix, msg.ID)
	all := m.c.Bytes(msg)
	var find func(fields []dissect.Field) string
	find = func(fields []dissect.Field) string {
		for i := range fields {
			f := &fields[i]
			if bytes.Equal(cutBytes(all, f.Off, f.Len), value) {
				return anchor(id, f.ID)
			}
			if a := find(f.Fields); a != "" {
				return a
			}
		}
		return ""
	}
	if a := find(msg.Fields); a != "" {
		id = a
	}
	return linkView{escape(msg.Name), id}
}

// exchangeCards are a key exchange, and the key pair behind it if that was not
// shown yet.
func (m *composer) exchangeCards(k *KeyExchange) (cards []card) {
	if sent := anywhere(m.c, k.Ours.Public); sent != nil {
		cards = m.pairCards(sent)
	}
	c := card{ID: fmt.Sprintf("%skx%d", m.prefix, k.ID), Class: "keys", Mark: "keys", Title: "key exchange", Sub: exchangeFormula(m.c, k),
		Meaning: "From its own private key and the other's public one each side computes the same secret. Who sees only the two public keys cannot."}
	own := linkView{Text: "own private key"}
	if m.made[k.ID] {
		own.Href = fmt.Sprintf("%skx%d.private", m.prefix, k.ID)
	} else {
		c.Rows = append(c.Rows, m.value(k, "public", "own share", k.Ours.Public, linkView{Text: "sent to the peer"}))
	}
	from := []linkView{{Text: "from the peer"}}
	if sent := anywhere(m.c, k.Theirs); sent != nil {
		from = []linkView{{Text: "from the "}, m.where(sent, k.Theirs)}
	}
	shared := m.value(k, "shared", "shared secret", k.Shared, linkView{Text: registry.Groups.Label(uint32(k.Group)) + "("}, own, linkView{Text: ", "},
		linkView{"peer's public key", c.ID + ".theirs"}, linkView{Text: ")"})
	shared.Command = exchangeCommand(k)
	c.Rows = append(c.Rows, m.value(k, "theirs", "peer's public key", k.Theirs, from...), shared)
	return append(cards, c)
}

// proof says what is signed in a message, or what it has a MAC of.
func (m *composer) proof(msg *Message) []linkView {
	t := msg.Transcript
	if t == nil || msg.Incomplete || msg.Type != msgFinished && msg.Type != msgCertificateVerify {
		return nil
	}
	until := linkView{Text: "the transcript"}
	if id := m.c.transcriptAfter(t.Before); id >= 0 {
		until = linkView{"the transcript up to " + escape(m.c.Messages[id].Name), fmt.Sprintf("%sm%d", m.prefix, id)}
	}
	who, _ := dirWords(msg.Dir)
	text := func(s string) linkView { return linkView{Text: s} }
	base := finishedBase(m.c, msg)
	switch {
	case msg.Type == msgCertificateVerify && msg.Epoch == "initial":
		return []linkView{text("What is signed: all messages up to here.")}
	case msg.Type == msgCertificateVerify:
		return []linkView{text(fmt.Sprintf("What is signed: 64 spaces ‖ %q ‖ 00 ‖ hash of ", "TLS 1.3, "+who+" CertificateVerify")), until}
	case base == nil:
		return nil
	case base.ID == "main":
		return []linkView{text("verify data = PRF("), m.input(base.ID), text(fmt.Sprintf(", %q, hash of ", who+" finished")), until, text(")")}
	}
	return []linkView{text("verify data = HMAC(HKDF-Expand-Label("), m.input(base.ID), text(`, "finished", ""), hash of `), until, text(")")}
}
