package testpeer

import (
	"crypto/rsa"
	"math/big"
	"sync"
)

// The primes of the tests' RSA key. Making primes takes longer than all the
// dialogues.
const (
	primeP = "e11da62ecc3e956fd895717d37b1217dc3a57d49744dbf35d136cee06ecfa96689128a3892f0c39ffda81735e6079dd4c48bdd243b375da480047268013f15d994c4d7c62c34a96f5c9c3c4f6d4c7420006cf9df69194af78f50e927f0e00e1cef86635cda5c370f049749092874eac23b6e8e0fd4ebb1c143993dfd85453d91"
	primeQ = "e2a01281691aace7c66efb596e8f7c18433957df75360f3a7b0ad34809085fe1471c89bcdbacefe8f336a127a80cdaadc6a49497d0d07aef230dfb77bd908ef5f6ebc8647b45a24004c65ba87cac37b85ae623d36e9e0e17c8736fd2c614e80b5de06766f3cca71a987d00eb2c7bdfc3a620cccee1ecff2cd0c285889320cd9d"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	p, _ := new(big.Int).SetString(primeP, 16)
	q, _ := new(big.Int).SetString(primeQ, 16)
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	e := big.NewInt(65537)
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(e, phi), Primes: []*big.Int{p, q},
	}
	key.Precompute()
	return key
})
