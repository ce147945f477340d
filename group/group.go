package group

import (
	"fmt"
	"io"
)

// ID is a NamedGroup of RFC 9846, Section 4.3.7.
type ID uint16

// The groups of this package, by the code points of the IANA registry "TLS
// Supported Groups".
const (
	P256               ID = 0x0017 // secp256r1
	P384               ID = 0x0018 // secp384r1
	P521               ID = 0x0019 // secp521r1
	X25519             ID = 0x001D
	X448               ID = 0x001E
	SecP256r1MLKEM768  ID = 0x11EB
	X25519MLKEM768     ID = 0x11EC
	SecP384r1MLKEM1024 ID = 0x11ED
)

// String is the registry's spelling, or the number of a group that is not
// implemented here.
func (id ID) String() string {
	if g := Lookup(id); g != nil {
		return g.Name
	}
	return fmt.Sprintf("0x%04X", uint16(id))
}

// Group is one way to agree on a secret.
type Group struct {
	ID    ID
	Name  string // the registry's spelling
	TLS12 bool   // also for TLS 1.2 (RFC 8422): a Diffie-Hellman exchange, not a KEM

	// Generate makes a fresh key: of a client, or of a TLS 1.2 server. It
	// fails only when rand does, or gives bytes that cannot be random.
	Generate func(rand io.Reader) (PrivateKey, error)

	// Restore makes the key again whose Seed was seed, and keeps no
	// reference to it. It fails with [ErrSeed].
	Restore func(seed []byte) (PrivateKey, error)

	// Respond is all the work of a TLS 1.3 server: its share, and the secret
	// that it and the client's share give. It keeps no reference to
	// clientShare, and the caller owns what it returns. A client share that
	// cannot be used is an error that is [ErrShare].
	Respond func(rand io.Reader, clientShare []byte) (serverShare, secret []byte, err error)
}

// PrivateKey is one side's half of an exchange. It is made for one handshake,
// and holds what was computed to make its share: about 9 KiB with ML-KEM-768, 15
// with ML-KEM-1024, less than 1 with the others.
type PrivateKey interface {
	// Seed returns a copy of the bytes that Restore takes. It is as secret
	// as the key.
	Seed() []byte

	// Share returns the key_exchange to send. The key owns it: it must not
	// be changed, and stays the same for the life of the key.
	Share() []byte

	// Secret returns what this key and the peer's share give, in a slice of
	// the caller's. It keeps no reference to peerShare. A share that cannot
	// be used is an error that is [ErrShare].
	Secret(peerShare []byte) ([]byte, error)
}
