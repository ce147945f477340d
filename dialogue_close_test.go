package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// Alerts and the end of connections: RFC 9846, Section 6.

func TestPeerCloses(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(p.Data("last words"), p.Alert(alert.CloseNotify))
		p.WantReceived("what came before the close is received", "last words")
		p.WantEvent("RFC 9846, Section 6: the implementation SHOULD indicate end-of-data to the application", tlsengine.EventPeerClosed)
		p.Send(p.Bytes([]byte("something that is not TLS any more")))
		p.WantNoEvent("RFC 9846, Section 6.1: any data received after a closure alert MUST be ignored")
		p.Write("still here")
		p.WantData("RFC 9846, Section 6.1: this does not have any effect on the other side", "still here")
		p.Close()
		p.WantCloseNotify("each party MUST send a close_notify")
		require.NoError(t, p.EOF(), "the data was complete")
	})
}

func TestWhatComesAfterTheCloseIsTheCallers(t *testing.T) {
	p := connectedTo(t, testpeer.Whole(), "server", nil)
	in := append(p.Build(p.Alert(alert.CloseNotify)), "plaintext"...)
	n, ev, err := p.Engine.Receive(in)
	require.NoError(t, err)
	require.Equal(t, tlsengine.EventPeerClosed, ev.Kind)
	require.Equal(t, "plaintext", string(in[n:]), "the close is all that is eaten")
	n, ev, err = p.Engine.Receive(in[n:])
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, tlsengine.EventPeerClosed, ev.Kind, "and so it stays")
}

func TestWhatComesAfterTheCloseIsKeptByFeed(t *testing.T) {
	p := connectedTo(t, testpeer.Whole(), "server", nil)
	in := append(p.Build(p.Alert(alert.CloseNotify)), "plaintext"...)
	var kinds []tlsengine.EventKind
	for ev, err := range p.Engine.Feed(in) {
		require.NoError(t, err)
		kinds = append(kinds, ev.Kind)
	}
	require.Equal(t, []tlsengine.EventKind{tlsengine.EventPeerClosed}, kinds)
	require.Equal(t, "plaintext", string(p.Engine.Unread()))
}

func TestEngineCloses(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Close()
		p.WantCloseNotify("RFC 9846, Section 6.1: each party MUST send a close_notify alert before closing its write side")
		p.Close()
		p.WantSilence("once")
		_, err := p.Engine.Send(nil, []byte("more"))
		require.ErrorIs(t, err, tlsengine.ErrClosed)
		_, err = p.Engine.UpdateKeys(nil, handshake.UpdateNotRequested)
		require.ErrorIs(t, err, tlsengine.ErrClosed)
		_, err = p.Engine.SendEarly(nil, []byte("more"))
		require.ErrorIs(t, err, tlsengine.ErrClosed)
		p.Send(p.Data("but you may"))
		p.WantReceived("the other side goes on", "but you may")
		p.Send(p.KeyUpdate(handshake.UpdateRequested), p.Data("and on"))
		p.WantEvent("also with new keys", tlsengine.EventKeyUpdated)
		p.WantReceived("the other side goes on", "and on")
		p.WantSilence("nothing is said after close_notify")
	})
}

func TestErrorAfterOurCloseIsSilent(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Close()
		p.WantCloseNotify("this side is closed")
		p.Send(p.Inner(nil))
		require.False(t, p.Engine.Owes(), "what would append nothing is not owed")
		p.WantSilence("RFC 9846, Section 6.1: the sender will not send any more messages on this connection")
		var refusal *tlsengine.AlertError
		require.ErrorAs(t, p.Engine.Err(), &refusal)
	})
}

