package markup

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsNotInTheSourceIsEscaped(t *testing.T) {
	var w Writer
	name := `</p><script>"alert('1')"&`
	w.Lit(`<p id="`).Text(name).Lit(`">`).Wrap("<b>", name, "</b>").Wrap("<i>", "", "</i>").File([]byte("{}"))
	const escaped = "&lt;/p&gt;&lt;script&gt;&#34;alert(&#39;1&#39;)&#34;&amp;"
	require.Equal(t, `<p id="`+escaped+`"><b>`+escaped+"</b>{}", w.String())
}

func TestJSONStaysWhatItIs(t *testing.T) {
	in := map[string]string{"Größe": "a\u202eb\x7f\u0085\U000e0041\ufffd\\ …→ \x1b\n"}
	doc, err := json.Marshal(in)
	require.NoError(t, err)
	out := JSON(doc)
	require.Contains(t, string(out), `"a\u202eb\u007f\u0085\udb40\udc41\ufffd\\ …→ \u001b\n"`)
	var back map[string]string
	require.NoError(t, json.Unmarshal(out, &back))
	require.Equal(t, in, back)
	same := []byte(`{"a": "ü"}`)
	require.Equal(t, same, JSON(same))
}
