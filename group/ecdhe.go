package group

import "io"

// maxDraws is how often a scalar is drawn before the random source is blamed.
// An honest one needs a second draw once in 2^32.
const maxDraws = 8

// curve is what an ECDHE exchange needs to know of a curve.
type curve struct {
	seedLen  int
	shareLen int
	topMask  byte // which bits of a random seed's first byte count

	// fromSeed makes the key of a seed of seedLen bytes, which it copies. It
	// returns nil if the seed is no scalar of the curve.
	fromSeed func(seed []byte) PrivateKey
}

func (c *curve) generate(rand io.Reader) (PrivateKey, error) {
	seed := make([]byte, c.seedLen)
	defer clear(seed)
	for range maxDraws {
		if _, err := io.ReadFull(rand, seed); err != nil {
			return nil, err
		}
		seed[0] &= c.topMask
		if key := c.fromSeed(seed); key != nil {
			return key, nil
		}
	}
	return nil, errRandom
}

func (c *curve) restore(seed []byte) (PrivateKey, error) {
	if len(seed) != c.seedLen {
		return nil, ErrSeed
	}
	key := c.fromSeed(seed)
	if key == nil {
		return nil, ErrSeed
	}
	return key, nil
}

func (c *curve) respond(rand io.Reader, clientShare []byte) (serverShare, secret []byte, err error) {
	if len(clientShare) != c.shareLen {
		return nil, nil, errLength // before any arithmetic
	}
	key, err := c.generate(rand)
	if err != nil {
		return nil, nil, err
	}
	secret, err = key.Secret(clientShare)
	if err != nil {
		return nil, nil, err
	}
	return key.Share(), secret, nil
}
