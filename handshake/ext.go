package handshake

import (
	"iter"
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// MaxExtensions is how many bytes of extensions a message can carry. What has
// been put together from a peer's cookie or ticket is to be measured against
// it before it is sent.
const MaxExtensions = 1<<16 - 1

// Extensions is the contents of the extensions vector of a message, as on the
// wire: RFC 9846, Section 4.3.
//
//	struct {
//	    ExtensionType extension_type;
//	    opaque extension_data<0..2^16-1>;
//	} Extension;
//
// Those of a parsed message alias it, are whole, and have no type twice;
// unknown ones are among them. To make a block, start from nil and use the
// Append function of each extension.
type Extensions []byte

// AppendExtension appends an extension with these data. It panics if they are
// longer than 65535 bytes.
func AppendExtension(x Extensions, t ExtensionType, data []byte) Extensions {
	w := newExtension(x, t, len(data))
	w.Opaque16(data)
	return w.Result()
}

// newExtension starts an extension on top of x, with room for its data.
func newExtension(x Extensions, t ExtensionType, size int) wire.Builder {
	w := wire.NewBuilder(slices.Grow(x, 4+size))
	w.Uint16(uint16(t))
	return w
}

// next takes the first extension off x; the type and the data of it, and what
// is left. It is what makes a block of 65 KB cheap: no more than a few
// comparisons for each extension.
func (x Extensions) next() (t ExtensionType, data []byte, rest Extensions, ok bool) {
	if len(x) < 4 {
		return 0, nil, nil, false
	}
	end := 4 + (int(x[2])<<8 | int(x[3]))
	if len(x) < end {
		return 0, nil, nil, false
	}
	return ExtensionType(x[0])<<8 | ExtensionType(x[1]), x[4:end:end], x[end:], true
}

// All yields type and data of each extension in order. The data alias x.
func (x Extensions) All() iter.Seq2[ExtensionType, []byte] {
	return func(yield func(ExtensionType, []byte) bool) {
		for rest := x; ; {
			t, data, after, ok := rest.next()
			if !ok || !yield(t, data) {
				return
			}
			rest = after
		}
	}
}

// Get returns the data of the extension, not nil even if they are empty, and
// whether there is one of that type. The data alias x.
func (x Extensions) Get(t ExtensionType) ([]byte, bool) {
	for {
		got, data, rest, ok := x.next()
		if !ok || got == t {
			return data, ok
		}
		x = rest
	}
}

// Has reports whether there is an extension of that type.
func (x Extensions) Has(t ExtensionType) bool {
	_, ok := x.Get(t)
	return ok
}

// Len is the number of extensions.
func (x Extensions) Len() (n int) {
	for range x.All() {
		n++
	}
	return n
}

// With returns a copy in which the extension of that type has these data: in
// its old place, or at the end if it was not there.
func (x Extensions) With(t ExtensionType, data []byte) Extensions {
	return x.replace(t, func(out Extensions) Extensions { return AppendExtension(out, t, data) })
}

// Without returns a copy in which no extension of that type is left.
func (x Extensions) Without(t ExtensionType) Extensions {
	out := make(Extensions, 0, len(x))
	for got, data := range x.All() {
		if got != t {
			out = AppendExtension(out, got, data)
		}
	}
	return out
}

func (x Extensions) replace(t ExtensionType, put func(Extensions) Extensions) Extensions {
	out, done := make(Extensions, 0, len(x)), false
	for got, data := range x.All() {
		if got == t && !done {
			out, done = put(out), true
		} else if got != t {
			out = AppendExtension(out, got, data)
		}
	}
	if !done {
		out = put(out)
	}
	return out
}

// readOptionalExtensions reads an extensions vector that may be missing, as in
// the hellos before TLS 1.3. It returns nil then.
//
// "The presence of extensions can be detected by determining whether there are
// bytes following the compression_methods field at the end of the ClientHello."
// RFC 9846, Section 4.2.2.
func readOptionalExtensions(r *wire.Reader) []byte {
	if r.Empty() {
		return nil
	}
	return r.Vector16()
}

func appendOptionalExtensions(w *wire.Builder, x Extensions) {
	if x != nil {
		w.Opaque16(x)
	}
}

// parseExtensions checks the contents of an extensions vector, in linear time
// and without allocating for up to 24 extensions.
func parseExtensions(block []byte, in MessageType) (Extensions, error) {
	var seen codeSet
	for x := Extensions(block); len(x) > 0; {
		t, _, rest, ok := x.next()
		if !ok {
			return nil, alert.MalformedExtension.Errorf("extensions in %v are malformed", in)
		}
		// "There MUST NOT be more than one extension of the same type in a
		// given extension block." RFC 9846, Section 4.3.
		if !seen.add(uint16(t)) {
			return nil, alert.DuplicateExtension.Errorf("extension %v comes twice in %v", t, in)
		}
		x = rest
	}
	return block, nil
}

// checkPSKLast refuses a ClientHello with anything behind pre_shared_key.
//
// "Servers MUST check that it is the last extension and otherwise fail the
// handshake with an "illegal_parameter" alert." RFC 9846, Section 4.3.11.
func (x Extensions) checkPSKLast() error {
	for {
		t, _, rest, ok := x.next()
		if !ok {
			return nil
		}
		if t == ExtPreSharedKey && len(rest) > 0 {
			return alert.PSKNotLast.Errorf("pre_shared_key in ClientHello is not the last extension")
		}
		x = rest
	}
}
