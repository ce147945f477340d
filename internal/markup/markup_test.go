package markup

import (
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
