package interop

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tlsengine/tlsengine"
)

// keyLogLabels are what every key log of a connection has: RFC 9850.
func keyLogLabels(v tlsengine.Version) []string {
	if v == tlsengine.VersionTLS12 {
		return []string{"CLIENT_RANDOM"}
	}
	return []string{
		"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		"CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
	}
}

// keyLog is what an engine says of its secrets.
type keyLog struct {
	mu  sync.Mutex
	all []string
}

// record puts a key log into the Config.
func record(cfg *tlsengine.Config) *keyLog {
	k := &keyLog{}
	cfg.KeyLog = func(label string, clientRandom, secret []byte) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.all = append(k.all, fmt.Sprintf("%s %x %x", label, clientRandom, secret))
	}
	return k
}

func (k *keyLog) lines() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.all)
}
