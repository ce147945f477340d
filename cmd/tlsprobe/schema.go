package main

import (
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/schema"
)

const schemaHelp = `
The JSON Schema (draft 2020-12) of a document: the kind is what stands in its
first key, "schema": "tlsprobe.KIND/1".

  tlsprobe schema connect
`

// schemaCommand is the command "schema".
type schemaCommand struct{}

func (*schemaCommand) flags(*flags.Set) {}

func (*schemaCommand) run(p *probe, args []string) error {
	kinds := strings.Join(schema.Names(), ", ")
	if len(args) != 1 {
		return fault.UsageError("argument", "schema needs the kind of a document").WithHint("the kinds are %s", kinds)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(args[0], "tlsprobe."), "/1") // as it stands in documents
	doc := schema.Get(name)
	if doc == nil {
		f := fault.UsageError("argument", "no document is called %q", args[0])
		if near := flags.Nearest(name, schema.Names()); near != "" {
			return f.WithHint("did you mean %s? The kinds are %s", near, kinds)
		}
		return f.WithHint("the kinds are %s", kinds)
	}
	return p.answer(schema.Text(doc))
}
