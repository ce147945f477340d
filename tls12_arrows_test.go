package tlsengine_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// drawn12 are the arrows of TLS 1.2 in the two diagrams, but for those that
// refuse, as testpeer notes them.
func drawn12(t *testing.T) (list []string) {
	text, err := os.ReadFile("handshake/DIAGRAMS.md")
	require.NoError(t, err)
	role := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## The "); ok {
			role = name
		}
		if strings.Contains(line, "12") && strings.Contains(line, " --> ") && !strings.Contains(line, "[*]") {
			list = append(list, role+": "+line)
		}
	}
	return list
}

// Every arrow of TLS 1.2 that is drawn is there for something.
func TestTLS12EveryArrowIsTaken(t *testing.T) {
	for _, flow := range flows12() {
		for _, asks := range []tlsengine.Question{0, tlsengine.AskVerdictResumed} {
			c, s := flow.configs(t)
			c.Ask, s.Ask = asks, asks
			p := newPair(t, c, s)
			verify := func(e *tlsengine.Engine, _ tlsengine.Request) { require.NoError(t, e.Verified(nil)) }
			p.client.answer, p.server.answer = verify, verify
			p.run()
			require.NoError(t, p.client.err)
			require.NoError(t, p.server.err)
		}
	}
	// A client's certificate, or none, with and without a ticket to come.
	for _, by := range []func(*tlsengine.Config) *tlsengine.Config{byID, func(c *tlsengine.Config) *tlsengine.Config { return c }} {
		for _, creds := range [][]*tlsengine.Credential{nil, {testpeer.ClientIdentity().Credential()}} {
			c, s := client12(), by(server12())
			c.Credentials, s.ClientAuth = creds, tlsengine.RequestClientCert
			meet(t, c, s)
		}
	}
	// A session that is asked about, with a new ticket to come.
	c, s := client12(), server12()
	c.Session = meet(t, c, s).session()
	c.Ask, c.Time, s.Time = tlsengine.AskVerdictResumed, testpeer.Clock(30*time.Hour), testpeer.Clock(30*time.Hour)
	p := newPair(t, c, s)
	p.client.answer = func(e *tlsengine.Engine, _ tlsengine.Request) { require.NoError(t, e.Verified(nil)) }
	p.run()
	require.NoError(t, p.client.err)
	// A session that is offered and not taken.
	c.Ask, s.TicketKeys = 0, tlsengine.NewTicketKeys()
	meet(t, c, s)
	// A session that the application would rather not resume.
	c.Session = meet(t, c, s).session()
	s.Ask = tlsengine.AskResume
	p = newPair(t, c, s)
	p.server.answer = func(e *tlsengine.Engine, _ tlsengine.Request) { require.NoError(t, e.Resume(tlsengine.ResumeNo, nil)) }
	p.run()
	require.NoError(t, p.client.err)
	// A status that is promised and left out.
	c, s = client12(), server12()
	c.RequestStatus = true
	s.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgServerHello {
			return msg
		}
		m, err := handshake.ParseServerHello(msg[4:])
		require.NoError(t, err)
		m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtStatusRequest)
		return m.Append(nil)
	}
	meet(t, c, s)

	taken, drawn := testpeer.Arrows(), drawn12(t)
	require.Greater(t, len(drawn), 30)
	for _, arrow := range drawn {
		require.True(t, taken[arrow], "never taken: %s", arrow)
	}
}
