package trace

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// Types of messages that prove something.
const (
	msgCertificate       = 11
	msgServerKeyExchange = 12
	msgCertificateVerify = 15
)

// A witness goes through the messages in order, and knows what the proofs in
// them are about.
type witness struct {
	*checker
	ctx    dissect.Context
	random [2][]byte                   // of client and server
	leaf   map[string]crypto.PublicKey // of the last Certificate of a direction; nil if it cannot be read
	sent   []byte                      // the messages of the transcript so far
	inner  bool                        // the hello was inside another, whose proofs are not of this transcript
}

// proofs checks signatures, PSK binders and Finished messages.
func (r *checker) proofs() {
	w := witness{checker: r, leaf: map[string]crypto.PublicKey{}}
	w.inner = slices.ContainsFunc(r.c.Buffers, func(b Buffer) bool { return b.Kind == KindInnerHello })
	for i := range r.c.Messages {
		m := &r.c.Messages[i]
		if msg := r.c.Bytes(m); len(msg) >= 4 && !m.Incomplete {
			w.message(m, msg)
		}
		r.finished(m)
	}
}

// message takes one message: what it proves is checked before it counts.
func (w *witness) message(m *Message, msg []byte) {
	if m.Type == msgServerHello {
		w.ctx.Version, w.ctx.Suite = versionOf(msg)
		if len(msg) >= 38 {
			w.random[1] = msg[6:38]
		}
	}
	tree := dissect.Message(msg, w.ctx)
	switch m.Type {
	case msgClientHello:
		if len(msg) >= 38 {
			w.random[0] = msg[6:38]
		}
		w.binders(m, msg, &tree)
	case msgCertificate:
		w.leaf[m.Dir] = leafKey(msg, &tree)
	case msgServerKeyExchange:
		w.serverKeyExchange(m, msg, &tree)
	case msgCertificateVerify:
		w.certificateVerify(m, msg, &tree)
	case msgMessageHash:
		w.sent = nil
	}
	if m.Transcript != nil || m.Type == msgClientHello {
		w.sent = append(w.sent, msg...)
	}
}

// versionOf is what a ServerHello settles.
func versionOf(msg []byte) (version, suite uint16) {
	tree := dissect.Message(msg, dissect.Context{})
	v, s := tree.Find("extensions.supported_versions.selected_version"), tree.Find("cipher_suite")
	if v == nil {
		v = tree.Find("legacy_version")
	}
	if v == nil || s == nil {
		return 0, 0
	}
	return uint16(v.Value.Num), uint16(s.Value.Num)
}

// leafKey is the public key of the first certificate, or of a raw public key.
func leafKey(msg []byte, tree *dissect.Field) crypto.PublicKey {
	var data *dissect.Field
	for _, id := range []string{"certificate_list.0.cert_data", "certificate_list.0", "ASN1_subjectPublicKeyInfo"} {
		if data == nil {
			data = tree.Find(id)
		}
	}
	if data == nil {
		return nil
	}
	der := msg[data.Off : data.Off+data.Len]
	if cert, err := x509.ParseCertificate(der); err == nil {
		if cert.PublicKey != nil {
			return cert.PublicKey
		}
		der = cert.RawSubjectPublicKeyInfo
	} else if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key
	}
	if key, err := signature.ParsePublicKey(der); err == nil {
		return key
	}
	return nil
}

// serverKeyExchange checks "a signature over the server's key exchange
// parameters" of TLS 1.2: RFC 5246, Section 7.4.3.
func (w *witness) serverKeyExchange(m *Message, msg []byte, tree *dissect.Field) {
	scheme := tree.Find("algorithm")
	if scheme == nil || w.ctx.Version != tls12 || w.random[0] == nil || w.random[1] == nil {
		return // not signed, or over hashes of before TLS 1.2
	}
	w.signature(m, msg, tree, slices.Concat(w.random[0], w.random[1], msg[4:scheme.Off]))
}

// certificateVerify checks RFC 9846, Section 4.5.2; and in TLS 1.2 the
// signature over "all handshake messages sent or received": RFC 5246, Section
// 7.4.8.
func (w *witness) certificateVerify(m *Message, msg []byte, tree *dissect.Field) {
	switch {
	case m.Transcript == nil || w.ctx.Version < tls12:
		w.Skipped++
	case w.ctx.Version == tls12:
		w.signature(m, msg, tree, w.sent)
	case m.Dir == C2S:
		w.signature(m, msg, tree, signature.AppendClientContent(nil, m.Transcript.Before))
	default:
		w.signature(m, msg, tree, signature.AppendServerContent(nil, m.Transcript.Before))
	}
}

// signature checks a signature with the key of the side that made it.
func (w *witness) signature(m *Message, msg []byte, tree *dissect.Field, content []byte) {
	scheme, sig, key := tree.Find("algorithm"), tree.Find("signature"), w.leaf[m.Dir]
	if scheme == nil || sig == nil || key == nil {
		w.Skipped++
		return
	}
	algorithm := signature.Lookup(signature.Scheme(scheme.Value.Num))
	if algorithm == nil || tree.Reason != "" {
		w.Skipped++ // one that this module does not have
		return
	}
	verify := algorithm.Verify
	if w.ctx.Version == tls12 {
		verify = algorithm.Verify12 // which takes any curve
	}
	if err := verify(key, content, msg[sig.Off:sig.Off+sig.Len]); err != nil {
		w.Mismatches = append(w.Mismatches, Mismatch{What: fmt.Sprintf("message %d, %s", m.ID, m.Name), Why: "the signature is not one of the certificate's key over this handshake"})
		return
	}
	w.Passed++
}

// binders checks that each PSK of which the trace has the binder key is proven
// by a binder in a ClientHello: RFC 9846, Section 4.3.11.2.
func (w *witness) binders(m *Message, msg []byte, tree *dissect.Field) {
	list := tree.Find("extensions.pre_shared_key.binders")
	if list == nil || m.Synthetic {
		return
	}
	known := false
	for i := range w.c.Secrets {
		s := &w.c.Secrets[i]
		hash, ok := map[string]cipher.Hash{cipher.SHA256.String(): cipher.SHA256, cipher.SHA384.String(): cipher.SHA384}[s.Hash]
		if s.Op != OpExpandLabel || !slices.Contains([]string{"res binder", "ext binder", "imp binder"}, s.Label) || !ok || len(s.Out) != hash.Size() || w.inner {
			continue
		}
		sum := hash.New()
		sum.Write(w.sent)
		sum.Write(msg[:list.Off])
		want := keyschedule.VerifyData(hash, keyschedule.SecretOf(s.Out), sum.Sum(nil))
		if stated := binderLike(msg, list, want.Bytes()); stated != nil {
			known = true
			w.equal(fmt.Sprintf("message %d, binder under %s", m.ID, s.ID), want.Bytes(), stated)
		}
	}
	if !known {
		w.Skipped++
	}
}

// binderLike is the binder that is that value, or else the first of its
// length; nil if there is none.
func binderLike(msg []byte, list *dissect.Field, want []byte) (first []byte) {
	for i := range list.Fields {
		f := &list.Fields[i]
		if f.Len != len(want) || f.Kind != "ext.psk.binder" {
			continue
		}
		binder := msg[f.Off : f.Off+f.Len]
		if slices.Equal(binder, want) {
			return binder
		}
		if first == nil {
			first = binder
		}
	}
	return first
}
