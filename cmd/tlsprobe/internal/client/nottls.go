package client

import (
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/guess"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// notTLS says what the first bytes look like, nil if they look like TLS.
func (c *Conn) notTLS() *fault.Fault {
	first := c.wire.First()
	if len(first) == 0 {
		return nil
	}
	name, hint := guess.Protocol(first)
	if name == "" && first[0] >= 20 && first[0] <= 24 && (len(first) < 2 || first[1] == 3) {
		return nil
	}
	shown := text.Bytes(first, 32)
	if name == "" {
		return c.f("tls.not_tls", "the peer does not speak TLS; it said \"%s\"", shown)
	}
	return c.f("tls.not_tls", "this looks like %s, not TLS; it said \"%s\"", name, shown).WithHint("%s", hint)
}
