package tlsengine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// A message that is a byte too short, or too long, is decode_error, whatever it
// is and whoever sends it: "the length of the message was incorrect". RFC 9846,
// Section 6.2.

// said is a message of one side's.
type said struct {
	client bool
	typ    handshake.MessageType
}

// resized is a message of another length, with a header that says so.
func resized(msg []byte, by int) []byte {
	n := len(msg) - 4 + by
	out := append([]byte{msg[0], byte(n >> 16), byte(n >> 8), byte(n)}, msg[4:]...)
	if by > 0 {
		return append(out, make([]byte, by)...)
	}
	return out[:len(out)+by]
}

// everyMessage are flows that have all messages between them.
func everyMessage() map[string]func() (client, server *tlsengine.Config) {
	prove := func(client, server *tlsengine.Config) (*tlsengine.Config, *tlsengine.Config) {
		client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		stapled := *testpeer.ServerIdentity().Credential()
		stapled.Staple = []byte("a status")
		server.Credentials, server.ClientAuth = []*tlsengine.Credential{&stapled}, tlsengine.RequireClientCert
		client.RequestStatus = true
		return client, server
	}
	return map[string]func() (client, server *tlsengine.Config){
		"TLS 1.3": func() (client, server *tlsengine.Config) {
			return prove(testpeer.ClientConfig(), testpeer.ServerConfig())
		},
		"TLS 1.2": func() (client, server *tlsengine.Config) { return prove(client12(), server12()) },
		"early data": func() (client, server *tlsengine.Config) {
			client, server = testpeer.ClientConfig(), earlyServer()
			client.Session, client.MaxEarlyData = meetOnce(client, server), 100
			return client, server
		},
	}
}

// meetOnce is a session of the server's.
func meetOnce(client, server *tlsengine.Config) []byte {
	var sessions [][]byte
	c, err := tlsengine.NewClient(client)
	s, err2 := tlsengine.NewServer(server)
	if err != nil || err2 != nil {
		panic("a Config of the test's does not work")
	}
	for c.Owes() || s.Owes() {
		for range s.Feed(c.Flush(nil)) {
		}
		for ev := range c.Feed(s.Flush(nil)) {
			if ev.Kind == tlsengine.EventNewSession {
				sessions = append(sessions, ev.Data)
			}
		}
	}
	return sessions[0]
}

// rewriting is a pair whose messages go through a function.
func rewriting(t *testing.T, configs func() (client, server *tlsengine.Config), rewrite func(said, []byte) []byte) *pair {
	client, server := configs()
	client.Rewrite = func(typ handshake.MessageType, msg []byte) []byte { return rewrite(said{true, typ}, msg) }
	server.Rewrite = func(typ handshake.MessageType, msg []byte) []byte { return rewrite(said{false, typ}, msg) }
	p := newPair(t, client, server)
	p.run()
	return p
}

func TestMessagesOfAnotherLengthAreRefused(t *testing.T) {
	for name, configs := range everyMessage() {
		var list []said
		empty := make(map[said]bool)
		p := rewriting(t, configs, func(s said, msg []byte) []byte {
			list, empty[s] = append(list, s), len(msg) == 4
			return msg
		})
		require.NoError(t, p.client.err, name)
		require.NoError(t, p.server.err, name)
		for _, what := range list {
			for _, by := range []int{-1, 1} {
				if by < 0 && empty[what] {
					continue
				}
				t.Run(fmt.Sprintf("%s, client %t, %v, by %d", name, what.client, what.typ, by), func(t *testing.T) {
					p := rewriting(t, configs, func(s said, msg []byte) []byte {
						if s == what {
							return resized(msg, by)
						}
						return msg
					})
					receiver, sender := p.client, p.server
					if what.client {
						receiver, sender = p.server, p.client
					}
					want := alert.DecodeError
					if what.typ == handshake.MsgFinished { // all of it is what it is compared with
						want = alert.DecryptError
					}
					refusal := receiver.refusal(t)
					require.Equal(t, want, refusal.Alert, refusal)
					require.Equal(t, want, sender.heard(t))
				})
			}
		}
	}
}
