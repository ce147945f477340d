package trace

import (
	"crypto/ecdh"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// This file makes lines for a shell, bash, that compute a value of a trace
// again: with OpenSSL 3, and xxd for bytes out of hex. Each is "" where there is
// no such line, or its inputs are not in the trace.

// Command is the line for a secret.
func Command(c *Connection, s *Secret) string {
	r := checker{c: c}
	in, ok := r.input(s.Secret)
	h := newHash(s.Hash)
	if s.Out == nil || !ok && s.Op != OpExtract {
		return ""
	}
	if s.Op == OpSlice {
		return fmt.Sprintf("echo %x | cut -c %d-%d", in, 2*s.Off+1, 2*(s.Off+s.Len))
	}
	if h == nil {
		return ""
	}
	switch s.Op {
	case OpExtract:
		salt, ok := r.input(s.Salt)
		ikm, ok2 := r.input(s.IKM)
		if !ok || !ok2 {
			return ""
		}
		if salt == nil {
			salt = make([]byte, h().Size())
		}
		if ikm == nil {
			ikm = make([]byte, h().Size())
		}
		return fmt.Sprintf("%s -kdfopt mode:EXTRACT_ONLY -kdfopt hexsalt:%x -kdfopt hexkey:%x HKDF", kdf(s.Hash, s.Len), salt, ikm)
	case OpExpandLabel:
		return expandCommand(s, in)
	case OpPRF:
		if s.Context != nil {
			return prfCommand(s.Hash, s.Len, in, s.Label, s.Context.Hash)
		}
	}
	return ""
}

// kdf is the start of a line for a key derivation.
func kdf(hash string, n int) string {
	return fmt.Sprintf("openssl kdf -keylen %d -kdfopt digest:%s", n, digest(hash))
}

// digest is OpenSSL's name of a hash.
func digest(hash string) string { return strings.ReplaceAll(hash, "-", "") }

func expandCommand(s *Secret, in []byte) string {
	return fmt.Sprintf("%s -kdfopt mode:EXPAND_ONLY -kdfopt hexkey:%x -kdfopt hexinfo:%x HKDF", kdf(s.Hash, s.Len), in, labelInfo(s))
}

func prfCommand(hash string, n int, secret []byte, label string, seed []byte) string {
	return fmt.Sprintf("%s -kdfopt hexsecret:%x -kdfopt hexseed:%x%x TLS1-PRF", kdf(hash, n), secret, label, seed)
}

// hexOnly is how a line shows what comes out of a program as bytes.
const hexOnly = " | xxd -p -c 256"

// verifyData12 is how long the proof in a Finished message of TLS 1.2 is.
const verifyData12 = 12

// exchangeCommand is the line for a shared secret on a curve. OpenSSL has no
// hybrids before 3.5, and then takes none of them apart.
func exchangeCommand(k *KeyExchange) string {
	private, public := exchangeKeys(k)
	if private == nil || public == nil {
		return ""
	}
	return fmt.Sprintf("openssl pkeyutl -derive -keyform DER -inkey <(echo %x | xxd -r -p) -peerform DER -peerkey <(echo %x | xxd -r -p)", private, public) + hexOnly
}

// What stands before the keys of X448 in PKCS #8 and in a
// SubjectPublicKeyInfo: RFC 8410, Section 4 and 7.
var (
	x448Private = []byte{0x30, 0x46, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6f, 4, 0x3a, 4, 0x38}
	x448Public  = []byte{0x30, 0x42, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6f, 3, 0x39, 0}
)

// curves of crypto/ecdh by their NamedGroup.
func curve(group uint16) ecdh.Curve {
	switch group {
	case 23:
		return ecdh.P256()
	case 24:
		return ecdh.P384()
	case 25:
		return ecdh.P521()
	case 29:
		return ecdh.X25519()
	}
	return nil
}

// exchangeKeys are the keys of an exchange in DER, nil if they are not here.
func exchangeKeys(k *KeyExchange) (private, public []byte) {
	if k.Group == 30 && len(k.Ours.Private) == 56 && len(k.Theirs) == 56 {
		return slices.Concat(x448Private, k.Ours.Private), slices.Concat(x448Public, k.Theirs)
	}
	c := curve(k.Group)
	if c == nil {
		return nil, nil
	}
	key, err := c.NewPrivateKey(ours(k))
	peer, err2 := c.NewPublicKey(k.Theirs)
	if err != nil || err2 != nil {
		return nil, nil
	}
	private, _ = x509.MarshalPKCS8PrivateKey(key)
	public, _ = x509.MarshalPKIXPublicKey(peer)
	return private, public
}

// ours is the private key of an exchange as crypto/ecdh takes it.
func ours(k *KeyExchange) []byte {
	if k.Group == 25 && len(k.Ours.Private) == 66 { // P-521: the first byte has one bit
		key := append([]byte{}, k.Ours.Private...)
		key[0] &= 1
		return key
	}
	return k.Ours.Private
}

// openCommand is the line for what a record holds: the stream cipher inside
// the AEAD, without a look at the tag. most bounds the ciphertext in it.
func openCommand(c *Connection, r *Record, most int) string {
	if r.AEAD == nil || r.Inner == nil || len(r.AEAD.Nonce) != cipher.NonceSize {
		return ""
	}
	key, ok := (&checker{c: c}).input(r.AEAD.Key)
	wire := c.Slice(r.At)
	n, end := r.Inner.Len, len(wire)-cipher.Overhead
	if !ok || n == 0 || n > most || end-n < 5 {
		return ""
	}
	start := fmt.Sprintf("echo %x | xxd -r -p | openssl enc -d ", wire[end-n:end])
	switch {
	case strings.HasSuffix(r.AEAD.Name, "-GCM"): // "the counter of the first block": SP 800-38D, Section 7.1
		return fmt.Sprintf("%s-aes-%d-ctr -K %x -iv %x00000002", start, 8*len(key), key, []byte(r.AEAD.Nonce)) + hexOnly
	case strings.HasPrefix(r.AEAD.Name, "CHACHA20"): // RFC 8439, Section 2.8
		return fmt.Sprintf("%s-chacha20 -K %x -iv 01000000%x", start, key, []byte(r.AEAD.Nonce)) + hexOnly
	}
	return ""
}

// maxTranscript is how long a transcript may be, in bytes, that a line hashes.
const maxTranscript = 8 << 10

// transcriptCommand is the line for the transcript hash after a message. most
// bounds the bytes in it.
func transcriptCommand(c *Connection, id, most int) string {
	t := c.Messages[id].Transcript
	if t == nil || newHash(t.Hash) == nil {
		return ""
	}
	var all []byte
	for i := transcriptStart(c, id); i <= id; i++ {
		m := &c.Messages[i]
		if m.Transcript == nil {
			continue
		}
		if len(all)+m.Len > most {
			return ""
		}
		all = append(all, c.Bytes(m)...)
	}
	return fmt.Sprintf("echo %x | xxd -r -p | openssl dgst -%s -binary", all, strings.ToLower(digest(t.Hash))) + hexOnly
}

// transcriptStart is the first message of the transcript that a message is
// in: there is another after a HelloRetryRequest.
func transcriptStart(c *Connection, id int) int {
	for i := id; i > 0; i-- {
		if m := &c.Messages[i]; m.Type == msgMessageHash && m.Synthetic {
			return i
		}
	}
	return 0
}

// finishedCommand is the line for the verify data of a Finished message.
func finishedCommand(c *Connection, m *Message) string {
	base := finishedBase(c, m)
	if base == nil || base.Out == nil {
		return ""
	}
	t := m.Transcript
	if base.ID == "main" {
		label := keyschedule.ServerFinished
		if m.Dir == C2S {
			label = keyschedule.ClientFinished
		}
		return prfCommand(t.Hash, m.Len-4, base.Out, label, t.Before)
	}
	key := expandCommand(&Secret{Hash: t.Hash, Label: "finished", Len: len(base.Out)}, base.Out)
	return fmt.Sprintf("echo %x | xxd -r -p | openssl mac -digest %s -macopt hexkey:$(%s | tr -d :) HMAC", []byte(t.Before), digest(t.Hash), key)
}

// finishedBase is the secret behind a Finished message, nil if it is not here.
func finishedBase(c *Connection, m *Message) *Secret {
	if m.Type != msgFinished || m.Incomplete || m.Transcript == nil || newHash(m.Transcript.Hash) == nil {
		return nil
	}
	if main := c.FindSecret("main"); main != nil && m.Len == 4+verifyData12 {
		return main
	}
	if m.Dir == C2S {
		return c.FindSecret("c_hs")
	}
	return c.FindSecret("s_hs")
}

// explainCommand is the line that takes a message apart.
func explainCommand(msg []byte) string {
	if len(msg) == 0 {
		return ""
	}
	return "tlsprobe explain hex " + hex.EncodeToString(msg)
}
