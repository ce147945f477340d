package handshake

import (
	"iter"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// KeyShareEntry is one side's part of a key exchange: RFC 9846, Section 4.3.8.
//
//	struct {
//	    NamedGroup group;
//	    opaque key_exchange<1..2^16-1>;
//	} KeyShareEntry;
//
// The key_exchange of a parsed entry aliases the message.
type KeyShareEntry struct {
	Group       group.ID
	KeyExchange []byte
}

func readKeyShareEntry(r *wire.Reader) KeyShareEntry {
	return KeyShareEntry{Group: group.ID(r.Uint16()), KeyExchange: r.NonEmpty16()}
}

func appendKeyShareEntry(w *wire.Builder, e KeyShareEntry) {
	w.Uint16(uint16(e.Group))
	w.Opaque16(e.KeyExchange)
}

// KeyShares is the list of a client's shares, as on the wire. A list that came
// out of [ParseKeyShareCH] aliases the message, has whole entries, and no group
// twice.
type KeyShares []byte

// All yields the entries in order.
func (s KeyShares) All() iter.Seq[KeyShareEntry] {
	return func(yield func(KeyShareEntry) bool) {
		for r := wire.NewReader(s); !r.Empty(); {
			e := readKeyShareEntry(&r)
			if r.Failed() || !yield(e) {
				return
			}
		}
	}
}

// Len is the number of entries, in time linear in it.
func (s KeyShares) Len() int { return count(s.All()) }

// Get returns the share for a group, and whether there is one.
func (s KeyShares) Get(g group.ID) ([]byte, bool) {
	for e := range s.All() {
		if e.Group == g {
			return e.KeyExchange, true
		}
	}
	return nil, false
}

// ParseKeyShareCH parses the key_share extension of a ClientHello. The list,
// which may be empty, aliases data.
//
//	struct {
//	    KeyShareEntry client_shares<0..2^16-1>;
//	} KeyShareClientHello;
//
// RFC 9846, Section 4.3.8. That the groups are among the client's
// supported_groups is for the machine to check.
func ParseKeyShareCH(data []byte) (KeyShares, error) {
	outer := wire.NewReader(data)
	list := outer.Vector16()
	if !outer.Done() {
		return nil, ExtKeyShare.malformed()
	}
	var seen codeSet
	for r := wire.NewReader(list); !r.Empty(); {
		e := readKeyShareEntry(&r)
		if r.Failed() {
			return nil, ExtKeyShare.malformed()
		}
		// "Clients MUST NOT offer multiple KeyShareEntry values for the same
		// group." RFC 9846, Section 4.3.8.
		if !seen.add(uint16(e.Group)) {
			return nil, alert.DuplicateKeyShare.Errorf("client sent two key shares for group %v", e.Group)
		}
	}
	return list, nil
}

// AppendKeyShareCH appends the key_share extension of a ClientHello.
func AppendKeyShareCH(x Extensions, shares ...KeyShareEntry) Extensions {
	size := 2
	for _, e := range shares {
		size += 4 + len(e.KeyExchange)
	}
	w := newExtension(x, ExtKeyShare, size)
	w.Vector16(func() {
		w.Vector16(func() {
			for _, e := range shares {
				appendKeyShareEntry(&w, e)
			}
		})
	})
	return w.Result()
}

// ParseKeyShareHRR parses the key_share extension of a HelloRetryRequest: the
// group that the server wants.
//
//	struct {
//	    NamedGroup selected_group;
//	} KeyShareHelloRetryRequest;
func ParseKeyShareHRR(data []byte) (group.ID, error) {
	v, err := parseUint16(ExtKeyShare, data)
	return group.ID(v), err
}

// AppendKeyShareHRR appends the key_share extension of a HelloRetryRequest.
func AppendKeyShareHRR(x Extensions, selected group.ID) Extensions {
	return appendUint16(x, ExtKeyShare, uint16(selected))
}

// ParseKeyShareSH parses the key_share extension of a ServerHello. The
// key_exchange aliases data.
//
//	struct {
//	    KeyShareEntry server_share;
//	} KeyShareServerHello;
func ParseKeyShareSH(data []byte) (KeyShareEntry, error) {
	r := wire.NewReader(data)
	e := readKeyShareEntry(&r)
	if !r.Done() {
		return KeyShareEntry{}, ExtKeyShare.malformed()
	}
	return e, nil
}

// AppendKeyShareSH appends the key_share extension of a ServerHello.
func AppendKeyShareSH(x Extensions, share KeyShareEntry) Extensions {
	w := newExtension(x, ExtKeyShare, 4+len(share.KeyExchange))
	w.Vector16(func() { appendKeyShareEntry(&w, share) })
	return w.Result()
}
