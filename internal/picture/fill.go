package picture

import (
	"bytes"
	"reflect"
	"unsafe"
)

// Fill gives every field of the struct that v points to a value of its own
// that is not zero, so that one which is lost is missed; those that the table
// says are rebuilt it leaves alone. special is asked first: for types that
// take only some values, it returns one, which it may make of bytes, else nil.
func Fill(v any, fields Fields, special func(t reflect.Type, bytes func(n int) []byte) any) {
	(&filler{fields: fields, special: special}).fill(reflect.ValueOf(v).Elem())
}

type filler struct {
	fields  Fields
	special func(reflect.Type, func(int) []byte) any
	n       byte
}

// bytes returns n times the next byte.
func (f *filler) bytes(n int) []byte {
	f.n++
	return bytes.Repeat([]byte{f.n}, n)
}

func (f *filler) fill(v reflect.Value) {
	v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem() // though unexported
	if x := f.special(v.Type(), f.bytes); x != nil {
		v.Set(reflect.ValueOf(x).Convert(v.Type()))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.bytes(1)[0]))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.bytes(1)[0]))
	case reflect.String:
		v.SetString(string(f.bytes(5)))
	case reflect.Array:
		reflect.Copy(v, reflect.ValueOf(f.bytes(v.Len())))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			f.fill(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		f.structure(v)
	default:
		panic("fill: a " + v.Type().String())
	}
}

func (f *filler) structure(v reflect.Value) {
	for i := range v.NumField() {
		name := named(v.Type()) + "." + v.Type().Field(i).Name
		if _, rebuilt := f.fields.Rebuilt[name]; !rebuilt {
			f.fill(v.Field(i))
		}
	}
}
