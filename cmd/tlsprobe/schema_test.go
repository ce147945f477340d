package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/schema"
	"github.com/tlsengine/tlsengine/internal/race"
)

// checkJSON holds a document that a command printed to its schema. Keys that
// the schema does not know are faults of the schema here, though readers must
// pass over them.
func checkJSON(t *testing.T, doc []byte) {
	t.Helper()
	var v struct{ Schema string }
	require.NoError(t, json.Unmarshal(doc, &v))
	kind := strings.TrimSuffix(strings.TrimPrefix(v.Schema, "tlsprobe."), "/1")
	s := schema.Get(kind)
	require.NotNil(t, s, "no schema for %s", v.Schema)
	var root, value any
	require.NoError(t, json.Unmarshal(schema.Text(s), &root))
	require.NoError(t, json.Unmarshal(doc, &value))
	c := &checker{defs: root.(map[string]any)["$defs"]}
	c.check("$", root.(map[string]any), value)
	require.Empty(t, c.faults, "%s", v.Schema)
	require.True(t, regexp.MustCompile(`^\s*\{\s*"schema"`).Match(doc), "schema is the first key")
}

// checker is as much of JSON Schema as our schemas use.
type checker struct {
	defs   any
	faults []string
}

func (c *checker) fault(path, format string, args ...any) {
	if len(c.faults) < 10 {
		c.faults = append(c.faults, path+": "+fmt.Sprintf(format, args...))
	}
}

func (c *checker) check(path string, s map[string]any, v any) {
	if to, ok := s["$ref"].(string); ok {
		c.check(path, c.defs.(map[string]any)[strings.TrimPrefix(to, "#/$defs/")].(map[string]any), v)
		return
	}
	if list, ok := s["anyOf"].([]any); ok {
		c.anyOf(path, list, v)
		return
	}
	if want, ok := s["const"]; ok && v != want {
		c.fault(path, "is %v, want %v", v, want)
	}
	if want, ok := s["enum"].([]any); ok && !slices.Contains(want, v) {
		c.fault(path, "is %v, want one of %v", v, want)
	}
	switch s["type"] {
	case "object":
		c.object(path, s, v)
	case "array":
		list, ok := v.([]any)
		if !ok {
			c.fault(path, "is no array: %v", v)
		}
		for i, item := range list {
			c.check(fmt.Sprintf("%s[%d]", path, i), s["items"].(map[string]any), item)
		}
	case "string":
		c.text(path, s, v)
	case "integer":
		if n, ok := v.(float64); !ok || n != float64(int64(n)) {
			c.fault(path, "is no integer: %v", v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			c.fault(path, "is no boolean: %v", v)
		}
	case "null":
		if v != nil {
			c.fault(path, "is not null: %v", v)
		}
	}
}

func (c *checker) anyOf(path string, list []any, v any) {
	var least []string
	for i, s := range list {
		one := &checker{defs: c.defs}
		one.check(path, s.(map[string]any), v)
		if len(one.faults) == 0 {
			return
		}
		if i == 0 {
			least = one.faults
		}
	}
	c.faults = append(c.faults, least...)
}

func (c *checker) object(path string, s map[string]any, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		c.fault(path, "is no object: %v", v)
		return
	}
	properties := s["properties"].(map[string]any)
	for _, name := range s["required"].([]any) {
		if _, ok := o[name.(string)]; !ok {
			c.fault(path, "%s is missing", name)
		}
	}
	for name, value := range o {
		p, ok := properties[name].(map[string]any)
		if !ok {
			c.fault(path, "%s is not in the schema", name)
			continue
		}
		c.check(path+"."+name, p, value)
	}
}

func (c *checker) text(path string, s map[string]any, v any) {
	text, ok := v.(string)
	if !ok {
		c.fault(path, "is no string: %v", v)
		return
	}
	if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(text) {
		c.fault(path, "%q does not match %s", text, pattern)
	}
	if s["format"] == "date-time" {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			c.fault(path, "is no time: %q", text)
		}
	}
	if s["contentEncoding"] == "base64" {
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			c.fault(path, "is not base64")
		}
	}
}