// "If a transport-level close is received prior to a "close_notify", the
// receiver cannot know that all the data that was sent has been received."
// RFC 9846, Section 6.1.
func TestTruncation(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(p.Data("not all"))
		p.WantReceived("some data comes", "not all")
		require.ErrorIs(t, p.EOF(), tlsengine.ErrTruncated)
		require.ErrorIs(t, p.EOF(), tlsengine.ErrTruncated, "which stays")
		_, _, err := p.Engine.Receive(p.Build(p.Data("too late")))
		require.ErrorIs(t, err, tlsengine.ErrTruncated)
		_, err = p.Engine.Send(nil, []byte("too late"))
		require.ErrorIs(t, err, tlsengine.ErrTruncated)
		require.Empty(t, p.Engine.Flush(nil), "there is nobody to tell")
	})
	for _, engine := range bothEngines {
		t.Run(engine+" in the handshake", func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := shookHands(t, drive, engine)
				require.ErrorIs(t, p.EOF(), tlsengine.ErrTruncated)
			})
		})
	}
	t.Run("at a record that is not whole", func(t *testing.T) {
		p := connectedTo(t, testpeer.Whole(), "server", nil)
		wire := p.Build(p.Alert(alert.CloseNotify))
		_, ev, err := p.Engine.Receive(wire[:len(wire)-1])
		require.NoError(t, err)
		require.Equal(t, 1, ev.Need)
		require.ErrorIs(t, p.Engine.TransportEOF(), tlsengine.ErrTruncated)
	})
}

func TestCloseInTheHandshake(t *testing.T) {
	for _, engine := range bothEngines {
		t.Run(engine, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := shookHands(t, drive, engine)
				p.Send(p.Alert(alert.CloseNotify))
				p.WantEvent("the peer goes", tlsengine.EventPeerClosed)
				require.False(t, p.Engine.ConnectionState().HandshakeDone)
				_, err := p.Engine.Send(nil, []byte("data"))
				require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
				p.Close()
				p.WantCloseNotify("and so does the engine")
				require.ErrorIs(t, p.EOF(), tlsengine.ErrTruncated, "anybody can say close_notify before the handshake is done")
			})
		})
	}
	t.Run("at once", func(t *testing.T) {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(p.Alert(alert.CloseNotify))
			p.WantEvent("the client goes", tlsengine.EventPeerClosed)
		})
	})
}

func TestApplicationAborts(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Abort(alert.InternalError)
		p.WantFatal("the application's alert", alert.InternalError)
		p.Close()
		p.WantSilence("there is no close_notify after a fatal alert")
		_, err := p.Engine.Send(nil, []byte("more"))
		require.ErrorIs(t, err, tlsengine.ErrClosed)
	})
	for _, engine := range bothEngines {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := shookHands(t, drive, engine)
			p.Abort(alert.UserCanceled)
			p.WantFatal("the application's alert", alert.UserCanceled)
		})
	}
}

// "All the alerts listed in Section 6.2 … MUST be treated as error alerts when
// received". RFC 9846, Section 6.
func TestFatalAlerts(t *testing.T) {
	for _, a := range []alert.Alert{alert.HandshakeFailure, alert.InternalError, alert.UnknownCA, alert.CertificateRequired, 200} {
		eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
			p.Send(p.Data("before"), p.AlertAt(alert.Fatal, a), p.Data("after"))
			p.WantReceived("what came before is received", "before")
			p.WantPeerAlert("RFC 9846, Section 6: the TLS implementation SHOULD indicate an error to the application", a)
			p.WantNoEvent("RFC 9846, Section 6: MUST NOT allow any further data to be received")
		})
		for _, engine := range bothEngines {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := shookHands(t, drive, engine)
				p.Send(p.AlertAt(alert.Fatal, a))
				p.WantPeerAlert("also in the handshake", a)
			})
		}
	}
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Send(p.Alert(alert.ProtocolVersion))
		p.WantPeerAlert("a server that cannot speak with this client says so in the clear", alert.ProtocolVersion)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello())
		p.Send(testpeer.At(handshake.Initial, p.Alert(alert.UnknownCA)))
		p.WantPeerAlert("RFC 9846, Appendix A.1: clients may send alerts that derive from post-ServerHello messages in the clear", alert.UnknownCA)
	})
}

