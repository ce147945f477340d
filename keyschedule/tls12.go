package keyschedule

import (
	"github.com/tlsengine/tlsengine/cipher"
)

// MainSecretSize is the length of the TLS 1.2 main secret in bytes, whatever
// the hash (RFC 5246, Section 8.1).
const MainSecretSize = 48

// The labels of [VerifyData12] (RFC 5246, Section 7.4.9).
const (
	ClientFinished = "client finished"
	ServerFinished = "server finished"
)

const (
	mainLabel         = "master secret"
	extendedMainLabel = "extended master secret"
	keyBlockLabel     = "key expansion"
)

// MainSecret12 returns the main secret without the extension of RFC 7627
// (RFC 5246, Section 8.1). preMain is the shared secret of the key exchange.
func MainSecret12(h cipher.Hash, preMain, clientRandom, serverRandom []byte) Secret {
	s := Secret{n: MainSecretSize}
	prf(h, preMain, mainLabel, clientRandom, serverRandom, s.Bytes())
	return s
}

// ExtendedMainSecret12 returns the main secret of RFC 7627, Section 4.
// sessionHash is the hash of ClientHello...ClientKeyExchange.
func ExtendedMainSecret12(h cipher.Hash, preMain, sessionHash []byte) Secret {
	s := Secret{n: MainSecretSize}
	prf(h, preMain, extendedMainLabel, sessionHash, nil, s.Bytes())
	return s
}

// KeyBlock12 returns the keys of both directions (RFC 5246, Section 6.3).
func KeyBlock12(suite *cipher.Suite, main Secret, clientRandom, serverRandom []byte) (client, server Keys) {
	var room [2*cipher.MaxKeySize + 2*cipher.NonceSize]byte
	block := room[:2*suite.KeyLen+2*suite.IVLen]
	prf(suite.Hash, main.Bytes(), keyBlockLabel, serverRandom, clientRandom, block)

	client, server = keysFor(suite), keysFor(suite)
	block = block[copy(client.Key[:client.KeyLen], block):]
	block = block[copy(server.Key[:server.KeyLen], block):]
	block = block[copy(client.IV[:client.IVLen], block):]
	copy(server.IV[:server.IVLen], block)
	return client, server
}

// VerifyData12 returns the verify_data of a Finished message (RFC 5246,
// Section 7.4.9). The label is [ClientFinished] or [ServerFinished].
func VerifyData12(h cipher.Hash, main Secret, label string, transcriptHash []byte) [12]byte {
	var out [12]byte
	prf(h, main.Bytes(), label, transcriptHash, nil, out[:])
	return out
}

// MaxExport12 bounds the length of [Export12], in bytes: the PRF itself has no
// end.
const MaxExport12 = 1 << 16

// Export12 exports keying material of a TLS 1.2 connection (RFC 5705, Section
// 4), and returns length bytes. A nil context is none, which differs from an
// empty one; a context has at most 65535 bytes.
//
// The error is [ErrExport]: length is above [MaxExport12], the context is too
// long, or the label is one that the handshake uses.
func Export12(h cipher.Hash, main Secret, clientRandom, serverRandom []byte, label string, context []byte, length int) ([]byte, error) {
	if length < 0 || length > MaxExport12 || len(context) > 0xffff || reserved12(label) {
		return nil, ErrExport
	}
	out := make([]byte, length)
	if context == nil {
		prf(h, main.Bytes(), label, clientRandom, serverRandom, out)
		return out, nil
	}
	tail := append([]byte(nil), serverRandom...)
	tail = append(tail, byte(len(context)>>8), byte(len(context)))
	tail = append(tail, context...)
	prf(h, main.Bytes(), label, clientRandom, tail, out)
	return out, nil
}

// reserved12 reports whether the label would give away a secret of the
// connection: RFC 5705, Section 4, sets them apart.
func reserved12(label string) bool {
	switch label {
	case ClientFinished, ServerFinished, mainLabel, extendedMainLabel, keyBlockLabel:
		return true
	}
	return false
}

// PRF12 fills out by the PRF of TLS 1.2 (RFC 5246, Section 5): for test vectors
// and for protocols that name it, as all that TLS takes of it has a function
// above.
func PRF12(h cipher.Hash, secret []byte, label string, seed, out []byte) {
	prf(h, secret, label, seed, nil, out)
}

// prf fills out by the PRF of TLS 1.2 (RFC 5246, Section 5). The seed is a and
// then b.
//
//	P_hash(secret, seed) = HMAC_hash(secret, A(1) + seed) +
//	                       HMAC_hash(secret, A(2) + seed) + ...
//	A(0) = seed
//	A(i) = HMAC_hash(secret, A(i-1))
//	PRF(secret, label, seed) = P_<hash>(secret, label + seed)
func prf(h cipher.Hash, secret []byte, label string, a, b, out []byte) {
	var m mac
	m.start(h, secret)
	ai := m.sum([]byte(label), a, b)
	for {
		t := m.sum(ai.Bytes(), []byte(label), a, b)
		out = out[copy(out, t.Bytes()):]
		if len(out) == 0 {
			return
		}
		ai = m.sum(ai.Bytes())
	}
}
