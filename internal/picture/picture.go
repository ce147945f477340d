// Package picture draws a Go value as text, unexported fields and all, so that
// a test can see whether a copy made by other means is the same. It is for
// tests only.
package picture

import (
	"encoding"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Module is the path of the module whose structs are looked into.
const Module = "github.com/tlsengine/tlsengine"

// Of draws what v points to: a line for each value that is not zero, as
// "path = value", in the order of declaration. Fields that the table says are
// rebuilt are left out.
func Of(v any, fields Fields) []string {
	p := &painter{fields: fields}
	p.draw("", reflect.ValueOf(v))
	return p.lines
}

type painter struct {
	fields Fields
	lines  []string
}

func (p *painter) line(path, format string, args ...any) {
	p.lines = append(p.lines, path+" = "+fmt.Sprintf(format, args...))
}

// draw draws a value, which is addressable below the first pointer.
func (p *painter) draw(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		p.pointer(path, v)
	case reflect.Interface:
		if !v.IsNil() {
			p.open(path, v)
		}
	case reflect.Struct:
		p.structure(path, v)
	case reflect.Slice, reflect.Array:
		p.list(path, v)
	case reflect.Func, reflect.Map, reflect.Chan:
		panic("picture: " + path + " is a " + v.Kind().String() + ", which no snapshot can hold")
	default:
		if !v.IsZero() {
			p.line(path, "%v", v)
		}
	}
}

func (p *painter) pointer(path string, v reflect.Value) {
	switch {
	case v.IsNil():
	case named(v.Type().Elem()) == "handshake.Config":
		p.line(path, "%p", v.UnsafePointer())
	case leaves[named(v.Type().Elem())]:
		p.line(path, "%v", v.Elem().FieldByName("ID"))
	default:
		p.line(path, "there")
		p.draw(path, v.Elem())
	}
}

// leaves are structs that are looked up by their ID.
var leaves = map[string]bool{"cipher.Suite": true, "group.Group": true}

// open draws what is in an interface, by the methods that a snapshot uses too.
func (p *painter) open(path string, v reflect.Value) {
	switch x := reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem().Interface().(type) {
	case error:
		p.line(path, "%T %v", x, x)
	case hash.Hash:
		b, err := x.(encoding.BinaryAppender).AppendBinary(nil)
		p.line(path, "%x %v", b, err)
	case interface{ Seed() []byte }:
		p.line(path, "%x", x.Seed())
	default:
		panic(fmt.Sprintf("picture: %s is a %T, which no snapshot can hold", path, x))
	}
}

func (p *painter) structure(path string, v reflect.Value) {
	if named(v.Type()) == "atomic.Bool" {
		p.draw(path, reflect.ValueOf(!v.FieldByName("v").IsZero()))
		return
	}
	if !strings.HasPrefix(v.Type().PkgPath(), Module) {
		return // of the standard library: a lock, a clock
	}
	name := named(v.Type())
	if name == "record.Assembler" {
		held := v.FieldByName("held")
		p.list(path+".unread", held.Slice(int(v.FieldByName("off").Int()), held.Len()))
		return
	}
	if name == "tlsengine.QUICConn" {
		events := v.FieldByName("events")
		p.list(path+".untaken", events.Slice(int(v.FieldByName("seen").Int()), events.Len()))
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if name+"."+f.Name == "tlsengine.QUICConn.events" {
			continue
		}
		if _, rebuilt := p.fields.Rebuilt[name+"."+f.Name]; !rebuilt {
			p.draw(path+"."+f.Name, v.Field(i))
		}
	}
}

func (p *painter) list(path string, v reflect.Value) {
	if v.Len() == 0 || v.Kind() == reflect.Array && v.IsZero() {
		return
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		p.line(path, "%x", v.Slice(0, v.Len()).Bytes())
		return
	}
	for i := range v.Len() {
		p.draw(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
	}
}

// named is a type's package and name.
func named(t reflect.Type) string { return t.String() }

// Differences are the lines that only one of two pictures has.
func Differences(a, b []string) (out []string) {
	for _, l := range a {
		if !slices.Contains(b, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			out = append(out, "+ "+l)
		}
	}
	return out
}
