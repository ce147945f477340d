package trace

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// schedule shows the key schedule from its start, if a private key is known.
func (v *viewer) schedule(suite *cipher.Suite, id int) {
	k, ok := v.agree()
	if !ok {
		return
	}
	v.b.keyExchange(k)
	hash := suite.Hash
	early := keyschedule.NewEarly(hash, nil)
	handshake := early.Handshake(k.Shared)
	main := handshake.Main()
	empty := hash.New().Sum(nil)
	after := v.b.c.Messages[id].Transcript.After
	stages := []struct {
		stage  []byte
		ikm    []byte
		labels []string
	}{
		{early.Secret.Bytes(), nil, nil},
		{handshake.Secret.Bytes(), k.Shared, []string{"c hs traffic", "s hs traffic"}},
		{main.Secret.Bytes(), nil, nil},
	}
	var salt []byte
	for i, s := range stages {
		v.b.derive(hook.Derivation{Op: hook.Extract, Hash: hash.String(), Salt: salt, IKM: s.ikm, Out: s.stage})
		for _, label := range s.labels {
			v.expand(suite, s.stage, label, after)
		}
		if i < len(stages)-1 {
			salt = v.expand(suite, s.stage, "derived", empty)
		}
	}
}

// expand derives a secret by a label, and shows it.
func (v *viewer) expand(suite *cipher.Suite, secret []byte, label string, context []byte) []byte {
	out := make([]byte, suite.Hash.Size())
	keyschedule.ExpandLabel(suite.Hash, secret, label, context, out)
	v.b.derive(hook.Derivation{Op: hook.ExpandLabel, Hash: suite.Hash.String(), Secret: secret, Label: label, Context: context, Out: out})
	return out
}

// agree makes the shared secret, if one of the private keys is that of a share
// in the hellos.
func (v *viewer) agree() (hook.KeyExchange, bool) {
	client, server := v.shares()
	for _, p := range v.options.Private {
		g := group.Lookup(group.ID(p.Group))
		if g == nil || client[p.Group] == nil || server[p.Group] == nil {
			continue
		}
		private, err := g.Restore(p.Key)
		if err != nil {
			continue
		}
		ours, theirs := private.Share(), server[p.Group]
		if slices.Equal(ours, theirs) {
			theirs = client[p.Group]
		} else if !slices.Equal(ours, client[p.Group]) {
			continue
		}
		if shared, err := private.Secret(theirs); err == nil {
			return hook.KeyExchange{Group: p.Group, Private: p.Key, Public: ours, Peer: theirs, Shared: shared}, true
		}
	}
	return hook.KeyExchange{}, false
}

// shares are the key shares of the hellos, by group.
func (v *viewer) shares() (client, server map[uint16][]byte) {
	client, server = map[uint16][]byte{}, map[uint16][]byte{}
	for i := range v.b.c.Messages {
		m := &v.b.c.Messages[i]
		tree := dissect.Field{Fields: m.Fields}
		msg := v.b.c.Bytes(m)
		share := func(entry *dissect.Field, prefix string, to map[uint16][]byte) {
			group, key := entry.Find(prefix+".group"), entry.Find(prefix+".key_exchange")
			if group != nil && key != nil {
				to[uint16(group.Value.Num)] = msg[key.Off : key.Off+key.Len]
			}
		}
		const ext = "extensions.key_share"
		f := tree.Find(ext)
		switch {
		case f == nil:
		case m.Type == msgServerHello:
			share(f, ext, server)
		case m.Type == msgClientHello:
			if list := tree.Find(ext + ".client_shares"); list != nil {
				for j := range list.Fields {
					share(&list.Fields[j], list.Fields[j].ID, client)
				}
			}
		}
	}
	return client, server
}
