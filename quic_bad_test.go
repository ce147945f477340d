package tlsengine

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// rewrite returns a copy of the Config whose messages of a type are changed
// before they are sent.
func rewrite(cfg *Config, t handshake.MessageType, change func(msg []byte) []byte) *Config {
	out := *cfg
	out.Rewrite = func(got handshake.MessageType, msg []byte) []byte {
		if got == t {
			return change(msg)
		}
		return msg
	}
	return &out
}

// editHello changes a ClientHello by its fields.
func editHello(cfg *Config, change func(*handshake.ClientHello)) *Config {
	return rewrite(cfg, handshake.MsgClientHello, func(msg []byte) []byte {
		hello, err := handshake.ParseClientHello(msg[4:])
		if err != nil {
			panic(err)
		}
		change(&hello)
		return hello.Append(nil)
	})
}

// without returns the extensions but one.
func without(x handshake.Extensions, drop handshake.ExtensionType) handshake.Extensions {
	out := handshake.Extensions{}
	for t, data := range x.All() {
		if t != drop {
			out = handshake.AppendExtension(out, t, data)
		}
	}
	return out
}

// replaced returns the extensions with the contents of one changed.
func replaced(x handshake.Extensions, change handshake.ExtensionType, to []byte) handshake.Extensions {
	out := handshake.Extensions{}
	for t, data := range x.All() {
		if t == change {
			data = to
		}
		out = handshake.AppendExtension(out, t, data)
	}
	return out
}

func TestQUICServerRefusesClientHello(t *testing.T) {
	const crypto = QUICCryptoError
	for _, test := range []struct {
		rule string
		code QUICErrorCode
		edit func(*handshake.ClientHello)
	}{
		{"RFC 9001, Section 8.4: legacy_session_id is empty", QUICProtocolViolation, func(h *handshake.ClientHello) {
			h.LegacySessionID = make([]byte, 32)
		}},
		{"RFC 9001, Section 8.2: quic_transport_parameters must be there", crypto + 109, func(h *handshake.ClientHello) {
			h.Extensions = without(h.Extensions, handshake.ExtQUICTransportParameters)
		}},
		{"the parameters of a draft of QUIC are not those", crypto + 109, func(h *handshake.ClientHello) {
			h.Extensions = handshake.AppendExtension(without(h.Extensions, handshake.ExtQUICTransportParameters), 0xffa5, []byte{1})
		}},
		{"RFC 9001, Section 8.1: no ALPN is no_application_protocol", crypto + 120, func(h *handshake.ClientHello) {
			h.Extensions = without(h.Extensions, handshake.ExtApplicationLayerProtocolNegotiation)
		}},
		{"RFC 9001, Section 8.1: no common ALPN is no_application_protocol", crypto + 120, func(h *handshake.ClientHello) {
			h.Extensions = replaced(h.Extensions, handshake.ExtApplicationLayerProtocolNegotiation, []byte{0, 3, 2, 'h', '2'})
		}},
		{"RFC 9001, Section 4.2: TLS 1.2 is not spoken", crypto + 70, func(h *handshake.ClientHello) {
			h.Extensions = replaced(h.Extensions, handshake.ExtSupportedVersions, []byte{2, 3, 3})
		}},
		{"RFC 9001, Section 4.2: nor without supported_versions", crypto + 70, func(h *handshake.ClientHello) {
			h.Extensions = without(h.Extensions, handshake.ExtSupportedVersions)
		}},
		{"twice the parameters is once too often", crypto + 50, func(h *handshake.ClientHello) {
			h.Extensions = handshake.AppendExtension(h.Extensions, handshake.ExtQUICTransportParameters, nil)
		}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			client, server := quicConfigs(t)
			p := newQUICPair(t, quicClient(t, editHello(client, test.edit)), quicServer(t, server)).run()
			p.refused(1, test.code, test.rule)
			require.Empty(t, p.events(1, QUICCrypto), "nothing is said")
			require.ErrorIs(t, p.server.handle(QUICInitial, []byte{1}), p.errs[1], "the error stays")
			require.Nil(t, p.server.(ours).Pending())
		})
	}
}

func TestQUICServerRefusesTruncatedParameters(t *testing.T) {
	client, server := quicConfigs(t)
	client = rewrite(client, handshake.MsgClientHello, func(msg []byte) []byte {
		i := bytes.Index(msg, []byte{0, 57, 0, 10})
		msg[i+3] = 200 // says more than there is
		return msg
	})
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run()
	p.refused(1, QUICCryptoError+50, "an extension that runs out of its message is decode_error")
}

