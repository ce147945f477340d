package dissect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// Limits of a tree. What lies beyond is one leaf.
const (
	MaxDepth  = 32      // of DER elements within each other
	MaxFields = 1 << 16 // fields in one tree
)

// Field is a run of bytes with a name, and the fields it is made of.
type Field struct {
	ID     string  // unique in its tree: "extensions.key_share.group"
	Kind   Kind    // what it is
	Off    int     // where it starts, from the start of the input
	Len    int     // bytes
	Value  Value   // what the bytes say, where that is shorter than the bytes
	Fields []Field // in order, without gaps; nil for a leaf
	Reason string  // why it was not parsed, or that it ends early
}

// Leaf reports whether the field is made of nothing smaller.
func (f *Field) Leaf() bool { return len(f.Fields) == 0 }

// WS is Wireshark's name of the field, or "".
func (f *Field) WS() string { return f.Kind.Info().WS }

// Leaves yields the leaves in order of their bytes. A root without fields has none.
func (f *Field) Leaves() iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		for i := range f.Fields {
			if !f.Fields[i].leaves(yield) {
				return
			}
		}
	}
}

func (f *Field) leaves(yield func(*Field) bool) bool {
	if f.Leaf() {
		return yield(f)
	}
	for i := range f.Fields {
		if !f.Fields[i].leaves(yield) {
			return false
		}
	}
	return true
}

// Find returns the field with that ID in the tree, or nil.
func (f *Field) Find(id string) *Field {
	if f.ID == id {
		return f
	}
	for i := range f.Fields {
		if found := f.Fields[i].Find(id); found != nil {
			return found
		}
	}
	return nil
}

// Form says what a Value holds.
type Form uint8

// The forms.
const (
	NoValue Form = iota
	Number       // Num
	Code         // Num is a code point of Width bytes, Text its name or ""
	Text         // Text, as it came: it may hold anything
)

// Value is what the bytes of a field say.
type Value struct {
	Form  Form
	Width uint8 // bytes of a Code
	Num   uint64
	Text  string
}

// Hex is a code point as it is written: 0x1301.
func (v Value) Hex() string { return fmt.Sprintf("0x%0*x", 2*int(v.Width), v.Num) }

// String is the value in a few words: "TLS_AES_128_GCM_SHA256", "0x1399", "118",
// or the text, unescaped.
func (v Value) String() string {
	switch v.Form {
	case Number:
		return strconv.FormatUint(v.Num, 10)
	case Code:
		if v.Text == "" {
			return v.Hex()
		}
		return v.Text
	case Text:
		return v.Text
	}
	return ""
}

type jsonCode struct {
	ID   uint64  `json:"id"`
	Hex  string  `json:"hex"`
	Name *string `json:"name"`
}

// MarshalJSON gives a number, a string, null, or an object with id, hex and
// name (null when unknown).
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.Form {
	case Number:
		return strconv.AppendUint(nil, v.Num, 10), nil
	case Code:
		code := jsonCode{ID: v.Num, Hex: v.Hex()}
		if v.Text != "" {
			code.Name = &v.Text
		}
		return json.Marshal(code)
	case Text:
		return json.Marshal(v.Text)
	}
	return []byte("null"), nil
}

// UnmarshalJSON is the reverse of MarshalJSON.
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	switch b = bytes.TrimSpace(b); {
	case len(b) == 0 || string(b) == "null":
		return nil
	case b[0] == '"':
		v.Form = Text
		return json.Unmarshal(b, &v.Text)
	case b[0] == '{':
		var code jsonCode
		if err := json.Unmarshal(b, &code); err != nil {
			return err
		}
		*v = Value{Form: Code, Num: code.ID, Width: uint8(max(0, len(code.Hex)-2) / 2)}
		if code.Name != nil {
			v.Text = *code.Name
		}
		return nil
	}
	v.Form = Number
	return json.Unmarshal(b, &v.Num)
}

type jsonField struct {
	ID     string  `json:"id"`
	Kind   Kind    `json:"kind"`
	Off    int     `json:"off"`
	Len    int     `json:"len"`
	Value  *Value  `json:"value,omitempty"`
	WS     string  `json:"ws,omitempty"`
	Reason string  `json:"reason,omitempty"`
	Fields []Field `json:"fields,omitempty"`
}

// MarshalJSON gives the form of a field in a trace.
func (f Field) MarshalJSON() ([]byte, error) {
	j := jsonField{ID: f.ID, Kind: f.Kind, Off: f.Off, Len: f.Len, WS: f.WS(), Reason: f.Reason, Fields: f.Fields}
	if f.Value.Form != NoValue {
		j.Value = &f.Value
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads the form of a field in a trace. Kinds it does not know
// are kept.
func (f *Field) UnmarshalJSON(b []byte) error {
	var j jsonField
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*f = Field{ID: j.ID, Kind: j.Kind, Off: j.Off, Len: j.Len, Reason: j.Reason, Fields: j.Fields}
	if j.Value != nil {
		f.Value = *j.Value
	}
	return nil
}

// code makes the value of a code point.
func code(t *registry.Table, n uint64) Value {
	return Value{Form: Code, Width: uint8(t.Width), Num: n, Text: t.Name(uint32(n))}
}
