package group

import (
	"io"

	"github.com/tlsengine/tlsengine/internal/simd"
)

// hybrid is a group of draft-ietf-tls-ecdhe-mlkem: an ECDHE exchange and an
// ML-KEM side by side. Seed, shares and secret are those of the two parts, one
// after the other:
//
//	X25519MLKEM768      ML-KEM-768, X25519
//	SecP256r1MLKEM768   P-256, ML-KEM-768
//	SecP384r1MLKEM1024  P-384, ML-KEM-1024
type hybrid struct {
	curve    *curve
	kem      *kem
	kemFirst bool
}

var (
	x25519mlkem768     = hybrid{curve: &curve25519, kem: &kem768, kemFirst: true}
	secp256r1mlkem768  = hybrid{curve: &p256, kem: &kem768}
	secp384r1mlkem1024 = hybrid{curve: &p384, kem: &kem1024}
)

// split cuts b, whose length is the sum, into its part for the curve and its
// part for the KEM.
func (h *hybrid) split(b []byte, curveLen, kemLen int) (curvePart, kemPart []byte) {
	if h.kemFirst {
		return b[kemLen:], b[:kemLen]
	}
	return b[:curveLen], b[curveLen:]
}

func (h *hybrid) generate(rand io.Reader) (PrivateKey, error) {
	seed := make([]byte, kemSeedLen)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, err
	}
	ecdhe, err := h.curve.generate(rand)
	if err != nil {
		return nil, err
	}
	return h.newKey(ecdhe, seed), nil
}

func (h *hybrid) restore(seed []byte) (PrivateKey, error) {
	if len(seed) != h.curve.seedLen+kemSeedLen {
		return nil, ErrSeed
	}
	curveSeed, kemSeed := h.split(seed, h.curve.seedLen, kemSeedLen)
	ecdhe, err := h.curve.restore(curveSeed)
	if err != nil {
		return nil, err
	}
	return h.newKey(ecdhe, kemSeed), nil
}

// respond refuses a share for its curve part before it looks at the KEM part:
// a share with both wrong is always refused for the first.
func (h *hybrid) respond(rand io.Reader, clientShare []byte) (serverShare, secret []byte, err error) {
	if len(clientShare) != h.curve.shareLen+h.kem.shareLen {
		return nil, nil, errLength
	}
	curveShare, kemShare := h.split(clientShare, h.curve.shareLen, h.kem.shareLen)
	random := make([]byte, kemRandomLen)
	defer clear(random)
	if _, err := io.ReadFull(rand, random); err != nil {
		return nil, nil, err
	}
	curveOut, curveSecret, err := h.curve.respond(rand, curveShare)
	if err != nil {
		return nil, nil, err
	}

	serverShare = make([]byte, h.curve.shareLen+h.kem.ciphertextLen)
	secret = make([]byte, len(curveSecret)+kemSecretLen)
	curveTo, kemTo := h.split(serverShare, h.curve.shareLen, h.kem.ciphertextLen)
	curveSecretTo, kemSecretTo := h.split(secret, len(curveSecret), kemSecretLen)
	// "the server MUST perform the encapsulation key check described in
	// Section 7.2 of [FIPS203] on the client's encapsulation key"
	// draft-ietf-tls-ecdhe-mlkem, "Server share".
	if !h.kem.encapsulate(kemTo, kemSecretTo, kemShare, random) {
		return nil, nil, errModulus
	}
	copy(curveTo, curveOut)
	copy(curveSecretTo, curveSecret)
	clear(curveSecret)
	return serverShare, secret, nil
}

// hybridKey is a client's key.
type hybridKey struct {
	*hybrid
	ecdhe        PrivateKey
	decapsulator decapsulator
	kemSeed      [kemSeedLen]byte
	share        []byte
}

func (h *hybrid) newKey(ecdhe PrivateKey, kemSeed []byte) *hybridKey {
	k := &hybridKey{hybrid: h, ecdhe: ecdhe, kemSeed: [kemSeedLen]byte(kemSeed)}
	k.share = make([]byte, h.curve.shareLen+h.kem.shareLen)
	curveTo, kemTo := h.split(k.share, h.curve.shareLen, h.kem.shareLen)
	copy(curveTo, ecdhe.Share())
	k.decapsulator = h.kem.fromSeed(kemTo, kemSeed)
	return k
}

func (k *hybridKey) Seed() []byte {
	seed := make([]byte, k.curve.seedLen+kemSeedLen)
	curveTo, kemTo := k.split(seed, k.curve.seedLen, kemSeedLen)
	copy(curveTo, k.ecdhe.Seed())
	copy(kemTo, k.kemSeed[:])
	return seed
}

func (k *hybridKey) Share() []byte { return k.share }

func (k *hybridKey) Secret(peerShare []byte) ([]byte, error) {
	// "the client MUST check if the ciphertext length matches the selected
	// group" draft-ietf-tls-ecdhe-mlkem, "Server share".
	if len(peerShare) != k.curve.shareLen+k.kem.ciphertextLen {
		return nil, errLength
	}
	curveShare, ciphertext := k.split(peerShare, k.curve.shareLen, k.kem.ciphertextLen)
	curveSecret, err := k.ecdhe.Secret(curveShare)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, len(curveSecret)+kemSecretLen)
	curveTo, kemTo := k.split(secret, len(curveSecret), kemSecretLen)
	copy(curveTo, curveSecret)
	clear(curveSecret)
	k.decapsulator.DecapsulateTo(kemTo, ciphertext)
	simd.Clear()
	return secret, nil
}