func TestDocumentsOfServeFitTheirSchemas(t *testing.T) {
	s := startServe(t)
	for _, path := range []string{"/json", "/client.json"} {
		_, body := s.get(path, asIs)
		checkJSON(t, []byte(body))
	}
	about, err := json.MarshalIndent(s.about, "", "  ")
	require.NoError(t, err)
	checkJSON(t, about)
}

func TestCheckerFindsWhatIsWrong(t *testing.T) {
	var s map[string]any
	require.NoError(t, json.Unmarshal(schema.Text(schema.Get("error")), &s))
	for doc, want := range map[string]string{
		`{"schema":"tlsprobe.error/1","target":null,"exit":1}`:                                                               "$: error is missing",
		`{"schema":"tlsprobe.error/2","target":null,"exit":1,"error":{"code":"","stage":"","message":"","hint":null}}`:       "$.schema: is tlsprobe.error/2, want tlsprobe.error/1",
		`{"schema":"tlsprobe.error/1","target":1,"exit":1,"error":{"code":"","stage":"","message":"","hint":null}}`:          "$.target: is no string: 1",
		`{"schema":"tlsprobe.error/1","target":"","exit":1.5,"error":{"code":"","stage":"","message":"","hint":null}}`:       "$.exit: is no integer: 1.5",
		`{"schema":"tlsprobe.error/1","target":"","exit":1,"new":1,"error":{"code":"","stage":"","message":"","hint":null}}`: "$: new is not in the schema",
	} {
		var v any
		require.NoError(t, json.Unmarshal([]byte(doc), &v))
		c := &checker{defs: s["$defs"]}
		c.check("$", s, v)
		require.Equal(t, []string{want}, c.faults)
	}
}

// TestTracesOfEveryFlavourFitTheSchema: of all that show can show.
func TestTracesOfEveryFlavourFitTheSchema(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	fx := newFixtures(t)
	flavours := [][]string{
		{"show", fx.expand("{capture}")}, {"show", fx.expand("{withkeys}")}, {"show", fx.expand("{cutoff}")}, {"show", fx.expand("{capture}"), fx.expand("{withkeys}")},
		{"show", fx.expand("{withkeys}"), "--redact"}, {"show", "--c2s", fx.expand("{clientbytes}"), "--s2c", fx.expand("{serverbytes}"), "--keylog", fx.expand("{keys}")},
		{"show", "--c2s", fx.expand("{hello}"), "--s2c", fx.expand("{serverbytes}")}, {"show", "--c2s", fx.expand("{clientbytes}"), "--s2c", fx.expand("{empty}")},
	}
	for i, flags := range []string{"", "--resume", "--client-cert", "--force-hrr", "--key-update", "--max-version 1.2", "--max-version 1.2 --resume --client-cert", "--suites TLS_CHACHA20_POLY1305_SHA256", "--force-hrr --resume"} {
		name := filepath.Join(fx.dir, fmt.Sprintf("flavour-%d.json", i))
		call(t, append([]string{"demo", "--save-trace", name}, strings.Fields(flags)...)...)
		flavours = append(flavours, []string{"show", name}, []string{"show", name, "--redact"})
	}
	for _, server := range []string{"engine", "tls12", "retry", "private", "http"} {
		flavours = append(flavours, []string{"show", fx.expand("{" + server + "}"), "--no-verify"})
	}
	flavours = append(flavours, []string{"show", fx.expand("{early}"), "--no-verify", "--resume"})
	for _, args := range flavours {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var out, said bytes.Buffer
			run(append(args, "--json"), strings.NewReader(""), &out, &said)
			checkJSON(t, out.Bytes())
			require.Contains(t, out.String(), `"schema": "tlsprobe.trace/1"`, "%s", &said)
		})
	}
}