func TestQUICServerWithoutALPNRefuses(t *testing.T) {
	client, server := quicConfigs(t)
	server.ALPN = nil
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run()
	p.refused(1, QUICCryptoError+120, "RFC 9001, Section 8.1: ALPN is a must")
}

func TestQUICServerTakesTLS13FromAnOlderOffer(t *testing.T) {
	client, server := quicConfigs(t)
	client = editHello(client, func(h *handshake.ClientHello) {
		h.Extensions = replaced(h.Extensions, handshake.ExtSupportedVersions, []byte{6, 3, 2, 3, 3, 3, 4})
	})
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
	require.Equal(t, VersionTLS13, p.server.(ours).ConnectionState().Version)
}

func TestQUICClientRefusesEncryptedExtensions(t *testing.T) {
	edit := func(change func(handshake.Extensions) handshake.Extensions) func([]byte) []byte {
		return func(msg []byte) []byte {
			m, err := handshake.ParseEncryptedExtensions(msg[4:])
			if err != nil {
				panic(err)
			}
			m.Extensions = change(m.Extensions)
			return m.Append(nil)
		}
	}
	for _, test := range []struct {
		rule   string
		code   QUICErrorCode
		change func(handshake.Extensions) handshake.Extensions
	}{
		{"RFC 9001, Section 8.2: quic_transport_parameters must be there", QUICCryptoError + 109,
			func(x handshake.Extensions) handshake.Extensions {
				return without(x, handshake.ExtQUICTransportParameters)
			}},
		{"RFC 9001, Section 8.1: ALPN must be there", QUICCryptoError + 120,
			func(x handshake.Extensions) handshake.Extensions {
				return without(x, handshake.ExtApplicationLayerProtocolNegotiation)
			}},
		{"RFC 7301, Section 3.2: the protocol must be one that was offered", QUICCryptoError + 47,
			func(x handshake.Extensions) handshake.Extensions {
				return replaced(x, handshake.ExtApplicationLayerProtocolNegotiation, []byte{0, 3, 2, 'h', '2'})
			}},
		{"RFC 9846, Section 4.3: early_data must have been offered", QUICCryptoError + 110,
			func(x handshake.Extensions) handshake.Extensions {
				return handshake.AppendEmpty(x, handshake.ExtEarlyData)
			}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			client, server := quicConfigs(t)
			server = rewrite(server, handshake.MsgEncryptedExtensions, edit(test.change))
			p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run()
			p.refused(0, test.code, test.rule)
			require.Nil(t, p.secret(0, QUICWriteSecret, QUICApplication))
			require.Empty(t, p.events(0, QUICHandshakeDone))
		})
	}
}

func TestQUICClientRefusesServerHello(t *testing.T) {
	for _, test := range []struct {
		rule string
		code QUICErrorCode
		edit func(*handshake.ServerHello)
	}{
		{"legacy_session_id_echo is empty", QUICCryptoError + 47, func(h *handshake.ServerHello) {
			h.LegacySessionIDEcho = []byte{1}
		}},
		{"RFC 9001, Section 4.2: TLS 1.2 is not taken", QUICCryptoError + 70, func(h *handshake.ServerHello) {
			h.Extensions = without(h.Extensions, handshake.ExtSupportedVersions)
		}},
		{"parameters come in EncryptedExtensions", QUICCryptoError + 47, func(h *handshake.ServerHello) {
			h.Extensions = handshake.AppendExtension(h.Extensions, handshake.ExtQUICTransportParameters, nil)
		}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			client, server := quicConfigs(t)
			server = rewrite(server, handshake.MsgServerHello, func(msg []byte) []byte {
				m, err := handshake.ParseServerHello(msg[4:])
				require.NoError(t, err)
				test.edit(&m)
				return m.Append(nil)
			})
			p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run()
			p.refused(0, test.code, test.rule)
			require.Nil(t, p.secret(0, QUICReadSecret, QUICHandshake))
		})
	}
}

func TestQUICRefusesDataAtAWrongLevel(t *testing.T) {
	levels := []QUICLevel{QUICInitial, QUICEarly, QUICHandshake, QUICApplication, 7}
	client, server := quicConfigs(t)
	for _, wrong := range levels {
		if wrong != QUICInitial {
			s := quicServer(t, server)
			p := newQUICPair(t, nil, s)
			p.errs[1] = s.HandleCrypto(wrong, []byte{1})
			p.refused(1, QUICProtocolViolation, "RFC 9001, Section 4.1.3: before there are keys")
		}
		if wrong != QUICApplication {
			p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
			for i, side := range p.sides() {
				require.Equal(t, QUICApplication, side.(ours).ReadLevel())
				require.NoError(t, side.handle(wrong, nil), "nothing is no violation")
				p.errs[i] = side.handle(wrong, []byte{4})
				p.refused(i, QUICProtocolViolation, "RFC 9001, Section 4.1.3: after the level is over")
			}
		}
	}
}

