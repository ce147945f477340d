package trace

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// browser is headless Chromium.
type browser struct{ path string }

// newBrowser finds Chromium. CI must have it.
func newBrowser(t *testing.T) browser {
	if testing.Short() {
		t.Skip("Chromium takes seconds")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return browser{path}
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("Chromium is not installed")
	}
	t.Skip("Chromium is not installed")
	return browser{}
}

// run opens a page and returns what Chromium prints. Nothing may be said on the
// page's console.
func (b browser) run(t *testing.T, page string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr", "--virtual-time-budget=3000", "--user-data-dir=" + dir}, args...)
	cmd := exec.Command(b.path, append(args, "file://"+page)...) //nolint:gosec // a browser of this machine
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Second
	require.NoError(t, cmd.Start())
	timer := time.AfterFunc(60*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	require.NoError(t, cmd.Wait(), "%s", &stderr)
	for line := range strings.Lines(stderr.String()) {
		require.NotContains(t, line, "CONSOLE")
	}
	return stdout.String()
}

// hostile is a connection whose peers chose names that would like to be more
// than text.
func hostile(t *testing.T) *Trace {
	const bad = `</script><script>window.pwned=1</script><img src=x onerror=pwned=1>`
	d := talk(t, func(client, server *tls.Config) {
		server.Certificates = []tls.Certificate{newCertificate(bad)}
		client.NextProtos = []string{bad, "\u2028-->", "http/1.1"}
	})
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	require.NoError(t, err)
	tr.Connections[0].Result = json.RawMessage(`{"names":"` + strings.ReplaceAll(bad, `"`, `\"`) + `<!--"}`)
	return tr
}

// driven is a page with the script that uses it. The page's own policy lets
// that run; the other one is a page without any.
func driven(t *testing.T, page string, policy bool) string {
	script, err := os.ReadFile("testdata/browser.js")
	require.NoError(t, err)
	if policy {
		page = strings.Replace(page, "script-src &#39;", "script-src &#39;"+integrity(script)+"&#39; &#39;", 1)
	} else {
		page = regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAllString(page, "")
	}
	return strings.Replace(page, "</body>", "<script>"+string(script)+"</script></body>", 1)
}

// scriptless is the page in a browser that runs no script: Chromium's headless
// mode needs scripts itself, so that they cannot be switched off for all.
func scriptless(page string) string {
	return strings.Replace(page, "<script>", `<script type="text/plain">`, 1)
}

func write(t *testing.T, page string) string {
	name := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(name, []byte(page), 0o600))
	return name
}

var findings = regexp.MustCompile(`(?s)<pre id="findings">(.*?)</pre>`)

// TestPageInChromium uses the page as a reader does: in light and in dark, wide
// and narrow, and with a certificate that wants to break out of it, which the
// page must withstand without its policy too.
func TestPageInChromium(t *testing.T) {
	b := newBrowser(t)
	page := webPage(t, hostile(t))
	for _, c := range []struct {
		name   string
		policy bool
		dark   bool
		width  int
		args   []string
	}{
		{"light", true, false, 1280, nil},
		{"dark, narrow, without a policy", false, true, 500, []string{"--blink-settings=preferredColorScheme=0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"--dump-dom", fmt.Sprintf("--window-size=%d,900", c.width)}, c.args...)
			dom := b.run(t, write(t, driven(t, page, c.policy))+"#m0.random", args...)
			m := findings.FindStringSubmatch(dom)
			require.NotNil(t, m, "the script did not come to its end")
			var got struct {
				Checks int
				Wrong  []string
				Dark   bool
				Width  int
			}
			require.NoError(t, json.Unmarshal([]byte(html.UnescapeString(m[1])), &got))
			require.Empty(t, got.Wrong)
			require.Greater(t, got.Checks, 400)
			require.Equal(t, c.dark, got.Dark)
			require.Equal(t, c.width, got.Width)
			require.Contains(t, dom, "&lt;/script&gt;&lt;script&gt;window.pwned=1", "the name is there, as text")
		})
	}
}

// count is how many pixels of a picture have that colour.
func count(img image.Image, c color.RGBA) (n int) {
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); uint8(r>>8) == c.R && uint8(g>>8) == c.G && uint8(b>>8) == c.B {
				n++
			}
		}
	}
	return n
}

// TestPageInChromiumWithoutJavaScript: a link into the page opens the card and
// marks the row, and the colours are those of light and dark.
func TestPageInChromiumWithoutJavaScript(t *testing.T) {
	b := newBrowser(t)
	page := write(t, scriptless(webPage(t, ordinary(t))))
	for _, c := range []struct {
		name, setting string
		background    color.RGBA
	}{
		{"light", "1", color.RGBA{R: 0xff, G: 0xff, B: 0xff}},
		{"dark", "0", color.RGBA{R: 0x14, G: 0x14, B: 0x18}},
	} {
		t.Run(c.name, func(t *testing.T) {
			shot := filepath.Join(t.TempDir(), "shot.png")
			b.run(t, page+"#m0.random", "--blink-settings=preferredColorScheme="+c.setting, "--window-size=1200,1600", "--screenshot="+shot)
			if keep := os.Getenv("TLSENGINE_SCREENSHOTS"); keep != "" {
				copyFile(t, shot, filepath.Join(keep, "noscript-"+c.name+".png"))
			}
			f, err := os.Open(shot)
			require.NoError(t, err)
			defer f.Close() //nolint:errcheck // it was read
			img, err := png.Decode(f)
			require.NoError(t, err)
			all := img.Bounds().Dx() * img.Bounds().Dy()
			require.Greater(t, count(img, c.background), all/10, "the background")
			require.Greater(t, count(img, color.RGBA{R: 0xff, G: 0xd5, B: 0x4a}), 2000, "the row that was asked for is lit")
		})
	}
}

// TestPageInChromiumPrintsAll: on paper everything is open, without a script that
// opens it.
func TestPageInChromiumPrintsAll(t *testing.T) {
	b := newBrowser(t)
	file := filepath.Join(t.TempDir(), "page.pdf")
	b.run(t, write(t, scriptless(webPage(t, ordinary(t)))), "--no-pdf-header-footer", "--print-to-pdf="+file)
	pdf, err := os.ReadFile(file)
	require.NoError(t, err)
	pages := bytes.Count(pdf, []byte("/Type /Page\n"))
	require.Greater(t, pages, 10, "closed, the page has one or two")
	if keep := os.Getenv("TLSENGINE_SCREENSHOTS"); keep != "" {
		copyFile(t, file, filepath.Join(keep, "page.pdf"))
	}
}

func copyFile(t *testing.T, from, to string) {
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, b, 0o600))
}
