package picture

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Fields says of every field of every struct in an engine what becomes of it
// when the engine is frozen. The names are "package.Type.field".
type Fields struct {
	// Frozen are the fields of a struct that are in a snapshot: "a b c".
	Frozen map[string]string

	// Rebuilt are fields that are not, and why that loses nothing.
	Rebuilt map[string]string
}

// Unlisted are the fields of the types, and of what they lead to, that are in
// neither list, and what is listed and not there.
func (f Fields) Unlisted(types ...reflect.Type) []string {
	w := &walker{fields: f, seen: make(map[reflect.Type]bool), met: make(map[string]bool)}
	for _, t := range types {
		w.walk(t)
	}
	for name, list := range f.Frozen {
		for _, field := range strings.Fields(list) {
			w.stale(name + "." + field)
		}
	}
	for field := range f.Rebuilt {
		w.stale(field)
	}
	slices.Sort(w.out)
	return w.out
}

type walker struct {
	fields Fields
	seen   map[reflect.Type]bool
	met    map[string]bool
	out    []string
}

func (w *walker) walk(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		w.walk(t.Elem())
	case reflect.Struct:
		if !w.seen[t] && strings.HasPrefix(t.PkgPath(), Module) && !leaves[named(t)] && named(t) != "handshake.Config" {
			w.seen[t] = true
			w.fieldsOf(t)
		}
	}
}

func (w *walker) fieldsOf(t reflect.Type) {
	frozen := strings.Fields(w.fields.Frozen[named(t)])
	for i := range t.NumField() {
		f := t.Field(i)
		name := named(t) + "." + f.Name
		w.met[name] = true
		_, rebuilt := w.fields.Rebuilt[name]
		switch is := slices.Contains(frozen, f.Name); {
		case is && rebuilt:
			w.out = append(w.out, name+" is listed as frozen and as rebuilt")
		case is:
			w.walk(f.Type)
		case !rebuilt:
			w.out = append(w.out, fmt.Sprintf("%s is new: write it into the snapshot, or list why it need not be", name))
		}
	}
}

func (w *walker) stale(name string) {
	if !w.met[name] {
		w.out = append(w.out, name+" is listed, and is not there")
	}
}
