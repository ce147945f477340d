package handshake

import (
	"iter"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// OIDFilters is a list of certificate extensions that a server wants the
// client's certificate to have, as on the wire. A list that came out of
// [ParseOIDFilters] aliases the message and has whole elements.
type OIDFilters []byte

// All yields OID and values, both DER, of each filter. They alias the list.
func (l OIDFilters) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(oid, values []byte) bool) {
		for r := wire.NewReader(l); !r.Empty(); {
			oid, values := r.NonEmpty8(), r.Vector16()
			if r.Failed() || !yield(oid, values) {
				return
			}
		}
	}
}

// ParseOIDFilters parses the oid_filters extension of a CertificateRequest. A
// filter that comes twice is let pass.
//
//	struct {
//	    opaque certificate_extension_oid<1..2^8-1>;
//	    opaque certificate_extension_values<0..2^16-1>;
//	} OIDFilter;
//
//	struct {
//	    OIDFilter filters<0..2^16-1>;
//	} OIDFilterExtension;
//
// RFC 9846, Section 4.3.5.
func ParseOIDFilters(data []byte) (OIDFilters, error) {
	outer := wire.NewReader(data)
	list := outer.Vector16()
	r := wire.NewReader(list)
	for !r.Empty() {
		r.NonEmpty8()
		r.Vector16()
	}
	if !r.Done() || !outer.Done() {
		return nil, ExtOIDFilters.malformed()
	}
	return list, nil
}