func TestAlertsInTheClearAreRefused(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := shookHands(t, drive, "client")
		p.Send(testpeer.At(handshake.Initial, p.Alert(alert.InternalError)))
		p.WantAlert("a server has keys, and uses them", alert.UnexpectedMessage, alert.UnexpectedRecord)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Send(p.ServerHello())
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		p.Send(testpeer.At(handshake.Initial, p.Alert(alert.InternalError)))
		p.WantAlert("as soon as it has said ServerHello", alert.UnexpectedMessage, alert.UnexpectedRecord)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p, _ := provingPeer(t, drive, "client", nil)
		p.Send(p.Certificate(), testpeer.At(handshake.Initial, p.Alert(alert.InternalError)))
		p.WantAlert("and a client, as soon as it has used them", alert.UnexpectedMessage, alert.UnexpectedRecord)
	})
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(p.Data("data"), testpeer.At(handshake.Initial, p.Alert(alert.CloseNotify)))
		p.WantReceived("there are keys", "data")
		p.WantAlert("a close that anybody could send is none", alert.UnexpectedMessage, alert.UnexpectedRecord)
	})
	for _, a := range []alert.Alert{alert.CloseNotify, alert.UserCanceled, alert.InternalError} {
		eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
			p.Send(testpeer.At(handshake.Initial, p.Alert(a)))
			p.WantAlert("nor one before there was any data: the handshake is done", alert.UnexpectedMessage, alert.UnexpectedRecord)
		})
		eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
			p.Send(p.KeyUpdate(handshake.UpdateNotRequested), testpeer.At(handshake.Initial, p.Alert(a)))
			p.WantAlert("nor one before there was any data under new keys", alert.UnexpectedMessage, alert.UnexpectedRecord)
		})
	}
}

func TestWarnings(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		for range tlsengine.MaxWarningAlerts {
			p.Send(p.Alert(alert.UserCanceled))
		}
		p.Send(p.Data("data"))
		p.WantReceived("RFC 9846, Section 6.1: receiving implementations SHOULD continue to read data until a close_notify is received", "data")
		for range tlsengine.MaxWarningAlerts {
			p.Send(p.Alert(alert.UserCanceled))
		}
		p.WantNoEvent("data makes them start again")
		p.Send(p.Alert(alert.UserCanceled))
		p.WantAlert("a bounded number of warnings", alert.UnexpectedMessage, alert.TooManyWarnings)
	})
}

func TestAlertsThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct {
		content  []byte
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"an error as a warning": {[]byte{1, 40}, "RFC 9846, Section 6: MUST be sent with AlertLevel=fatal", alert.DecodeError, alert.BadAlert},
		"an unknown level":      {[]byte{3, 40}, "RFC 9846, Section 6: warning or fatal", alert.IllegalParameter, alert.UnknownAlert},
		"half an alert":         {[]byte{2}, "RFC 9846, Section 5.1: alert messages MUST NOT be fragmented", alert.DecodeError, alert.BadAlert},
		"two alerts":            {[]byte{1, 90, 1, 0}, "RFC 9846, Section 5.1: a record with an Alert type MUST contain exactly one message", alert.DecodeError, alert.BadAlert},
	} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
				p.Send(p.Record(21, c.content))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

// TestRefusalsAreUnderTheKeysInForce: "Like other messages, alert messages are
// encrypted as specified by the current connection state." RFC 9846, Section 6.
func TestRefusalsAreUnderTheKeysInForce(t *testing.T) {
	for _, engine := range bothEngines {
		t.Run(engine, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := shookHands(t, drive, engine)
				p.Send(p.Data("data"))
				epoch := handshake.Handshake
				if engine == "server" { // it has said its Finished
					epoch = handshake.Application
				}
				p.WantSaidAt("the refusal", epoch)
				p.WantAlert("data before the handshake is complete", alert.UnexpectedMessage, alert.UnexpectedRecord)
			})
		})
	}
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Want("the client opens the handshake", &handshake.ClientHello{})
		p.Send(p.ServerHello(func(m *handshake.ServerHello) { m.LegacySessionIDEcho = nil }))
		p.WantSaidAt("before there are keys the refusal is in the clear", handshake.Initial)
	})
}
