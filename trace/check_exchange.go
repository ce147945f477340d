package trace

import (
	"fmt"

	"github.com/tlsengine/tlsengine/group"
)

// exchange computes a shared secret again from the private key, and the public
// key with it.
func (r *checker) exchange(k *KeyExchange) {
	what := fmt.Sprintf("key exchange %d", k.ID)
	g := group.Lookup(group.ID(k.Group))
	if g == nil || k.Ours.Private == nil || k.Shared == nil {
		r.Skipped++ // a server's half of a KEM has no private key
		return
	}
	key, err := g.Restore(k.Ours.Private)
	if err != nil {
		r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: "its private key is none of the group"})
		return
	}
	r.equal(what+", the public key", key.Share(), k.Ours.Public)
	shared, err := key.Secret(k.Theirs)
	if err != nil {
		r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: "the peer's public key cannot be used"})
		return
	}
	r.equal(what+", the shared secret", shared, k.Shared)
}
