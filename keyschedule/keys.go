package keyschedule

import "github.com/tlsengine/tlsengine/cipher"

// Keys are what protects the records of one direction, by value.
type Keys struct {
	Key    [cipher.MaxKeySize]byte
	KeyLen uint8 // bytes of Key in use

	// IV is the IV, or in a TLS 1.2 GCM suite its salt and then zeros: what
	// cipher.Nonce wants either way.
	IV    [cipher.NonceSize]byte
	IVLen uint8 // bytes of IV that were derived: 12, or 4
}

// TrafficKeys returns the keys of a TLS 1.3 traffic secret (RFC 9846, Section
// 7.3).
func TrafficKeys(suite *cipher.Suite, s Secret) Keys {
	k := keysFor(suite)
	var x Expander
	x.Start(suite.Hash, s.Bytes())
	x.Label("key", nil, k.Key[:k.KeyLen])
	x.Label("iv", nil, k.IV[:k.IVLen])
	return k
}

func keysFor(suite *cipher.Suite) Keys {
	return Keys{KeyLen: uint8(suite.KeyLen), IVLen: uint8(suite.IVLen)}
}
