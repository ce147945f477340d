package handshake

import (
	"iter"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// The bounds of a binder, in bytes.
const (
	minBinder = 32
	maxBinder = 255
)

// PSKIdentity names a PSK that the client has: RFC 9846, Section 4.3.11.
//
//	struct {
//	    opaque identity<1..2^16-1>;
//	    uint32 obfuscated_ticket_age;
//	} PskIdentity;
type PSKIdentity struct {
	Identity            []byte
	ObfuscatedTicketAge uint32 // milliseconds, plus the ticket's ticket_age_add
}

// PSKIdentities is a list of PSKIdentity, as on the wire. A list that came out
// of [ParsePreSharedKeyCH] aliases the message and has whole elements.
type PSKIdentities []byte

// PSKIdentitiesOf returns the list of these identities. It panics if one is
// longer than 65535 bytes.
func PSKIdentitiesOf(identities ...PSKIdentity) PSKIdentities {
	var w wire.Builder
	for _, id := range identities {
		w.Opaque16(id.Identity)
		w.Uint32(id.ObfuscatedTicketAge)
	}
	return w.Result()
}

// All yields the identities in order. They alias the list.
func (l PSKIdentities) All() iter.Seq[PSKIdentity] {
	return func(yield func(PSKIdentity) bool) {
		for r := wire.NewReader(l); !r.Empty(); {
			id := PSKIdentity{Identity: r.NonEmpty16(), ObfuscatedTicketAge: r.Uint32()}
			if r.Failed() || !yield(id) {
				return
			}
		}
	}
}

// Len is the number of identities, in time linear in it.
func (l PSKIdentities) Len() int { return count(l.All()) }

// OfferedPSKs is the pre_shared_key extension of a ClientHello.
//
//	opaque PskBinderEntry<32..255>;
//
//	struct {
//	    PskIdentity identities<7..2^16-1>;
//	    PskBinderEntry binders<33..2^16-1>;
//	} OfferedPsks;
//
// RFC 9846, Section 4.3.11. Slices of a parsed one alias its data.
type OfferedPSKs struct {
	Identities PSKIdentities
	Binders    OpaqueList8 // one for each identity, in the same order
}

// ParsePreSharedKeyCH parses the pre_shared_key extension of a ClientHello. It
// refuses one with more or fewer binders than identities.
func ParsePreSharedKeyCH(data []byte) (OfferedPSKs, error) {
	var m OfferedPSKs
	r := wire.NewReader(data)
	m.Identities = r.NonEmpty16()
	m.Binders = r.NonEmpty16()
	identities, ok := m.Identities.check()
	if !ok || !r.Done() || !m.Binders.bounded(minBinder) {
		return OfferedPSKs{}, ExtPreSharedKey.malformed()
	}
	// "A series of HMAC values, one for each value in the identities list and
	// in the same order" RFC 9846, Section 4.3.11.
	if n := m.Binders.Len(); n != identities {
		return OfferedPSKs{}, alert.BinderCountMismatch.Errorf("client sent %d PSK identities and %d binders", identities, n)
	}
	return m, nil
}

// check counts the identities, and reports whether all are well formed.
func (l PSKIdentities) check() (n int, ok bool) {
	r := wire.NewReader(l)
	for ; !r.Empty(); n++ {
		r.NonEmpty16()
		r.Uint32()
	}
	return n, r.Done()
}

// BindersLen is the length of the binders vector with its length field. As
// pre_shared_key is the last extension, these are the last bytes of the
// ClientHello.
func (m *OfferedPSKs) BindersLen() int { return 2 + len(m.Binders) }

// Truncate returns the part of clientHello, a whole message with its header,
// that the binders bind: all but themselves. It aliases clientHello.
//
// "it includes all of the ClientHello but not the binders list itself."
// RFC 9846, Section 4.3.11.2.
func (m *OfferedPSKs) Truncate(clientHello []byte) []byte {
	return clientHello[:len(clientHello)-m.BindersLen()]
}

// AppendPreSharedKeyCH appends the pre_shared_key extension of a ClientHello,
// after which no other may follow. It panics if the identities are longer than
// the extension can say: tickets come from the server, and are to be measured
// before they are offered.
//
// To make binders, append the extension with binders of the right lengths,
// append the message, hash what [OfferedPSKs.Truncate] leaves of it, and write
// the binders over the last bytes of the message.
func AppendPreSharedKeyCH(x Extensions, m OfferedPSKs) Extensions {
	w := newExtension(x, ExtPreSharedKey, 4+len(m.Identities)+len(m.Binders))
	w.Vector16(func() {
		w.Opaque16(m.Identities)
		w.Opaque16(m.Binders)
	})
	return w.Result()
}

// BlankBinders returns binders of these lengths, all zero, to be written over.
// It panics if one is longer than 255 bytes.
func BlankBinders(lengths ...int) OpaqueList8 {
	var w wire.Builder
	var zero [maxBinder]byte
	for _, n := range lengths {
		w.Opaque8(zero[:n])
	}
	return w.Result()
}

// SetBinders writes binders over those of clientHello, a whole message with its
// header whose last extension is a pre_shared_key with binders of these
// lengths.
func SetBinders(clientHello []byte, binders ...[]byte) {
	list := OpaqueList8Of(binders...)
	copy(clientHello[len(clientHello)-len(list):], list)
}

// ParsePreSharedKeySH parses the pre_shared_key extension of a ServerHello: the
// index of the identity that the server chose.
//
//	uint16 selected_identity;
func ParsePreSharedKeySH(data []byte) (uint16, error) { return parseUint16(ExtPreSharedKey, data) }

// AppendPreSharedKeySH appends the pre_shared_key extension of a ServerHello.
func AppendPreSharedKeySH(x Extensions, selectedIdentity uint16) Extensions {
	return appendUint16(x, ExtPreSharedKey, selectedIdentity)
}
