package tlsengine

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/trace"
)

// TestQUICIsToldWhole: without records, the messages and all secrets.
func TestQUICIsToldWhole(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	for _, resumed := range []bool{true, false} {
		if !resumed {
			client.Session = nil
		}
		told := [2]*trace.Recorder{trace.NewRecorder("client", time.Now), trace.NewRecorder("server", time.Now)}
		client.Tracer, server.Tracer = told[0], told[1]
		s := quicServer(t, server)
		p := newQUICPair(t, moved{t, quicClient(t, client).QUICConn}, s).run().done()
		require.NoError(t, s.SendTicket(QUICTicket{}))
		p.run()
		require.Error(t, s.HandleCrypto(QUICInitial, []byte{1}))
		client.Tracer, server.Tracer = nil, nil
		for side, r := range told {
			c := r.Connection()
			require.NoError(t, c.Validate())
			require.Empty(t, c.Notes)
			require.Empty(t, c.Records)
			report := trace.Check(c)
			require.Empty(t, report.Mismatches)
			want := []string{"ClientHello", "ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished", "Finished", "NewSessionTicket"}
			if resumed {
				want = slices.Delete(want, 3, 5)
				report.Skipped-- // the PSK
				require.NotNil(t, c.FindSecret("c_e"))
			}
			if side == 1 {
				report.Skipped-- // the private key of the key exchange: who encapsulates has none
			}
			require.Zero(t, report.Skipped)
			var names []string
			for _, m := range c.Messages {
				names = append(names, m.Name)
			}
			require.Equal(t, want, names)
			require.Equal(t, "handshake", c.Messages[2].Epoch)
			require.Equal(t, "application", c.Messages[len(want)-1].Epoch)
			for id, secret := range map[string][]byte{"c_hs": p.secret(0, QUICWriteSecret, QUICHandshake), "s_ap_0": p.secret(0, QUICReadSecret, QUICApplication)} {
				require.Equal(t, secret, []byte(c.FindSecret(id).Out), id)
			}
			alerted := slices.ContainsFunc(c.Events, func(e trace.Event) bool { return e.Kind == "alert" && e.Name == "unexpected_message" })
			require.Equal(t, side == 1, alerted, "%+v", c.Events)
		}
	}
}
