package handshake

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/signature"
)

// chooseSuite is the server's choice among the suites that fit, by its own
// preference or by the client's.
func chooseSuite(cfg *Config, offered List16[cipher.ID], fit func(*cipher.Suite) bool) *cipher.Suite {
	if cfg.ClientOrder {
		for id := range offered.All() {
			if s := cfg.suite(id); s != nil && fit(s) {
				return s
			}
		}
		return nil
	}
	for _, s := range cfg.suites() {
		if fit(s) && offered.Has(s.ID) {
			return s
		}
	}
	return nil
}

// chooseGroup is the server's choice of a group and of the client's share for
// it, which is empty where a HelloRetryRequest must ask for one. By the
// client's order it is the first that both have. By the server's own, one
// with a share wins over one without, except that a hybrid is never given up
// for a plain group just because its share is missing.
func chooseGroup(cfg *Config, offered []group.ID, shares KeyShares) (*group.Group, KeyShareEntry) {
	list := sharedGroups(cfg, offered)
	if len(list) == 0 {
		return nil, KeyShareEntry{}
	}
	for _, g := range list {
		if hybrid(g) == hybrid(list[0]) && (g == list[0] || !cfg.ClientOrder) {
			if share, ok := shares.Get(g.ID); ok {
				return g, KeyShareEntry{Group: g.ID, KeyExchange: share}
			}
		}
	}
	return list[0], KeyShareEntry{}
}

// sharedGroups lists the groups that both sides have, in the order that counts.
func sharedGroups(cfg *Config, offered []group.ID) []*group.Group {
	var list []*group.Group
	if cfg.ClientOrder {
		for _, id := range offered {
			if g := cfg.group(id); g != nil && !slices.Contains(list, g) {
				list = append(list, g)
			}
		}
		return list
	}
	for _, g := range cfg.groups() {
		if slices.Contains(offered, g.ID) {
			list = append(list, g)
		}
	}
	return list
}

// hybrid reports whether the group is one of TLS 1.3's own, with a KEM in it.
func hybrid(g *group.Group) bool { return !g.TLS12 }

// checkShares holds the shares to the groups.
//
// "Servers MAY check for violations of these rules and abort the handshake
// with an "illegal_parameter" alert if one is violated." RFC 9846, Section
// 4.3.8.
func checkShares(shares KeyShares, groups []group.ID) error {
	n := 0
	for share := range shares.All() {
		if n++; n > MaxKeyShares {
			return alert.TooManyKeyShares.Errorf("client sent more than %d key shares", MaxKeyShares)
		}
		if !slices.Contains(groups, share.Group) {
			return alert.KeyShareNotListed.Errorf("client sent a share of %v, which is not in its supported_groups", share.Group)
		}
	}
	return nil
}

// signatureList is the Config's signature_algorithms. PKCS #1 v1.5 is in it
// for certificates (and TLS 1.2).
func signatureList(cfg *Config) List16[signature.Scheme] {
	var list List16[signature.Scheme]
	for _, a := range cfg.signatures() {
		list = append(list, byte(a.Scheme>>8), byte(a.Scheme))
	}
	return list
}

// groupList is the Config's supported_groups.
func groupList(cfg *Config) List16[group.ID] {
	var list List16[group.ID]
	for _, g := range cfg.groups() {
		if g.TLS12 || cfg.speaks(VersionTLS13) {
			list = append(list, byte(g.ID>>8), byte(g.ID))
		}
	}
	return list
}

// speaks reports whether this side allows the version. QUIC is TLS 1.3 alone:
// RFC 9001, Section 4.2.
func (c *common) speaks(v Version) bool {
	return c.cfg.speaks(v) && (v == VersionTLS13 || c.carrier == Records)
}

// versionList is the Config's supported_versions, the newest first. QUIC is
// TLS 1.3 alone: RFC 9001, Section 4.2.
func versionList(cfg *Config, carrier Carrier) List16[Version] {
	if carrier == QUIC || !cfg.speaks(VersionTLS12) {
		return List16Of(VersionTLS13)
	}
	return List16Of(VersionTLS13, VersionTLS12)
}
