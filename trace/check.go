package trace

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// A Mismatch is something in a trace that does not follow from the rest.
type Mismatch struct {
	What string // "secret s_hs", "record 4", …
	Got  []byte // as computed
	Want []byte // as it stands in the trace
	Why  string // where there are no bytes to compare
}

// String says what differs, and from which byte on.
func (m Mismatch) String() string {
	if m.Why != "" {
		return m.What + ": " + m.Why
	}
	at := 0
	for at < len(m.Got) && at < len(m.Want) && m.Got[at] == m.Want[at] {
		at++
	}
	return fmt.Sprintf("%s: computed %x, the trace has %x; they differ from byte %d on", m.What, m.Got, m.Want, at)
}

// Report is what came of checking a trace.
type Report struct {
	Passed     int
	Proven     int // of those that passed, what the bytes on the wire prove: records, binders, signatures, Finished
	Skipped    int // what has inputs that are not in the trace
	Mismatches []Mismatch
}

// Check computes again everything that the trace has the inputs of: shared
// secrets, transcript hashes, the key schedule, records both ways, PSK binders,
// signatures and Finished messages.
func Check(c *Connection) Report {
	r := checker{c: c}
	for i := range c.KeyExchanges {
		r.exchange(&c.KeyExchanges[i])
	}
	r.transcripts()
	for i := range c.Secrets {
		r.secret(&c.Secrets[i])
	}
	before := r.Passed
	for i := range c.Records {
		r.record(&c.Records[i])
	}
	r.proofs()
	r.Proven = r.Passed - before
	return r.Report
}

type checker struct {
	c *Connection
	Report
}

// equal counts a comparison.
func (r *checker) equal(what string, got, want []byte) {
	if bytes.Equal(got, want) {
		r.Passed++
		return
	}
	r.Mismatches = append(r.Mismatches, Mismatch{What: what, Got: got, Want: want})
}

// newHash is the hash with that name.
func newHash(name string) func() hash.Hash {
	switch name {
	case "SHA-256":
		return sha256.New
	case "SHA-384":
		return sha512.New384
	}
	return nil
}

// transcripts hashes the messages up to each that has a transcript hash.
func (r *checker) transcripts() {
	var sum hash.Hash
	for i := range r.c.Messages {
		m := &r.c.Messages[i]
		t := m.Transcript
		if t == nil {
			continue
		}
		msg, h := r.c.Bytes(m), newHash(t.Hash)
		if len(msg) < 4 || h == nil {
			r.Skipped++
			continue
		}
		if m.Type == msgMessageHash && m.Synthetic && sum != nil {
			r.equal("the hash in message_hash", msg[4:], sum.Sum(nil))
			sum = nil
		}
		if sum == nil {
			sum = h()
		} else if t.Before != nil {
			r.equal(fmt.Sprintf("transcript before message %d, %s", i, m.Name), sum.Sum(nil), t.Before)
		}
		sum.Write(msg)
		r.equal(fmt.Sprintf("transcript after message %d, %s", i, m.Name), sum.Sum(nil), t.After)
	}
}

// input is the value of a name in a secret. ok is false if it is not here.
func (r *checker) input(name string) (value []byte, ok bool) {
	if name == zero {
		return nil, true
	}
	for i := range r.c.KeyExchanges {
		if name == numbered("shared", i) {
			v := r.c.KeyExchanges[i].Shared
			return v, v != nil
		}
	}
	if s := r.c.FindSecret(name); s != nil && s.Out != nil {
		return s.Out, true
	}
	return nil, false
}

// secret computes a secret from its inputs.
func (r *checker) secret(s *Secret) {
	what := "secret " + s.ID
	h := newHash(s.Hash)
	in, ok := r.input(s.Secret)
	if s.Out == nil || s.Op == OpGiven || s.Op == OpKeyLog || s.Op != OpExtract && !ok || h == nil && s.Op != OpSlice {
		r.Skipped++
		return
	}
	var context []byte
	if s.Context != nil {
		context = s.Context.Hash
		if id := s.Context.TranscriptAfter; id != nil {
			if t := r.c.Messages[*id].Transcript; t == nil || !bytes.Equal(t.After, context) {
				r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: fmt.Sprintf("its context is not the transcript hash after message %d", *id)})
				return
			}
		}
	}
	var out []byte
	switch s.Op {
	case OpExtract:
		salt, ok := r.input(s.Salt)
		ikm, ok2 := r.input(s.IKM)
		if !ok || !ok2 {
			r.Skipped++
			return
		}
		if ikm == nil {
			ikm = make([]byte, h().Size())
		}
		out, _ = hkdf.Extract(h, ikm, salt)
	case OpExpandLabel:
		out = r.expandLabel(h, in, s, context)
	case OpPRF:
		out = prf12(h, in, append([]byte(s.Label), context...), len(s.Out))
	case OpSlice:
		if s.Off < 0 || s.Off > len(in)-len(s.Out) {
			r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: "it lies outside " + s.Secret})
			return
		}
		out = in[s.Off : s.Off+len(s.Out)]
	default:
		r.Skipped++
		return
	}
	r.equal(what, out, s.Out)
}

