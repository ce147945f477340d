package trace

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors"
)

// A validator knows the words of JSON Schema that schema.json uses.
type validator struct {
	t    *testing.T
	root map[string]any
	seen map[string]bool // keys of objects that occurred, with their definition
}

func (v *validator) check(schema map[string]any, value any, at string) error {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		return v.check(v.root["$defs"].(map[string]any)[name].(map[string]any), value, at)
	}
	for word := range schema {
		require.Contains(v.t, []string{"$schema", "$id", "$defs", "title", "description", "type", "required", "properties", "items", "enum", "const", "anyOf", "pattern", "minimum"}, word)
	}
	if options, ok := schema["anyOf"].([]any); ok {
		if !slices.ContainsFunc(options, func(o any) bool { return v.check(o.(map[string]any), value, at) == nil }) {
			return fmt.Errorf("%s: %v fits none", at, value)
		}
	}
	if want, ok := schema["const"]; ok && want != value {
		return fmt.Errorf("%s: %v is not %v", at, value, want)
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		return fmt.Errorf("%s: %v is none of %v", at, value, enum)
	}
	if err := types(schema["type"], value, at); err != nil {
		return err
	}
	switch value := value.(type) {
	case string:
		if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(value) {
			return fmt.Errorf("%s: %q", at, value)
		}
	case json.Number:
		n, err := value.Int64()
		if minimum, ok := schema["minimum"].(json.Number); ok && err == nil {
			if least, _ := minimum.Int64(); n < least {
				return fmt.Errorf("%s: %d", at, n)
			}
		}
	case []any:
		if items, ok := schema["items"].(map[string]any); ok {
			for i, item := range value {
				if err := v.check(items, item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		return v.object(schema, value, at)
	}
	return nil
}

func (v *validator) object(schema, value map[string]any, at string) error {
	required, _ := schema["required"].([]any)
	for _, key := range required {
		if _, ok := value[key.(string)]; !ok {
			return fmt.Errorf("%s has no %s", at, key)
		}
	}
	properties, described := schema["properties"].(map[string]any)
	for key, in := range value {
		if !described {
			break
		}
		p, ok := properties[key].(map[string]any)
		if !ok {
			return fmt.Errorf("%s.%s is not in the schema", at, key)
		}
		v.seen[fmt.Sprintf("%p.%s", p, key)] = true
		if err := v.check(p, in, at+"."+key); err != nil {
			return err
		}
	}
	return nil
}

func types(want, value any, at string) error {
	var names []any
	switch want := want.(type) {
	case nil:
		return nil
	case string:
		names = []any{want}
	case []any:
		names = want
	}
	is := map[reflect.Kind]string{reflect.Map: "object", reflect.Slice: "array", reflect.Bool: "boolean", reflect.String: "string"}
	got := "null"
	if value != nil {
		got = is[reflect.TypeOf(value).Kind()]
		if n, ok := value.(json.Number); ok {
			got = "number"
			if !strings.ContainsAny(string(n), ".eE") {
				got = "integer"
			}
		}
	}
	if !slices.Contains(names, any(got)) {
		return fmt.Errorf("%s is %s, not %v", at, got, names)
	}
	return nil
}

func decode(t *testing.T, b []byte) (v any) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	return v
}

// described calls f for each property of the schema that was not seen.
func (v *validator) described(schema map[string]any, at string, done map[string]bool, f func(string)) {
	if ref, ok := schema["$ref"].(string); ok && !done[ref] {
		done[ref] = true
		v.described(v.root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), ref, done, f)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		v.described(items, at, done, f)
	}
	options, _ := schema["anyOf"].([]any)
	for _, o := range options {
		v.described(o.(map[string]any), at, done, f)
	}
	properties, _ := schema["properties"].(map[string]any)
	for key, p := range properties {
		p := p.(map[string]any)
		if !v.seen[fmt.Sprintf("%p.%s", p, key)] {
			f(at + "." + key)
		}
		v.described(p, at+"."+key, done, f)
	}
}

func TestTracesFitTheSchema(t *testing.T) {
	root := decode(t, JSONSchema()).(map[string]any)
	v := &validator{t: t, root: root, seen: map[string]bool{}}
	d := talk(t, nil)
	captured, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)
	client, server := hellos(t)
	r := NewRecorder("client", clock())
	replay(r, "client", captured.Connections[0])
	d12 := talk(t, func(client, _ *tls.Config) { client.MaxVersion = tls.VersionTLS12 })
	old, err := Capture(d12.capture(1460, nil), CaptureOptions{KeyLog: d12.log(t)})
	require.NoError(t, err)
	odd := bytes.Clone(client)
	odd[5+4+2+32] = 77 // the length of the session id: it is longer than the message
	handshakes, err := vectors.Traces()
	require.NoError(t, err)
	retry := NewTap("server", clock())
	for _, h := range handshakes {
		if key := h.PrivateKey(vectors.Server, "P-256"); key != nil {
			retry.Private(23, key)
			for _, r := range h.Records() {
				if r.Sender == vectors.Client {
					retry.Received(r.Record)
				} else {
					retry.Sent(r.Record)
				}
			}
		}
	}
	redacted := ordinary(t)
	redacted.Redact()
	for name, tr := range map[string]*Trace{
		"capture":  captured,
		"TLS 1.2":  old,
		"retry":    {Schema: Schema, Secrets: true, Tool: &Tool{Name: "test", Version: "1", Commit: "abc"}, Connections: []*Connection{retry.Connection()}},
		"odd":      Streams(odd, nil, CaptureOptions{}),
		"short":    Streams([]byte("\x16\x03\x03\x00\x06\x01\x00\x00\x02\x03\x03"), nil, CaptureOptions{}),
		"streams":  Streams(client[:60], server, CaptureOptions{}),
		"recorder": {Schema: Schema, Secrets: true, Tool: &Tool{Name: "test", Version: "1"}, Connections: []*Connection{r.Connection()}},
		"redacted": redacted,
	} {
		j, err := json.Marshal(tr)
		require.NoError(t, err)
		require.NoError(t, v.check(root, decode(t, j), name))
	}
	var never []string
	v.described(root, "", map[string]bool{}, func(at string) { never = append(never, at) })
	require.Empty(t, never, "properties that no trace has")
	for name, bad := range map[string]string{
		"another schema": `{"schema":"tlsprobe.trace/2","secrets":true,"connections":[]}`,
		"no connections": `{"schema":"tlsprobe.trace/1","secrets":true}`,
		"a wrong type":   `{"schema":"tlsprobe.trace/1","secrets":"yes","connections":[]}`,
	} {
		require.Error(t, v.check(root, decode(t, []byte(bad)), name), name)
	}
}
