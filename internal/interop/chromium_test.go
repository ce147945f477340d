package interop

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
)

// TestChromium lets Chromium, which is BoringSSL, fetch a page in each version.
// It is no peer as the others are: it can't be told what to offer.
func TestChromium(t *testing.T) {
	if testing.Short() {
		t.Skip("other implementations take a while")
	}
	need(t, "chromium", "apt-get install chromium")
	t.Run("chromium", func(t *testing.T) {
		for _, version := range []tlsengine.Version{tlsengine.VersionTLS13, tlsengine.VersionTLS12} {
			t.Run(version.String(), func(t *testing.T) {
				d := open(t)
				cfg := std.server(t, ecdsa256)
				cfg.MinVersion, cfg.MaxVersion = version, version
				states := make(chan tlsengine.ConnectionState, 10)
				ended := make(chan bool)
				go func() {
					serveChromium(t, d, cfg, states)
					close(ended)
				}()
				cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
					"--disable-component-update", "--disable-sync", "--ignore-certificate-errors", "--user-data-dir="+t.TempDir(), "--dump-dom", "https://"+d.addr()+"/")
				cmd.WaitDelay = time.Second
				timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
				defer timer.Stop()
				out, err := cmd.Output()
				require.NoError(t, err)
				require.Contains(t, string(out), "it works")
				d.Close()
				<-ended
				state := <-states
				require.Equal(t, version, state.Version)
				if version == tlsengine.VersionTLS13 {
					require.Equal(t, group.X25519MLKEM768, state.Group)
				}
			})
		}
	})
}

// serveChromium gives the page to whoever asks; a browser also connects and
// says nothing.
func serveChromium(t *testing.T, d *door, cfg *tlsengine.Config, states chan<- tlsengine.ConnectionState) {
	for {
		conn, err := d.Accept()
		if err != nil {
			return
		}
		s := newServer(t, conn, cfg)
		go func() {
			if s.wait(func(w *seen) bool { return strings.Contains(string(w.data), "\r\n\r\n") }) != nil {
				return
			}
			states <- s.state()
			page := "<p>it works</p>"
			_ = s.send([]byte("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n" + page))
			_ = s.write(func(out []byte) ([]byte, error) { return s.e.Close(out), nil })
		}()
	}
}
