// Package schema holds the JSON Schemas of the documents that the commands
// print, and prints them. The tests hold every document to its schema.
package schema

import (
	"encoding/json"
	"slices"
	"strings"
)

// Names are the names that [Get] knows: the kind in "tlsprobe.<kind>/1".
func Names() []string {
	names := make([]string, 0, len(documents()))
	for name := range documents() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Get returns the schema of a kind of document, nil if there is none.
func Get(name string) map[string]any {
	doc, ok := documents()[name]
	if !ok {
		return nil
	}
	out := node{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "tlsprobe." + name + "/1",
		"title": "tlsprobe." + name + "/1", "description": doc.about,
	}
	fields := append([]field{req("schema", node{"const": "tlsprobe." + name + "/1"})}, doc.fields...)
	for key, value := range object(fields...) {
		out[key] = value
	}
	used := node{}
	collect(out, used)
	if len(used) > 0 {
		out["$defs"] = used
	}
	return out
}

// node is a part of a schema.
type node = map[string]any

// field is a property of an object.
type field struct {
	name     string
	schema   node
	required bool
}

// document is a kind of document.
type document struct {
	about  string
	fields []field
}

func req(name string, schema node) field { return field{name, schema, true} }
func opt(name string, schema node) field { return field{name, schema, false} }

// object is an object with these properties, and perhaps others: additions
// never change the major version.
func object(fields ...field) node {
	properties, required := node{}, []string{}
	for _, f := range fields {
		properties[f.name] = f.schema
		if f.required {
			required = append(required, f.name)
		}
	}
	return node{"type": "object", "properties": properties, "required": required}
}

func str(about string) node  { return node{"type": "string", "description": about} }
func num(about string) node  { return node{"type": "integer", "description": about} }
func flag(about string) node { return node{"type": "boolean", "description": about} }
func stamp(about string) node {
	return node{"type": "string", "format": "date-time", "pattern": `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`, "description": about}
}

func hex(about string) node {
	return node{"type": "string", "pattern": "^([0-9a-f]{2}){0,64}$", "description": about}
}

func base64(about string) node {
	return node{"type": "string", "contentEncoding": "base64", "description": about}
}

func oneOf(about string, values ...string) node {
	return node{"enum": values, "description": about}
}

func list(of node) node { return node{"type": "array", "items": of} }

// null allows null too.
func null(of node) node { return node{"anyOf": []node{of, {"type": "null"}}} }

// ref is one of the shared definitions.
func ref(name string) node { return node{"$ref": "#/$defs/" + name} }

// collect finds the definitions that a schema uses, and those that they use.
func collect(in any, used node) {
	switch v := in.(type) {
	case node:
		if to, ok := v["$ref"].(string); ok {
			name := strings.TrimPrefix(to, "#/$defs/")
			if used[name] == nil {
				used[name] = definitions()[name]
				collect(definitions()[name], used)
			}
		}
		for _, value := range v {
			collect(value, used)
		}
	case []node:
		for _, value := range v {
			collect(value, used)
		}
	}
}

// Text is a schema as it is printed.
func Text(schema map[string]any) []byte {
	b, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err) // it is made of strings
	}
	return append(b, '\n')
}
