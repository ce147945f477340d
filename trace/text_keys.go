package trace

import (
	"encoding/hex"
	"fmt"
)

// keyBlock writes the secrets that came since the last block.
func (p *printer) keyBlock() {
	ids := p.keys
	p.keys = nil
	if len(ids) == 0 || p.o.Layers&Keys == 0 || p.o.Message != "" {
		return
	}
	p.block++
	p.blank()
	p.line("%s", p.color(yellow, fmt.Sprintf("± keys %-3d   %s", p.block, keysTitle(ids))))
	for i := range p.c.KeyExchanges {
		k := &p.c.KeyExchanges[i]
		if p.uses(ids, numbered("shared", i)) {
			p.line("  %-17s %-58s %s", "shared secret", exchangeFormula(p.c, k), p.value(k.Shared))
			p.command(exchangeCommand(k))
		}
	}
	for _, id := range ids {
		if s := p.c.FindSecret(id); s != nil {
			p.secret(s)
		}
	}
	for _, id := range ids {
		p.pair(id)
	}
	p.blank()
}

// uses reports whether one of the secrets is made of the shared secret.
func (p *printer) uses(ids []string, shared string) bool {
	for _, id := range ids {
		if s := p.c.FindSecret(id); s != nil && (s.IKM == shared || s.Secret == shared) {
			return true
		}
	}
	return false
}

func (p *printer) secret(s *Secret) {
	p.line("  %-17s %-58s %s", secretLabel(s.ID), formula(p.c, s), p.value(s.Out))
	p.command(Command(p.c, s))
}

// value is a value in hex: its start and end, or all of it.
func (p *printer) value(b []byte) string {
	if b != nil && p.o.Hex == FullHex {
		return hex.EncodeToString(b)
	}
	return brief(b)
}

// command writes a line for a shell, if there is one.
func (p *printer) command(line string) {
	if p.o.Commands && line != "" {
		p.line("    $ %s", line)
	}
}

// pair writes the key and the IV that come of a secret.
func (p *printer) pair(id string) {
	ids := []string{id}
	if id == "key_block" {
		ids = []string{"c", "s"}
	}
	for _, id := range ids {
		key, iv := p.c.FindSecret(id+".key"), p.c.FindSecret(id+".iv")
		if key != nil && iv != nil {
			p.line("  %-17s %-58s %s / %s", whose(id)+" key / iv", "", p.value(key.Out), p.value(iv.Out))
			p.command(Command(p.c, key))
			p.command(Command(p.c, iv))
		}
	}
}
