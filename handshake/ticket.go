package handshake

import (
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// How long a ticket key seals, and how long after that it still opens.
const (
	ticketKeyAge  = 24 * time.Hour
	ticketKeyOpen = TicketLifetime * time.Second
)

// TicketKeys seal sessions into stateless tickets, with XChaCha20-Poly1305:
//
//	struct {
//	    opaque key_name[16];
//	    opaque nonce[24];
//	    opaque sealed<..>;     /* Session, with its tag; key_name is authenticated */
//	} ticket;
//
// It is safe for concurrent use, and meant to be shared by all the Configs of
// one service. It holds keys and no connection's state.
type TicketKeys struct {
	mu     sync.Mutex
	given  bool // by SetKeys: no rotation of our own
	sealer []ticketKey
}

type ticketKey struct {
	name [16]byte
	key  [32]byte
	made time.Time
}

// NewTicketKeys returns keys that make themselves when first used, out of the
// Config's Rand, seal for a day and open for a week after that.
func NewTicketKeys() *TicketKeys { return &TicketKeys{} }

// SetKeys replaces all keys, for services that share them between processes
// and rotate them themselves: the first seals, all open. At least one.
func (t *TicketKeys) SetKeys(keys ...[32]byte) error {
	if len(keys) == 0 {
		return errors.New("no ticket keys given")
	}
	list := make([]ticketKey, len(keys))
	for i, k := range keys {
		if k == [32]byte{} {
			return errors.New("an all-zero ticket key")
		}
		list[i] = newTicketKey(k)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.given, t.sealer = true, list
	return nil
}

func newTicketKey(key [32]byte) ticketKey {
	digest := sha256.Sum256(append([]byte("tlsengine ticket key name"), key[:]...))
	return ticketKey{name: [16]byte(digest[:16]), key: key}
}

// current returns the key that seals now, making and retiring keys as time
// passes.
func (t *TicketKeys) current(now time.Time, rand io.Reader) (ticketKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.given {
		return t.sealer[0], nil
	}
	t.retire(now)
	if len(t.sealer) > 0 && now.Sub(t.sealer[0].made) < ticketKeyAge {
		return t.sealer[0], nil
	}
	var key [32]byte
	if _, err := io.ReadFull(rand, key[:]); err != nil {
		return ticketKey{}, err
	}
	k := newTicketKey(key)
	k.made = now
	t.sealer = slices.Insert(t.sealer, 0, k)
	return k, nil
}

func (t *TicketKeys) retire(now time.Time) {
	t.sealer = slices.DeleteFunc(t.sealer, func(k ticketKey) bool {
		return now.Sub(k.made) > ticketKeyAge+ticketKeyOpen
	})
}

func (t *TicketKeys) named(now time.Time, name [16]byte) (ticketKey, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.given {
		t.retire(now)
	}
	for _, k := range t.sealer {
		if k.name == name {
			return k, true
		}
	}
	return ticketKey{}, false
}

// Stale reports whether the ticket is not under the key that seals now: it is
// time for a new one.
func (t *TicketKeys) Stale(now time.Time, ticket []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.sealer) == 0 || len(ticket) < 16 || t.sealer[0].name != [16]byte(ticket) {
		return true
	}
	return !t.given && now.Sub(t.sealer[0].made) >= ticketKeyAge
}

// Seal makes a ticket of a session.
func (t *TicketKeys) Seal(now time.Time, rand io.Reader, session []byte) ([]byte, error) {
	k, err := t.current(now, rand)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 16+chacha20poly1305.NonceSizeX, 16+chacha20poly1305.NonceSizeX+len(session)+chacha20poly1305.Overhead)
	copy(out, k.name[:])
	if _, err := io.ReadFull(rand, out[16:]); err != nil {
		return nil, err
	}
	aead, _ := chacha20poly1305.NewX(k.key[:]) // which fails for other lengths only
	return aead.Seal(out, out[16:], session, k.name[:]), nil
}

// Open gives the session back, or nil if the ticket is not one that these
// keys open. It keeps nothing of the ticket.
func (t *TicketKeys) Open(now time.Time, ticket []byte) []byte {
	const head = 16 + chacha20poly1305.NonceSizeX
	if len(ticket) < head+chacha20poly1305.Overhead {
		return nil
	}
	k, ok := t.named(now, [16]byte(ticket))
	if !ok {
		return nil
	}
	aead, _ := chacha20poly1305.NewX(k.key[:]) // which fails for other lengths only
	session, err := aead.Open(nil, ticket[16:head], ticket[head:], k.name[:])
	if err != nil {
		return nil
	}
	return session
}
