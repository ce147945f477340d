package trace

import "fmt"

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
			p.line("  %-17s %-58s %s", "shared secret", exchangeFormula(p.c, k), brief(k.Shared))
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
	p.line("  %-17s %-58s %s", secretLabel(s.ID), formula(p.c, s), brief(s.Out))
	if p.o.Commands {
		if cmd := Command(p.c, s); cmd != "" {
			p.line("    $ %s", cmd)
		}
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
			p.line("  %-17s %-58s %s / %s", whose(id)+" key / iv", "", brief(key.Out), brief(iv.Out))
		}
	}
}
