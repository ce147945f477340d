package handshake

import (
	"container/list"
	"slices"
	"sync"
	"time"
)

// SessionCache keeps the sessions of TLS 1.2 clients that take no tickets, by
// session id: RFC 5246, Appendix F.1.4. Sessions are secret. An implementation
// must be safe for concurrent use and must not block for long; who needs longer
// to find a session answers a [TicketRequest].
type SessionCache interface {
	// Put keeps a session for as long as that. It owns the session, and keeps no
	// reference to id.
	Put(id, session []byte, lifetime time.Duration)

	// Get returns the session of that id, which stays in the cache, or nil.
	// It keeps no reference to id; the caller does not change the session.
	Get(id []byte) []byte

	// Delete forgets a session.
	Delete(id []byte)
}

// SessionMemory is a [SessionCache] in memory, for one process.
type SessionMemory struct {
	mu    sync.Mutex
	most  int
	kept  map[string]*list.Element
	order *list.List // of keptSession, the oldest first
}

// keptSession is a session and its id.
type keptSession struct {
	id      string
	session []byte
}

// NewSessionMemory returns a cache of at most so many sessions. When it is
// full, the oldest makes room. A session takes about 300 bytes, and the
// client's chain if there is one.
func NewSessionMemory(most int) *SessionMemory {
	return &SessionMemory{most: max(most, 1), kept: make(map[string]*list.Element), order: list.New()}
}

// Put implements [SessionCache]. Sessions say themselves how long they live;
// here they are kept until there is no room.
func (m *SessionMemory) Put(id, session []byte, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(m.kept[string(id)])
	if m.order.Len() == m.most {
		m.forget(m.order.Front())
	}
	m.kept[string(id)] = m.order.PushBack(keptSession{string(id), session})
}

// forget lets go of a session, if there is one.
func (m *SessionMemory) forget(e *list.Element) {
	if e != nil {
		delete(m.kept, m.order.Remove(e).(keptSession).id)
	}
}

// Get implements [SessionCache].
func (m *SessionMemory) Get(id []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.kept[string(id)]
	if e == nil {
		return nil
	}
	return slices.Clone(e.Value.(keptSession).session)
}

// Delete implements [SessionCache].
func (m *SessionMemory) Delete(id []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(m.kept[string(id)])
}
