package compare

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func changes(t *testing.T, old, new string) (out []string) {
	var a, b any
	require.NoError(t, json.Unmarshal([]byte(old), &a))
	require.NoError(t, json.Unmarshal([]byte(new), &b))
	for _, c := range Documents("tlsprobe.connect/1", a, b) {
		out = append(out, c.Op+" "+c.Path)
	}
	return out
}

func TestWhatChangedIsNamedByItsPath(t *testing.T) {
	require.Empty(t, changes(t, `{"a":1,"timing":{"x":1},"took_us":1}`, `{"a":1,"timing":{"x":2},"took_us":2}`))
	require.Equal(t, []string{"~ a.b", "- a.c", "+ d"}, changes(t, `{"a":{"b":1,"c":2}}`, `{"a":{"b":2},"d":null}`))
	require.Equal(t, []string{"~ a"}, changes(t, `{"a":null}`, `{"a":{"b":1}}`))
}

// What is left out of a trace counts in other documents.
func TestRandomValuesOfTracesAreLeftOut(t *testing.T) {
	old := `{"buffers":[{"b64":"AA","kind":"wire"}],"secrets":[{"id":"early","out":"00","context":{"hash":"11"}}],"fields":[{"kind":"hs.length","len":4,"off":1,"value":1},{"kind":"hs.type","value":2}],"transcript":{"hash":"SHA-256","after":"00"}}`
	new := `{"buffers":[{"b64":"BB","kind":"wire"}],"secrets":[{"id":"early","out":"22","context":{"hash":"33"}}],"fields":[{"kind":"hs.length","len":5,"off":2,"value":9},{"kind":"hs.type","value":3}],"transcript":{"hash":"SHA-384","after":"44"}}`
	var a, b any
	require.NoError(t, json.Unmarshal([]byte(old), &a))
	require.NoError(t, json.Unmarshal([]byte(new), &b))
	var got []string
	for _, c := range Documents("tlsprobe.trace/1", a, b) {
		got = append(got, c.Path)
	}
	require.Equal(t, []string{"fields[1].value", "transcript.hash"}, got)
	require.Len(t, Documents("tlsprobe.other/1", a, b), 9)
}

func TestListsAreComparedByWhatTheirItemsAre(t *testing.T) {
	one := `{"id":1,"hex":"0x0001","name":"one"}`
	two := `{"id":2,"hex":"0x0002","name":"two"}`
	nobody := `{"id":3,"hex":"0x0003","name":null}`
	require.Empty(t, changes(t, `[`+one+`,`+two+`]`, `[`+one+`,`+two+`]`))
	require.Equal(t, []string{"- l[two]", "+ l[0x0003]"}, changes(t, `{"l":[`+one+`,`+two+`]}`, `{"l":[`+one+`,`+nobody+`]}`))
	require.Equal(t, []string{"~ l (order)"}, changes(t, `{"l":["a","b"]}`, `{"l":["b","a"]}`))
	require.Equal(t, []string{"~ l[1]", "+ l[2]"}, changes(t, `{"l":[1,2]}`, `{"l":[1,3,4]}`))
	require.Equal(t, []string{"~ v"}, changes(t, `{"v":`+one+`}`, `{"v":`+two+`}`))
}
