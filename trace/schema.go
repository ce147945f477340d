package trace

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schemaJSON []byte

// JSONSchema is the JSON Schema of a trace, in a fresh slice.
func JSONSchema() []byte { return slices.Clone(schemaJSON) }
