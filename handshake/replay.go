package handshake

import (
	"sync"
	"time"
)

// AntiReplay tells fresh early data from replayed early data: RFC 9846,
// Section 8.2. An implementation is shared by all the engines that open the
// same tickets, on all the machines that do.
type AntiReplay interface {
	// Fresh reports that id was not seen before, and remembers it until then.
	// When it cannot tell it says false, and the connection goes on without
	// early data. It must not block for long and must be safe for concurrent
	// use; those who need longer ask the application (AskTicket).
	Fresh(id []byte, now, until time.Time) bool
}

// ReplayMemory is an [AntiReplay] in memory, for one process.
type ReplayMemory struct {
	mu   sync.Mutex
	most int
	seen map[[16]byte]time.Time
}

// NewReplayMemory returns a memory of at most so many ClientHellos. A full
// one says of everything that it is not fresh, until something expires: with
// a window of two minutes, size it for the rate times 120.
func NewReplayMemory(most int) *ReplayMemory {
	return &ReplayMemory{most: most, seen: make(map[[16]byte]time.Time)}
}

// Fresh implements [AntiReplay].
func (m *ReplayMemory) Fresh(id []byte, now, until time.Time) bool {
	if len(id) < 16 {
		return false
	}
	key := [16]byte(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	if expires, ok := m.seen[key]; ok && !now.After(expires) {
		return false
	}
	if len(m.seen) >= m.most {
		m.expire(now)
	}
	if len(m.seen) >= m.most {
		return false
	}
	m.seen[key] = until
	return true
}

func (m *ReplayMemory) expire(now time.Time) {
	for key, expires := range m.seen {
		if now.After(expires) {
			delete(m.seen, key)
		}
	}
}