func TestQUICRefusesWhatStandsBehindAFlight(t *testing.T) {
	for _, test := range []struct {
		name  string
		from  int
		level QUICLevel
		of    handshake.MessageType
	}{
		{"ClientHello", 0, QUICInitial, handshake.MsgClientHello},
		{"ServerHello", 1, QUICInitial, handshake.MsgServerHello},
		{"the server's Finished", 1, QUICHandshake, handshake.MsgFinished},
		{"the client's Finished", 0, QUICHandshake, handshake.MsgFinished},
	} {
		for _, extra := range [][]byte{{1}, {4, 0, 0, 0}, {20, 0, 0, 1, 9, 9}} {
			for _, together := range []bool{true, false} {
				t.Run(test.name, func(t *testing.T) {
					client, server := quicConfigs(t)
					p := newQUICPair(t, quicClient(t, client), quicServer(t, server))
					p.split = func(from int, level QUICLevel, data []byte) [][]byte {
						switch {
						case from != test.from || level != test.level:
							return [][]byte{data}
						case together:
							return [][]byte{slices.Concat(data, extra)}
						}
						return [][]byte{data, extra}
					}
					p.run()
					side := 1 - test.from
					p.refused(side, QUICProtocolViolation, "RFC 9001, Section 4.1.3: nothing may be left over")
					if test.level == QUICHandshake && together {
						require.Empty(t, p.events(side, QUICHandshakeDone), "it is not done")
						require.Nil(t, p.secret(side, QUICReadSecret, QUICApplication))
					}
				})
			}
		}
	}
}

func TestQUICRefusesMessagesAfterTheHandshake(t *testing.T) {
	for _, test := range []struct {
		rule string
		code QUICErrorCode
		msg  []byte
		side int
	}{
		{"RFC 9001, Section 6: KeyUpdate is 0x010a", 0x010a, []byte{24, 0, 0, 1, 0}, 0},
		{"RFC 9001, Section 6: KeyUpdate is 0x010a", 0x010a, []byte{24, 0, 0, 1, 1}, 1},
		{"RFC 9001, Section 4.4: CertificateRequest is PROTOCOL_VIOLATION", 0x0a, []byte{13, 0, 0, 3, 0, 0, 0}, 0},
		{"a client sends no tickets", 0x010a, []byte{4, 0, 0, 0}, 1},
		{"a second Finished", 0x010a, []byte{20, 0, 0, 1, 0}, 0},
		{"a second ClientHello", 0x010a, []byte{1, 0, 0, 1, 0}, 1},
		{"EndOfEarlyData", 0x010a, []byte{5, 0, 0, 0}, 1},
		{"a message of no known type", 0x010a, []byte{99, 0, 0, 0}, 0},
		{"RFC 9001, Section 4.6.1: a limit of early data is PROTOCOL_VIOLATION", 0x0a,
			[]byte{4, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 't', 0, 8, 0, 42, 0, 4, 0, 0, 0, 1}, 0},
		{"a ticket that is malformed", 0x0132, []byte{4, 0, 0, 1, 0}, 0},
		{"a message longer than any", 0x012f, []byte{4, 1, 0, 1}, 0},
	} {
		t.Run(test.rule, func(t *testing.T) {
			client, server := quicConfigs(t)
			p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
			for i := range test.msg {
				if p.errs[test.side] == nil {
					p.errs[test.side] = p.sides()[test.side].handle(QUICApplication, test.msg[i:i+1])
				}
			}
			p.refused(test.side, test.code, test.rule)
		})
	}
}

func TestQUICServerRefusesEndOfEarlyData(t *testing.T) {
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	c, s := quicClient(t, client), quicServer(t, server)
	hello, _ := c.Next()
	require.NoError(t, s.HandleCrypto(QUICInitial, hello.Data))
	require.True(t, s.m.Facts().EarlyAccepted())
	p := newQUICPair(t, nil, s)
	p.errs[1] = s.HandleCrypto(QUICHandshake, []byte{5, 0, 0, 0})
	p.refused(1, 0x010a, "RFC 9001, Section 8.3: there is no EndOfEarlyData")

	s = quicServer(t, server)
	p = newQUICPair(t, nil, s)
	require.NoError(t, s.HandleCrypto(QUICInitial, hello.Data))
	p.errs[1] = s.HandleCrypto(QUICEarly, []byte{5, 0, 0, 0})
	p.refused(1, QUICProtocolViolation, "RFC 9001, Section 8.3: CRYPTO in 0-RTT is PROTOCOL_VIOLATION")
}

