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
	mu    sync.Mutex
	most  int
	seen  map[[16]byte]struct{}
	order []replayEntry // what is in seen, by age; a ring once it is full
	first int           // the oldest, in the ring
	count int
}

// replayEntry is a ClientHello that was seen.
type replayEntry struct {
	key     [16]byte
	expires time.Time
}

// NewReplayMemory returns a memory of at most so many ClientHellos. A full
// one says of everything that it is not fresh, until something expires: with
// a window of two minutes, size it for the rate times 120.
//
// A new memory knows nothing of what its predecessor saw. Where TicketKeys
// outlive the process ([TicketKeys.SetKeys]), turn early data on two minutes
// after the start: "When implementations are freshly started, they SHOULD
// reject 0-RTT as long as any portion of their recording window overlaps the
// startup time." RFC 9846, Section 8.2.
func NewReplayMemory(most int) *ReplayMemory {
	return &ReplayMemory{most: most, seen: make(map[[16]byte]struct{})}
}

// Fresh implements [AntiReplay]. It takes the same time however many it
// remembers: entries leave in the order in which they came.
func (m *ReplayMemory) Fresh(id []byte, now, until time.Time) bool {
	if len(id) < 16 {
		return false
	}
	key := [16]byte(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(now)
	if _, ok := m.seen[key]; ok || m.count >= m.most {
		return false
	}
	m.seen[key] = struct{}{}
	m.push(replayEntry{key, until})
	return true
}

// push puts an entry behind the youngest. There is room for it.
func (m *ReplayMemory) push(e replayEntry) {
	if m.count == len(m.order) {
		m.grow()
	}
	m.order[(m.first+m.count)%len(m.order)] = e
	m.count++
}

// grow doubles the ring, up to what it may hold.
func (m *ReplayMemory) grow() {
	ring := make([]replayEntry, min(max(2*m.count, 16), m.most))
	n := copy(ring, m.order[m.first:])
	copy(ring[n:], m.order[:m.first])
	m.order, m.first = ring, 0
}

// expire forgets the oldest, as far as their time is over.
func (m *ReplayMemory) expire(now time.Time) {
	for m.count > 0 && now.After(m.order[m.first].expires) {
		delete(m.seen, m.order[m.first].key)
		m.first = (m.first + 1) % len(m.order)
		m.count--
	}
}
