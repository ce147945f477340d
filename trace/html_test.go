package trace

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/dissect"
)

func webPage(t testing.TB, tr *Trace) string {
	var out bytes.Buffer
	require.NoError(t, HTML(&out, tr, PageOptions{}))
	return out.String()
}

func ordinary(t testing.TB) *Trace {
	d := talk(t, nil)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)
	return tr
}

func TestPageNeedsNothingElse(t *testing.T) {
	page := webPage(t, ordinary(t))
	require.Less(t, len(page), 400_000)
	for _, outside := range []string{"http:", "https:", "src=", "@import", "url(", "<link", "<iframe", "<img", "<form", "javascript:", " on"} {
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
			require.NotContains(t, tag, outside)
		}
	}
	require.NotContains(t, page, "@import")
	require.NotContains(t, page, "url(")
	policy := html.UnescapeString(regexp.MustCompile(`Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	require.True(t, strings.HasPrefix(policy, "default-src 'none'; "), policy)
	for _, block := range []string{`<style>(?s:(.*?))</style>`, `<script>(?s:(.*?))</script>`} {
		sum := sha256.Sum256([]byte(regexp.MustCompile(block).FindStringSubmatch(page)[1]))
		require.Contains(t, policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
}

// TestPageIsSmall: with a chain as long as those of the great, 4.5 kB, too.
func TestPageIsSmall(t *testing.T) {
	d := talk(t, func(_, server *tls.Config) {
		chain := tls.Certificate{PrivateKey: testCertificate().PrivateKey, Certificate: testCertificate().Certificate}
		for _, size := range []int{1900, 1300, 1000} {
			var names []string
			for i := range size / 25 {
				names = append(names, fmt.Sprintf("www%d.host.lab.example", i))
			}
			chain.Certificate = append(chain.Certificate, newCertificate("long", names...).Certificate...)
		}
		server.Certificates = []tls.Certificate{chain}
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)
	most := 0
	for _, m := range tr.Connections[0].Messages {
		most = max(most, m.Len)
	}
	require.Greater(t, most, 4500)
	page := webPage(t, tr)
	t.Logf("%d bytes", len(page))
	require.Less(t, len(page), 400_000)
}

func TestPageAnchorsAreUniqueAndLinksLead(t *testing.T) {
	one, two := ordinary(t), ordinary(t)
	two.Connections[0].ID = 1
	one.Connections = append(one.Connections, two.Connections[0])
	page := webPage(t, one)
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		require.False(t, ids[m[1]], m[1])
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		require.True(t, ids[html.UnescapeString(m[1])], m[1])
	}
	for _, want := range []string{"c0-r1", "c0-m1.key_share.group", "c0-m3.cert0.tbs.serialNumber", "c1-s.s_hs", "c1-k1"} {
		require.True(t, ids[want], want)
	}
}

func TestPageShowsEachByteOnce(t *testing.T) {
	tr := ordinary(t)
	c := tr.Connections[0]
	page := webPage(t, tr)
	shown := 0
	for _, m := range regexp.MustCompile(`<a href="#[rm]\d+[^"]*" tabindex="-1">([0-9a-f\s]+)</a>`).FindAllStringSubmatch(page, -1) {
		shown += len(strings.Fields(m[1]))
	}
	want := 0
	for _, b := range c.Buffers {
		want += len(b.Bytes)
	}
	require.Equal(t, want, shown)
}

func TestPageCannotBeChangedByACertificate(t *testing.T) {
	d := talk(t, func(client, server *tls.Config) {
		client.MaxVersion = tls.VersionTLS12
		client.NextProtos = []string{`"><img src=x onerror=alert(1)>`, "\u2028", "-->"}
		server.NextProtos = nil
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{})
	require.NoError(t, err)
	tr.Connections[0].Result = json.RawMessage(`{"names":"</script><script>alert(2)</script>\u2028&<!--"}`)
	page := webPage(t, tr)
	require.Contains(t, page, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
	for _, bad := range []string{"<script>alert", "<img", "</script><script>alert", "\x1b", "\u2028"} {
		require.NotContains(t, page, bad)
	}
	require.Equal(t, 2, strings.Count(page, "</script>"), "the data and our own script")
	data := regexp.MustCompile(`id="data">(.*?)</script>`).FindStringSubmatch(page)[1]
	for _, raw := range []string{"<", ">", "&"} {
		require.NotContains(t, data, raw)
	}
	var back struct{ Results []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(data), &back))
	require.JSONEq(t, string(tr.Connections[0].Result), string(back.Results[0]))
}

func TestPageSaysWhetherItHoldsSecrets(t *testing.T) {
	d := talk(t, nil)
	closed, err := Capture(d.capture(1460, nil), CaptureOptions{})
	require.NoError(t, err)
	require.Contains(t, webPage(t, closed), `<p class="banner plain">No secret of the connection is in this page`)
	tr := ordinary(t)
	require.Contains(t, webPage(t, tr), `<p class="banner"><strong>This page contains the secrets of the connection.`)
	tr.Redact()
	require.Contains(t, webPage(t, tr), `<p class="banner plain">The secrets of the connection were taken out`)
}

func TestPageIsWellFormed(t *testing.T) {
	page := webPage(t, ordinary(t))
	void := map[string]bool{"meta": true, "input": true, "line": true, "path": true, "!DOCTYPE": true}
	body := regexp.MustCompile(`(?s)<(style|script)([^>]*)>.*?</(style|script)>`).ReplaceAllString(page, "")
	var open []string
	for _, m := range regexp.MustCompile(`<(/?)([a-zA-Z!][a-zA-Z0-9]*)[^>]*>`).FindAllStringSubmatch(body, -1) {
		switch {
		case void[m[2]]:
		case m[1] == "":
			open = append(open, m[2])
		default:
			require.NotEmpty(t, open)
			require.Equal(t, open[len(open)-1], m[2])
			open = open[:len(open)-1]
		}
	}
	require.Empty(t, open)
	require.NotContains(t, page, "ZgotmplZ")
}

func TestRedactedTraceHoldsNoSecret(t *testing.T) {
	d := talk(t, nil)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)
	var secrets []string
	for _, s := range tr.Connections[0].Secrets {
		secrets = append(secrets, fmt.Sprintf("%x", []byte(s.Out)))
	}
	tr.Redact()
	j, err := json.Marshal(tr)
	require.NoError(t, err)
	_, err = Load(j)
	require.NoError(t, err)
	require.Contains(t, string(j), `"secrets":false`)
	page := webPage(t, tr)
	out := text(t, tr, TextOptions{Hex: FullHex, Commands: true})
	for _, s := range secrets {
		for _, all := range []string{string(j), page, out} {
			require.False(t, strings.Contains(all, s), "the secret %s is there", s)
		}
	}
	ping := base64.StdEncoding.EncodeToString([]byte("PING\x17"))
	for _, all := range []string{page, out, string(j)} {
		for _, data := range []string{`"PING"`, "50 49 4e 47", ping} {
			require.False(t, strings.Contains(all, data), data)
		}
	}
	require.Contains(t, page, "were taken out of this page")
	require.NotContains(t, page, "contains the secrets")
	require.Empty(t, Check(tr.Connections[0]).Mismatches)
}

