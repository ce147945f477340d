// Package compare says what changed between two JSON documents of one kind,
// leaving out what changes every time.
package compare

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Change is one difference.
type Change struct {
	Op   string `json:"op"` // + added, - removed, ~ changed
	Path string `json:"path"`
	Old  any    `json:"old,omitempty"`
	New  any    `json:"new,omitempty"`
}

// volatile are the keys whose values change every time.
var volatile = keys("tool timing bytes started days_left t_us probes connections_made exporter address reply session_id this_update next_update")

// volatileInTraces are those of traces besides: what is random, what is
// computed of it, and where it is.
var volatileInTraces = keys("b64 out nonce aad before after theirs shared public private value_b64 at off len tag buf client")

// volatileFields are the kinds of fields of messages whose values change every
// time. Those that are bytes have no value.
var volatileFields = keys("ext.psk.age nst.age_add der.header")

func keys(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// ignored reports whether a key of an object is left out, by its name, by that
// of what the object is in, or by what the object says that it is.
func (c *comparison) ignored(path string, o map[string]any, key string) bool {
	switch {
	case volatile[key], strings.HasSuffix(key, "_us"):
		return true
	case key == "length":
		return strings.Contains(path, "tickets[") || strings.Contains(path, "messages[") || strings.HasSuffix(path, "ocsp")
	case !c.trace:
		return false
	case key == "value":
		kind, _ := o["kind"].(string)
		return volatileFields[kind] || strings.HasSuffix(kind, ".length")
	case key == "hash":
		return strings.HasSuffix(path, ".context")
	}
	return volatileInTraces[key]
}

// Documents compares two documents of a kind: "tlsprobe.connect/1".
func Documents(kind string, old, new any) []Change {
	c := &comparison{changes: []Change{}, trace: strings.HasPrefix(kind, "tlsprobe.trace/")}
	c.values("", old, new)
	return c.changes
}

type comparison struct {
	changes []Change
	trace   bool
}

func (c *comparison) add(op, path string, old, new any) {
	c.changes = append(c.changes, Change{op, path, old, new})
}

func (c *comparison) values(path string, old, new any) {
	switch o := old.(type) {
	case map[string]any:
		if n, ok := new.(map[string]any); ok && !isCode(o) && !isCode(n) {
			c.objects(path, o, n)
			return
		}
	case []any:
		if n, ok := new.([]any); ok {
			c.lists(path, o, n)
			return
		}
	}
	if !same(old, new) {
		c.add("~", path, old, new)
	}
}

// isCode reports whether an object is a code point, which is one value.
func isCode(o map[string]any) bool {
	_, id := o["id"]
	_, hex := o["hex"]
	return id && hex && len(o) == 3
}

func same(a, b any) bool {
	x, _ := json.Marshal(a) //nolint:errcheck // it came from JSON
	y, _ := json.Marshal(b) //nolint:errcheck // as above
	return string(x) == string(y)
}

func (c *comparison) objects(path string, old, new map[string]any) {
	var keys []string
	for key := range old {
		keys = append(keys, key)
	}
	for key := range new {
		if _, ok := old[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		if c.ignored(path, old, key) {
			continue
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		o, was := old[key]
		n, is := new[key]
		switch {
		case !was:
			c.add("+", at, nil, n)
		case !is:
			c.add("-", at, o, nil)
		default:
			c.values(at, o, n)
		}
	}
}

// lists compares lists: by what identifies their items where something does,
// and then also their order; else by place.
func (c *comparison) lists(path string, old, new []any) {
	before, ok1 := identities(old)
	after, ok2 := identities(new)
	if !ok1 || !ok2 {
		c.places(path, old, new)
		return
	}
	var kept1, kept2 []string
	for i, id := range before {
		at := path + "[" + id + "]"
		if j := slices.Index(after, id); j < 0 {
			c.add("-", at, old[i], nil)
		} else {
			kept1 = append(kept1, id)
			c.values(at, old[i], new[j])
		}
	}
	for j, id := range after {
		if !slices.Contains(before, id) {
			c.add("+", path+"["+id+"]", nil, new[j])
		} else {
			kept2 = append(kept2, id)
		}
	}
	if !slices.Equal(kept1, kept2) {
		c.add("~", path+" (order)", kept1, kept2)
	}
}

func (c *comparison) places(path string, old, new []any) {
	for i := range max(len(old), len(new)) {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= len(old):
			c.add("+", at, nil, new[i])
		case i >= len(new):
			c.add("-", at, old[i], nil)
		default:
			c.values(at, old[i], new[i])
		}
	}
}

// identities are what the items of a list are known by; false if by nothing,
// or two by the same.
func identities(list []any) (ids []string, ok bool) {
	for _, item := range list {
		id := identity(item)
		if id == "" || slices.Contains(ids, id) {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

func identity(item any) string {
	switch v := item.(type) {
	case string:
		return v
	case map[string]any:
		if name, ok := v["name"].(string); ok && isCode(v) {
			return name
		}
		for _, key := range []string{"hex", "sha256", "code"} {
			if id, ok := v[key].(string); ok {
				return id
			}
		}
	}
	return ""
}
