package offer

import (
	"crypto"
	"errors"
	"io"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/signature"
)

// ErrForeign is what happens when a server takes what was only offered.
var ErrForeign = errors.New("offered, but not spoken here")

// foreignSuite is a suite for a ClientHello alone: with it one can ask what a
// server would choose.
func foreignSuite(id uint32) *cipher.Suite {
	s := &cipher.Suite{ID: cipher.ID(id), Version: cipher.VersionTLS12, Hash: cipher.SHA256, Auth: cipher.AuthAny, KeyLen: 16, IVLen: 12,
		New: func([]byte) (cipher.AEAD, error) { return nil, ErrForeign }}
	if parts, ok := registry.PartsOf(uint16(id)); ok && parts.TLS13 {
		s.Version = cipher.VersionTLS13
	}
	return s
}

func foreignGroup(id uint32) *group.Group {
	return &group.Group{
		ID: group.ID(id), Name: registry.Groups.Label(id), TLS12: id < 0x0100,
		Generate: func(io.Reader) (group.PrivateKey, error) { return nil, ErrForeign },
		Restore:  func([]byte) (group.PrivateKey, error) { return nil, ErrForeign },
		Respond:  func(io.Reader, []byte) ([]byte, []byte, error) { return nil, nil, ErrForeign },
	}
}

func foreignScheme(id uint32) *signature.Algorithm {
	never := func(crypto.PublicKey) bool { return false }
	fail := func(crypto.PublicKey, []byte, []byte) error { return ErrForeign }
	return &signature.Algorithm{Scheme: signature.Scheme(id), TLS13: true, TLS12: true, Fits: never, Fits12: never, Verify: fail, Verify12: fail}
}

// shares are the groups to send shares of, as the engine would choose them, out
// of those that are spoken.
func (o *Offer) shares() []group.ID {
	shares := []group.ID{}
	var hybrid, plain bool
	for _, g := range o.Groups {
		seen := &hybrid
		if g.TLS12 {
			seen = &plain
		}
		if !*seen && group.Lookup(g.ID) != nil {
			*seen = true
			shares = append(shares, g.ID)
		}
	}
	return shares
}