// Contrast: WCAG 2.2, 1.4.3 asks for 4.5 to 1.
func TestColoursOfThePageHaveContrast(t *testing.T) {
	style, err := pageFiles.ReadFile("page/page.css")
	require.NoError(t, err)
	themes := regexp.MustCompile(`:root\{([^}]*--bg[^}]*)\}`).FindAllStringSubmatch(string(style), -1)
	require.Len(t, themes, 2, "light and dark")
	for _, theme := range themes {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z]+):#([0-9a-f]+)`).FindAllStringSubmatch(theme[1], -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		tell := (max(colours["c"], colours["s"]) + 0.05) / (min(colours["c"], colours["s"]) + 0.05)
		require.GreaterOrEqual(t, tell, 1.5, "client and server differ in lightness too")
		for fg, backgrounds := range map[string][]string{"fg": {"bg", "card", "alt", "sbg"}, "dim": {"bg", "card", "sbg"}, "c": {"card", "bg"}, "s": {"card", "bg"}, "k": {"card", "bg"}, "warn": {"warnbg", "card", "bg"}, "onfg": {"on"}} {
			for _, bg := range backgrounds {
				light, dark := max(colours[fg], colours[bg]), min(colours[fg], colours[bg])
				require.GreaterOrEqual(t, (light+0.05)/(dark+0.05), 4.5, "%s on %s", fg, bg)
			}
		}
	}
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

// TestPageLinksValuesToWhereTheyCameFrom: a key pair stands before the message
// that its public key is in, and calculations link to their inputs.
func TestPageLinksValuesToWhereTheyCameFrom(t *testing.T) {
	d := talk(t, func(client, _ *tls.Config) { client.CurvePreferences = []tls.CurveID{tls.X25519} })
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)
	c := tr.Connections[0]
	c.Role = "client"
	share := c.Messages[0].Fields
	tree := dissect.Field{Fields: share}
	f := tree.Find("extensions.key_share.client_shares.0.key_exchange")
	require.NotNil(t, f)
	theirs := dissect.Field{Fields: c.Messages[1].Fields}
	g := theirs.Find("extensions.key_share.key_exchange")
	c.KeyExchanges = []KeyExchange{{Group: 29, Ours: Pair{Public: c.Bytes(&c.Messages[0])[f.Off : f.Off+f.Len], Private: key.Bytes()},
		Theirs: c.Bytes(&c.Messages[1])[g.Off : g.Off+g.Len], Shared: make([]byte, 32)}}
	c.Events = slices.Insert(c.Events, 4, Event{Kind: "key_exchange", Ref: json.RawMessage("0")})
	page := webPage(t, tr)
	pair, hello := strings.Index(page, `id="kx0-pair"`), strings.Index(page, `id="r1"`)
	require.Positive(t, pair)
	require.Less(t, pair, hello, "keys are made before they are sent")
	for _, want := range []string{
		`sent in the <a href="#m0.key_share.client_shares.0.key_exchange">ClientHello</a>`,
		`from the <a href="#m1.key_share.key_exchange">ServerHello</a>`,
		`x25519(<a href="#kx0.private">own private key</a>, <a href="#kx0.theirs">peer&#39;s public key</a>)`,
		`hash of <a href="#m3">the transcript up to Certificate</a>`,
		`verify data = HMAC(HKDF-Expand-Label(<a href="#s.s_hs">s hs traffic</a>, &#34;finished&#34;, &#34;&#34;), hash of <a href="#m4">the transcript up to CertificateVerify</a>)`,
		`<details class="command"><summary>command</summary><code>openssl pkeyutl -derive `,
		`| openssl enc -d -`,
	} {
		require.True(t, strings.Contains(page, want), want)
	}
	require.Equal(t, 1, strings.Count(page, `id="kx0.private"`))
	tr.Redact()
	page = webPage(t, tr)
	require.False(t, strings.Contains(page, fmt.Sprintf("%x", key.Bytes())))
	require.False(t, strings.Contains(page, "pkeyutl"))
}
