package group

var groups = [...]*Group{
	{X25519MLKEM768, "X25519MLKEM768", false, x25519mlkem768.generate, x25519mlkem768.restore, x25519mlkem768.respond},
	{X25519, "x25519", true, curve25519.generate, curve25519.restore, curve25519.respond},
	{P256, "secp256r1", true, p256.generate, p256.restore, p256.respond},
	{P384, "secp384r1", true, p384.generate, p384.restore, p384.respond},
	{P521, "secp521r1", true, p521.generate, p521.restore, p521.respond},
	{SecP256r1MLKEM768, "SecP256r1MLKEM768", false, secp256r1mlkem768.generate, secp256r1mlkem768.restore, secp256r1mlkem768.respond},
	{SecP384r1MLKEM1024, "SecP384r1MLKEM1024", false, secp384r1mlkem1024.generate, secp384r1mlkem1024.restore, secp384r1mlkem1024.respond},
	{X448, "x448", true, curve448.generate, curve448.restore, curve448.respond},
}

// defaults is how many groups, from the first, are offered unless told otherwise.
const defaults = 5

// Default returns the groups to offer unless told otherwise, the preferred one
// first, in a slice of the caller's. The groups themselves must not be changed.
func Default() []*Group { return append([]*Group(nil), groups[:defaults]...) }

// All returns every group of this package, the default ones first, in a slice
// of the caller's.
func All() []*Group { return append([]*Group(nil), groups[:]...) }

// Lookup returns the group with that code point, or nil.
func Lookup(id ID) *Group {
	for _, g := range groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}
