package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/vectors"
)

// An object is a JSON object of unknown form.
type object = map[string]any

// decode decodes data, which is one JSON document and nothing else.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err := d.Decode(into)
	if err == nil {
		end := d.InputOffset()
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("byte %d: something follows the document", end)
	}
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("byte %d: the document ends in the middle", len(data))
	}
	return err
}

// flatten appends the strings, numbers, booleans and lists of strings of an
// object as fields, and leaves out what is deeper.
func flatten(fields vectors.Fields, o object) vectors.Fields {
	for name, v := range o {
		switch v := v.(type) {
		case string:
			fields = append(fields, vectors.Field{Name: name, Text: v})
		case json.Number:
			fields = append(fields, vectors.Field{Name: name, Text: v.String()})
		case bool:
			fields = append(fields, vectors.Field{Name: name, Text: strconv.FormatBool(v)})
		case []any:
			if text, ok := words(v); ok {
				fields = append(fields, vectors.Field{Name: name, Text: text})
			}
		}
	}
	return fields
}

func words(list []any) (string, bool) {
	var w []string
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			return "", false
		}
		w = append(w, s)
	}
	return strings.Join(w, " "), true
}

// objects returns the objects in a list that is a member of o.
func objects(o object, member string) []object {
	list, _ := o[member].([]any)
	var all []object
	for _, v := range list {
		if o, ok := v.(object); ok {
			all = append(all, o)
		}
	}
	return all
}

// text returns a member of o as text.
func text(o object, member string) string {
	if v := o[member]; v != nil {
		return fmt.Sprint(v)
	}
	return ""
}
