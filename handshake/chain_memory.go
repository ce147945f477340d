package handshake

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"slices"
	"sync"
	"time"
)

// Limits of a [ChainMemory].
const (
	MaxChainAge        = time.Hour // how long it is believed that a chain is good
	MaxRememberedChain = 16384     // bytes of a chain that is remembered
)

// ChainMemory remembers the chains that were verified and found good, so that
// the next engine with the same peer neither parses nor verifies them, and
// shares their bytes. It may be shared by any number of Configs.
//
// A chain is good again for the same bytes of all its certificates, the same
// Config.Roots (the pool itself, not an equal one), the same name and the same
// usage; at a time when all certificates of a path that was found are valid;
// and for [MaxChainAge], by Config.Time. So it refuses what verification would
// refuse, as long as the pool's verdict depends on nothing else: who puts
// constraints of his own into the pool, or verifies with the system's on
// Windows or macOS, can be answered by what was true an hour ago. What was
// refused is not remembered.
type ChainMemory struct {
	mu    sync.Mutex
	most  int
	known map[chainID]*knownChain
	order []chainID // by age; the ring's oldest is at next
	next  int
}

// chainID is all that a verdict depends on but the time. It holds on to the
// pool, so that no other can come to stand at its address.
type chainID struct {
	roots *x509.CertPool
	rest  [sha256.Size]byte
}

// knownChain is a chain that was good. Nobody changes it.
type knownChain struct {
	id          chainID
	chain       [][]byte
	key         any       // of the leaf, as leafKey gives it
	common      bool      // the key is of a kind that crypto/x509 knows
	from, until time.Time // it is good, both included
}

// NewChainMemory returns a memory of at most so many chains. When it is full,
// the oldest makes room. A chain takes its bytes, at most [MaxRememberedChain],
// and about 500 more.
func NewChainMemory(most int) *ChainMemory {
	return &ChainMemory{most: max(most, 1), known: make(map[chainID]*knownChain)}
}

// good reports whether the chain is good at that time.
func (k *knownChain) good(now time.Time) bool { return !now.Before(k.from) && !now.After(k.until) }

// get returns the chain if it is known and good now, else nil.
func (m *ChainMemory) get(id chainID, now time.Time) *knownChain {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.known[id]; k != nil && k.good(now) {
		return k
	}
	return nil
}

func (m *ChainMemory) put(k *knownChain) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.known[k.id]; !ok {
		if len(m.order) < m.most {
			m.order = append(m.order, k.id)
		} else {
			delete(m.known, m.order[m.next])
			m.order[m.next] = k.id
			m.next = (m.next + 1) % m.most
		}
	}
	m.known[k.id] = k
}

// chainID is the chain's under this Config, as a peer of that usage.
func (cfg *Config) chainID(chain [][]byte, usage x509.ExtKeyUsage) chainID {
	var room [512]byte // longer chains and names go to the heap
	b := append(room[:0], byte(usage))
	if usage == serverUsage {
		b = append(b, byte(len(cfg.ServerName))) // at most 255: CheckClient
		b = append(b, cfg.ServerName...)
	}
	for _, der := range chain {
		sum := sha256.Sum256(der)
		b = append(b, sum[:]...)
	}
	return chainID{cfg.Roots, sha256.Sum256(b)}
}

// remembers reports whether the verdict on the chain is looked up and kept: it
// is the Config's own and there is a memory for it.
func (cfg *Config) remembers(chain [][]byte) bool {
	if cfg.Chains == nil || cfg.Roots == nil || cfg.asks(AskVerdict) {
		return false
	}
	total := 0
	for _, der := range chain {
		total += len(der)
	}
	return total <= MaxRememberedChain
}

// recall returns what is known of a chain that is good now, else nil.
func (cfg *Config) recall(chain [][]byte, usage x509.ExtKeyUsage) *knownChain {
	if !cfg.remembers(chain) {
		return nil
	}
	k := cfg.Chains.get(cfg.chainID(chain, usage), cfg.now())
	if k == nil || !slices.EqualFunc(k.chain, chain, bytes.Equal) {
		return nil
	}
	return k
}

// remember keeps a chain that was found good now, by way of those paths.
func (cfg *Config) remember(chain [][]byte, leaf *x509.Certificate, usage x509.ExtKeyUsage, now time.Time, paths [][]*x509.Certificate) {
	if !cfg.remembers(chain) {
		return
	}
	key, err := leafKey(leaf)
	if err != nil {
		return
	}
	k := &knownChain{id: cfg.chainID(chain, usage), chain: clone(chain), key: key, common: leaf.PublicKey != nil}
	for _, path := range paths {
		if from, until := validity(path); until.After(k.until) {
			k.from, k.until = from, until
		}
	}
	// An age is measured by the clock on the wall, as certificates are. One that
	// goes back makes a verdict of the future, which does not count.
	now = now.Round(0)
	k.from, k.until = later(k.from, now), earlier(k.until, now.Add(MaxChainAge))
	cfg.Chains.put(k)
}

// validity is the time in which all certificates are valid.
//
// "The certificate validity period is the period of time from notBefore through
// notAfter, inclusive." RFC 5280, Section 4.1.2.5.
func validity(path []*x509.Certificate) (from, until time.Time) {
	from, until = path[0].NotBefore, path[0].NotAfter
	for _, cert := range path[1:] {
		from, until = later(from, cert.NotBefore), earlier(until, cert.NotAfter)
	}
	return from, until
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
