package vectors

import (
	"crypto/rsa"
	"encoding/binary"
	"errors"
	"math/big"
)

// A WireRecord is a record as one end sends it.
type WireRecord struct {
	Sender  Role
	Type    string // "handshake", "application_data", "alert", "change_cipher_spec"
	Payload []byte // plaintext, without content type and padding
	Record  []byte // with its header, as it is on the wire
}

// Records returns the records of both ends in wire order. The slices alias
// the trace.
func (t *Trace) Records() []WireRecord {
	var rs []WireRecord
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Kind == Record {
			rs = append(rs, WireRecord{s.Role, s.Name, s.Get("payload"), s.Get("record")})
		}
	}
	return rs
}

// Messages returns the whole handshake messages one end sends, headers and
// binders included, in wire order. The slices alias the trace.
func (t *Trace) Messages(sender Role) [][]byte {
	var ms [][]byte
	for _, r := range t.Records() {
		if r.Sender != sender || r.Type != "handshake" {
			continue
		}
		for p := r.Payload; len(p) >= 4; {
			n := min(4+int(binary.BigEndian.Uint32(p)&0xffffff), len(p))
			ms = append(ms, p[:n])
			p = p[n:]
		}
	}
	return ms
}

// Secret returns what Derive-Secret gave for a label without its "tls13 "
// prefix, as "c hs traffic", or nil.
func (t *Trace) Secret(label string) []byte {
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Kind == Derive && s.Name == label {
			return s.Get("expanded")
		}
	}
	return nil
}

// Random returns an end's random, or nil.
func (t *Trace) Random(end Role) []byte { return t.Input(string(end) + " random") }

// PrivateKey returns an end's ephemeral private key for a group as the trace
// names it, "x25519" or "P-256", or nil.
func (t *Trace) PrivateKey(end Role, group string) []byte {
	return t.Input(string(end) + " " + group + " private key")
}

// Signature returns the signature in an end's CertificateVerify, or nil.
func (t *Trace) Signature(signer Role) []byte {
	s := t.Step(signer, Message, "CertificateVerify")
	// msg_type, length, algorithm, signature<0..2^16-1>: RFC 9846, Section 4.5.2.
	const header = 4 + 2 + 2
	if s == nil || len(s.Get("")) < header {
		return nil
	}
	return s.Get("")[header:]
}

// ErrNoKey is what RSAKey returns for a trace without an RSA private key.
var ErrNoKey = errors.New("vectors: the trace shows no RSA private key")

// RSAKey returns the server's RSA private key. It has 1024 bits and is
// published: for tests only.
func (t *Trace) RSAKey() (*rsa.PrivateKey, error) {
	in := func(name string) *big.Int { return new(big.Int).SetBytes(t.Input("server rsa " + name)) }
	if t.Input("server rsa modulus") == nil {
		return nil, ErrNoKey
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: in("modulus"), E: int(in("public exponent").Int64())},
		D:         in("private exponent"),
		Primes:    []*big.Int{in("prime1"), in("prime2")},
	}
	key.Precompute()
	return key, key.Validate()
}