// expandLabel is HKDF-Expand-Label by the book: RFC 9846, Section 7.1.
func (r *checker) expandLabel(h func() hash.Hash, secret []byte, s *Secret, context []byte) []byte {
	if len(s.Label) > keyschedule.MaxLabel || len(context) > keyschedule.MaxContext || len(s.Out) > 255*h().Size() || s.Len != len(s.Out) {
		return nil
	}
	out, _ := hkdf.Expand(h, secret, string(labelInfo(s)), len(s.Out))
	return out
}

// labelInfo is the HkdfLabel of a secret.
func labelInfo(s *Secret) []byte {
	var context []byte
	if s.Context != nil {
		context = s.Context.Hash
	}
	info := binary.BigEndian.AppendUint16(nil, uint16(s.Len))
	info = append(info, byte(len("tls13 ")+len(s.Label)))
	info = append(info, "tls13 "+s.Label...)
	info = append(info, byte(len(context)))
	return append(info, context...)
}

// record opens a record with the keys that the trace names, and seals it again.
func (r *checker) record(rec *Record) {
	if rec.AEAD == nil || rec.Inner == nil {
		r.unopened(rec)
		return
	}
	what := fmt.Sprintf("record %d", rec.ID)
	key, ok := r.input(rec.AEAD.Key)
	inner, wire := r.c.Slice(rec.Inner.Span), r.c.Slice(rec.At)
	suite := suiteOf(rec.AEAD.Name, len(key))
	if ok && inner != nil && wire != nil && rec.AEAD.AAD == nil && rec.AEAD.IV == "" {
		r.recordCBC(rec, what, key, inner, wire)
		return
	}
	if !ok || inner == nil || wire == nil || suite == nil {
		r.Skipped++
		return
	}
	explicit := 0
	if rec.Version == tls12 && len(rec.AEAD.AAD) == 13 && suite.ID != cipher.TLS_CHACHA20_POLY1305_SHA256 {
		explicit = 8
	}
	aead, err := suite.New(key)
	if err != nil || len(rec.AEAD.Nonce) != cipher.NonceSize || len(wire) < 5+explicit+cipher.Overhead {
		r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: "its key or nonce has a wrong length"})
		return
	}
	got, err := aead.Open(nil, rec.AEAD.Nonce, wire[5+explicit:], rec.AEAD.AAD)
	if err != nil {
		r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: "it does not open with its key, nonce and header"})
		return
	}
	r.equal(what, got, inner)
	r.equal(what+", sealed again", aead.Seal(nil, rec.AEAD.Nonce, inner, rec.AEAD.AAD), wire[5+explicit:])
	if iv, ok := r.input(rec.AEAD.IV); ok && len(iv) == cipher.NonceSize {
		nonce := cipher.Nonce([cipher.NonceSize]byte(iv), rec.Seq)
		r.equal(what+": its nonce", nonce[:], rec.AEAD.Nonce)
	}
}

// suiteOf is a suite of TLS 1.3 with that AEAD.
func suiteOf(name string, keyLen int) *cipher.Suite {
	for _, s := range cipher.Suites() {
		if s.TLS13() && aeadName(s) == name && s.KeyLen == keyLen {
			return s
		}
	}
	return nil
}

// finished checks the MAC in a Finished message over the transcript before it.
func (r *checker) finished(m *Message) {
	if m.Type != msgFinished || m.Transcript == nil || m.Incomplete {
		return
	}
	id, label := "s_hs", keyschedule.ServerFinished
	if m.Dir == C2S {
		id, label = "c_hs", keyschedule.ClientFinished
	}
	h, msg := newHash(m.Transcript.Hash), r.c.Bytes(m)
	if len(msg) < 4 {
		r.Skipped++
		return
	}
	if main := r.c.FindSecret("main"); h != nil && m.Epoch == "application" && m.Len == 4+12 && main != nil && len(main.Out) == keyschedule.MainSecretSize {
		want := prf12(h, main.Out, append([]byte(label), m.Transcript.Before...), 12)
		r.equal(fmt.Sprintf("message %d, Finished", m.ID), want, msg[4:])
		return
	}
	base := r.c.FindSecret(id)
	if base == nil || base.Out == nil || h == nil || m.Epoch != "handshake" {
		r.Skipped++
		return
	}
	hash := cipher.SHA256
	if m.Transcript.Hash == cipher.SHA384.String() {
		hash = cipher.SHA384
	}
	if len(base.Out) != hash.Size() || len(m.Transcript.Before) != hash.Size() {
		r.Mismatches = append(r.Mismatches, Mismatch{What: "Finished", Why: "its secret or its transcript hash has a wrong length"})
		return
	}
	want := keyschedule.VerifyData(hash, keyschedule.SecretOf(base.Out), m.Transcript.Before)
	r.equal(fmt.Sprintf("message %d, Finished", m.ID), want.Bytes(), msg[4:])
}