func TestQUICServerRefusesRecords(t *testing.T) {
	_, server := quicConfigs(t)
	for _, in := range [][]byte{
		{20, 3, 3, 0, 1, 1},          // change_cipher_spec
		{22, 3, 1, 0, 5, 1, 0, 0, 1}, // a ClientHello in a record
		[]byte("GET / HTTP/1.1\r\n"),
	} {
		s := quicServer(t, server)
		p := newQUICPair(t, nil, s)
		p.errs[1] = s.HandleCrypto(QUICInitial, in)
		var refusal *QUICError
		require.ErrorAs(t, p.errs[1], &refusal, "%q", in)
	}
}

func TestQUICKeepsNoMoreThanMaxCrypto(t *testing.T) {
	client, server := quicConfigs(t)
	server.MaxMessage = 2000
	server.Ask = AskConfig
	c, s := quicClient(t, client), quicServer(t, server)
	require.Equal(t, 2004, s.MaxCrypto(QUICInitial))
	require.Zero(t, s.MaxCrypto(QUICEarly))
	require.Zero(t, s.MaxCrypto(99))
	require.Equal(t, 4+1<<16+4+1<<17, c.MaxCrypto(QUICHandshake))

	hello, _ := c.Next()
	require.NoError(t, s.HandleCrypto(QUICInitial, hello.Data))
	require.IsType(t, &ConfigRequest{}, s.Pending())
	for range 2004 {
		require.NoError(t, s.HandleCrypto(QUICInitial, []byte{0}), "what comes meanwhile is kept")
	}
	p := newQUICPair(t, c, s)
	p.errs[1] = s.HandleCrypto(QUICInitial, []byte{0})
	refusal := p.refused(1, QUICCryptoBufferExceeded, "RFC 9000, Section 7.5: the buffer has an end")
	require.Equal(t, alert.TooMuchUnread, refusal.Err.(*AlertError).Reason)
	require.ErrorIs(t, s.UseConfig(server, nil), refusal)
}

func TestQUICRefusesLongMessagesByTheirHeader(t *testing.T) {
	_, server := quicConfigs(t)
	s := quicServer(t, server)
	p := newQUICPair(t, nil, s)
	p.errs[1] = s.HandleCrypto(QUICInitial, []byte{1, 1, 0, 1})
	p.refused(1, QUICCryptoError+47, "a body of more than MaxMessage bytes is not waited for")
}

func TestQUICDropsTicketsBeyondMaxQUICTickets(t *testing.T) {
	client, server := quicConfigs(t)
	c, s := quicClient(t, client), quicServer(t, server)
	p := newQUICPair(t, c, s).run().done()
	for range MaxQUICTickets + 10 {
		require.NoError(t, s.SendTicket(QUICTicket{}))
	}
	require.NoError(t, p.run().errs[0])
	require.Len(t, p.events(0, QUICNewSession), MaxQUICTickets)
}

func TestRecordsRefuseQUICsParameters(t *testing.T) {
	client, server := quicConfigs(t)
	client.MaxEarlyData = 0
	c, err := NewClient(editHello(client, func(h *handshake.ClientHello) {
		h.Extensions = handshake.AppendExtension(h.Extensions, handshake.ExtQUICTransportParameters, nil)
	}))
	require.NoError(t, err)
	s, err := NewServer(server)
	require.NoError(t, err)
	_, _, err = s.Receive(c.Flush(nil))
	var refusal *AlertError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, alert.UnsupportedExtension, refusal.Alert, "RFC 9001, Section 8.2: not over records")
}

func TestQUICConfigsThatCannotWork(t *testing.T) {
	client, server := quicConfigs(t)
	c, s := *client, *server
	c.MaxVersion, s.MaxVersion = VersionTLS12, VersionTLS12
	_, err := NewQUICClient(&c, nil)
	require.Error(t, err, "QUIC is TLS 1.3")
	_, err = NewQUICServer(&s, nil)
	require.Error(t, err, "QUIC is TLS 1.3")
	client.ALPN = nil
	_, err = NewQUICClient(client, nil)
	require.ErrorIs(t, err, ErrNoALPN)
	_, err = NewQUICServer(server, make([]byte, handshake.MaxParameters+1))
	require.ErrorIs(t, err, ErrParameters)
}
