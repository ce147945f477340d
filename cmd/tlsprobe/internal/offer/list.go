package offer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/signature"
)

// kind is one of the three lists: which table names its values, what is spoken
// unless told otherwise, and what the engine has for a number.
type kind[T any] struct {
	flag     string
	table    *registry.Table
	standard func() []T
	lookup   func(id uint32) (T, bool)
	foreign  func(id uint32) T // for what the engine does not speak
	id       func(T) uint32
}

var suiteList = kind[*cipher.Suite]{
	flag: "suites", table: registry.CipherSuites, standard: cipher.Suites,
	lookup: func(id uint32) (*cipher.Suite, bool) { s := cipher.Lookup(cipher.ID(id)); return s, s != nil }, foreign: foreignSuite,
	id: func(s *cipher.Suite) uint32 { return uint32(s.ID) },
}

var groupList = kind[*group.Group]{
	flag: "groups", table: registry.Groups, standard: group.Default,
	lookup: func(id uint32) (*group.Group, bool) { g := group.Lookup(group.ID(id)); return g, g != nil }, foreign: foreignGroup,
	id: func(g *group.Group) uint32 { return uint32(g.ID) },
}

var schemeList = kind[*signature.Algorithm]{
	flag: "sigalgs", table: registry.SignatureSchemes, standard: signature.Default,
	lookup: func(id uint32) (*signature.Algorithm, bool) {
		a := signature.Lookup(signature.Scheme(id))
		return a, a != nil
	}, foreign: foreignScheme,
	id: func(a *signature.Algorithm) uint32 { return uint32(a.Scheme) },
}

// resolve reads a list. A list that begins with +x or -x changes the standard
// one; any other stands in its place.
func resolve[T any](o *Offer, k kind[T], items []string) ([]T, error) {
	if items == nil {
		return nil, nil
	}
	var out []T
	if len(items) > 0 && (items[0][0] == '+' || items[0][0] == '-') {
		out = k.standard()
	}
	for _, item := range items {
		name := strings.TrimLeft(item, "+-")
		one, err := find(o, k, name)
		if err != nil {
			return nil, err
		}
		same := func(t T) bool { return k.id(t) == k.id(one) }
		if item[0] == '-' {
			out = slices.DeleteFunc(out, same)
		} else if !slices.ContainsFunc(out, same) {
			out = append(out, one)
		}
	}
	if len(out) == 0 {
		return nil, fault.UsageError("value", "--%s leaves nothing to offer", k.flag)
	}
	return out, nil
}

// find looks a name or number up in the registry, and then in the engine.
func find[T any](o *Offer, k kind[T], name string) (one T, err error) {
	e, ok := k.table.Find(name)
	if !ok && strings.HasPrefix(name, "0x") {
		return one, fault.UsageError("value", "--%s: %s is no number from 0x0000 to 0xffff", k.flag, name)
	}
	if !ok {
		near := k.table.Nearest(name, 3)
		words := make([]string, 0, len(near))
		for _, n := range near {
			words = append(words, n.Name)
		}
		return one, fault.UsageError("value", "--%s: unknown name %q", k.flag, name).WithHint("the nearest are %s", strings.Join(words, ", "))
	}
	one, ok = k.lookup(e.ID)
	switch {
	case ok:
		return one, nil
	case o.Foreign:
		what := "is offered, but not spoken here"
		if e.Name == "" {
			what = "is unassigned; it is offered, but not spoken here"
		}
		o.Notes = append(o.Notes, fmt.Sprintf("--%s: %s %s", k.flag, k.table.Label(e.ID), what))
		return k.foreign(e.ID), nil
	}
	return one, fault.UsageError("value", "--%s: %s is not spoken by this engine", k.flag, k.table.Label(e.ID)).
		WithHint("it speaks %s", spoken(k))
}

func spoken[T any](k kind[T]) string {
	var words []string
	for _, t := range k.standard() {
		words = append(words, k.table.Label(k.id(t)))
	}
	return strings.Join(words, " ")
}
