package tlsengine_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/record"
)

// Records: RFC 9846, Section 5.

func TestMessagesMayBeFragmented(t *testing.T) {
	for _, size := range []int{1, 2, 3, 4, 5, 17, 100} {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Server(t, drive, testpeer.ClientConfig())
			for _, item := range p.Flight() {
				p.Send(testpeer.InPieces(size, item))
			}
			p.WantDone("RFC 9846, Section 5.1: handshake messages MAY be fragmented across several records")
		})
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(testpeer.InPieces(size, p.ClientHello()))
			p.Send(testpeer.InPieces(size, p.Finished()))
			p.WantDone("RFC 9846, Section 5.1: handshake messages MAY be fragmented across several records")
		})
	}
}

func TestMessagesMayBeCoalesced(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		flight := p.Flight()
		p.Send(flight[0], testpeer.Together(flight[1:]...))
		p.WantDone("RFC 9846, Section 5.1: handshake messages MAY be coalesced into a single record")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientAuth = tlsengine.RequireClientCert
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.Send(testpeer.Together(p.Certificate(), p.CertificateVerify(), p.Finished()))
		p.WantDone("RFC 9846, Section 5.1: handshake messages MAY be coalesced into a single record")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		flight := p.Flight()
		p.Send(flight[0], testpeer.InPieces(50, flight[1:]...))
		p.WantDone("both at once")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := connectedTo(t, drive, "client", nil)
		p.Send(testpeer.Together(p.NewSessionTicket(), p.NewSessionTicket(), p.NewSessionTicket()))
		for range 3 {
			p.WantEvent("each message gives its event", tlsengine.EventNewSession)
		}
	})
}

// "Implementations MUST verify that all messages immediately preceding a key
// change align with a record boundary; if not, then they MUST terminate the
// connection with an "unexpected_message" alert." RFC 9846, Section 5.1.
func TestMessagesMayNotSpanKeyChanges(t *testing.T) {
	const sentence = "RFC 9846, Section 5.1: handshake messages MUST NOT span key changes"
	for name, say := range map[string]func(p *testpeer.Peer, flight []testpeer.Item) []testpeer.Item{
		"ServerHello and EncryptedExtensions": func(p *testpeer.Peer, f []testpeer.Item) []testpeer.Item {
			return []testpeer.Item{testpeer.Together(f[0], f[1])}
		},
		"ServerHello and a byte": func(p *testpeer.Peer, f []testpeer.Item) []testpeer.Item {
			return []testpeer.Item{testpeer.Together(f[0], p.Record(record.Handshake, []byte{8}))}
		},
		"Finished and NewSessionTicket": func(p *testpeer.Peer, f []testpeer.Item) []testpeer.Item {
			return []testpeer.Item{f[0], testpeer.Together(append(f[1:], p.NewSessionTicket())...)}
		},
		"Finished and a byte": func(p *testpeer.Peer, f []testpeer.Item) []testpeer.Item {
			return []testpeer.Item{f[0], f[1], f[2], f[3], testpeer.Together(f[4], p.Record(record.Handshake, []byte{4}))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, testpeer.ClientConfig())
				p.Send(say(p, p.Flight())...)
				p.WantAlert(sentence, alert.UnexpectedMessage, alert.ExcessHandshakeData)
				p.WantNoEvent("the handshake is not complete")
			})
		})
	}
	for name, say := range map[string]func(p *testpeer.Peer) []testpeer.Item{
		"ClientHello and Finished": func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.Together(p.ClientHello(), testpeer.Inert(testpeer.Unheard(p.Finished())))}
		},
		"ClientHello and a byte": func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.Together(p.ClientHello(), p.Record(record.Handshake, []byte{20}))}
		},
		"a ClientHello to be retried and a byte": func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.Together(p.ClientHello(noShares), p.Record(record.Handshake, []byte{1}))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Client(t, drive, testpeer.ServerConfig())
				p.Send(say(p)...)
				p.WantAlert(sentence, alert.UnexpectedMessage, alert.ExcessHandshakeData)
			})
		})
	}
	t.Run("client's Finished and KeyUpdate", func(t *testing.T) {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(p.ClientHello())
			p.Send(testpeer.Together(p.Finished(), p.KeyUpdate(0)))
			p.WantAlert(sentence, alert.UnexpectedMessage, alert.ExcessHandshakeData)
			p.WantNoEvent("the handshake is not complete")
		})
	})
}

// "Handshake messages MUST NOT be interleaved with other record types. That
// is, if a handshake message is split over two or more records, there MUST NOT
// be any other records between them." RFC 9846, Section 5.1.
func TestMessagesMayNotBeInterleaved(t *testing.T) {
	half := func(p *testpeer.Peer) testpeer.Item { return p.Record(record.Handshake, []byte{4, 0, 0, 100, 1, 2, 3}) }
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(half(p), p.Data("data"))
		p.WantAlert("RFC 9846, Section 5.1: handshake messages MUST NOT be interleaved with other record types",
			alert.UnexpectedMessage, alert.InterleavedMessage)
		p.WantNoEvent("the data is not received")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Send(p.ServerHello(), p.Record(record.Handshake, []byte{8, 0}), p.CCS())
		p.WantAlert("RFC 9846, Section 5.1: nor with change_cipher_spec", alert.UnexpectedMessage, alert.InterleavedMessage)
	})
}

// change_cipher_spec: RFC 9846, Section 5 and Appendix E.4.

func TestChangeCipherSpecIsDropped(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Send(p.CCS(), p.HelloRetryRequest(), p.CCS())
		p.Send(p.ServerHello(), p.CCS(), p.EncryptedExtensions(), p.CCS(), p.Certificate(), p.CertificateVerify(), p.CCS(), p.Finished())
		p.WantDone("RFC 9846, Section 5: at any time after the first ClientHello and before the peer's Finished message")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(noShares), p.CCS())
		p.Send(p.CCS(), p.ClientHello(), p.CCS())
		p.Send(p.CCS(), p.Finished())
		p.WantDone("RFC 9846, Section 5: at any time after the first ClientHello and before the peer's Finished message")
	})
}

func TestChangeCipherSpecThatIsNotDropped(t *testing.T) {
	ccs := func(content ...byte) func(p *testpeer.Peer) testpeer.Item {
		return func(p *testpeer.Peer) testpeer.Item {
			return testpeer.At(handshake.Initial, p.Record(record.ChangeCipherSpec, content))
		}
	}
	protected := func(p *testpeer.Peer) testpeer.Item { return p.Record(record.ChangeCipherSpec, []byte{1}) }
	for name, c := range map[string]struct {
		say      func(p *testpeer.Peer) testpeer.Item
		sentence string
		reason   alert.Reason
	}{
		"another value": {ccs(2), "any other change_cipher_spec value", alert.BadChangeCipherSpec},
		"two bytes":     {ccs(1, 1), "the single byte value 0x01", alert.BadChangeCipherSpec},
		"empty":         {ccs(), "the single byte value 0x01", alert.BadChangeCipherSpec},
		"protected":     {protected, "a protected change_cipher_spec record", alert.BadChangeCipherSpec},
	} {
		for _, engine := range bothEngines {
			t.Run(engine+" gets "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p := shookHands(t, drive, engine)
					p.Send(c.say(p))
					p.WantAlert("RFC 9846, Section 5: "+c.sentence, alert.UnexpectedMessage, c.reason)
				})
			})
		}
	}
	t.Run("before the ClientHello", func(t *testing.T) {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(p.CCS())
			p.WantAlert("RFC 9846, Section 5: received before the first ClientHello message", alert.UnexpectedMessage, alert.UnexpectedRecord)
		})
	})
	t.Run("after the handshake", func(t *testing.T) {
		eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
			p.Send(p.CCS())
			p.WantAlert("RFC 9846, Section 5: after the peer's Finished message", alert.UnexpectedMessage, alert.UnexpectedRecord)
		})
	})
	t.Run("too many", func(t *testing.T) { // MaxChangeCipherSpecs
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := shookHands(t, drive, "client")
			for range tlsengine.MaxChangeCipherSpecs {
				p.Send(p.CCS())
			}
			p.WantNoEvent("so many are dropped")
			require.NoError(t, p.Engine.Err())
			p.Send(p.CCS())
			p.WantAlert("and no more", alert.UnexpectedMessage, alert.TooManyEmptyRecords)
		})
	})
	t.Run("too many in all", func(t *testing.T) {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Server(t, drive, testpeer.ClientConfig())
			p.Send(p.ServerHello())
			for range tlsengine.MaxChangeCipherSpecs {
				p.Send(p.CCS())
			}
			p.Send(p.EncryptedExtensions(), p.CCS())
			p.WantAlert("messages between do not make them start again", alert.UnexpectedMessage, alert.TooManyEmptyRecords)
		})
	})
}

// shookHands is a peer that is under way: it has keys of the handshake.
func shookHands(t *testing.T, drive *testpeer.Drive, engine string) *testpeer.Peer {
	t.Helper()
	if engine == "client" {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Send(p.ServerHello(), p.EncryptedExtensions())
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		return p
	}
	p := testpeer.Client(t, drive, testpeer.ServerConfig())
	p.Send(p.ClientHello())
	p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
		handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
	return p
}

// Protected records that are wrong.

func TestProtectedRecordsThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct {
		say      func(p *testpeer.Peer) testpeer.Item
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"a bit flipped": {func(p *testpeer.Peer) testpeer.Item {
			wire := p.Build(p.Data("data"))
			wire[len(wire)-1] ^= 1
			return p.Bytes(wire)
		}, "5.2: if the decryption fails", alert.BadRecordMAC, alert.DecryptionFailed},
		"a header changed": {func(p *testpeer.Peer) testpeer.Item {
			wire := p.Build(p.Data("data"))
			return p.Bytes(append([]byte{23, 3, 3, 0, byte(len(wire) - 4)}, append(wire[5:], 0)...))
		}, "5.2: the header is authenticated", alert.BadRecordMAC, alert.DecryptionFailed},
		"shorter than a tag": {func(p *testpeer.Peer) testpeer.Item { return p.Bytes([]byte{23, 3, 3, 0, 2, 1, 2}) },
			"5.2: if the decryption fails", alert.BadRecordMAC, alert.DecryptionFailed},
		"empty": {func(p *testpeer.Peer) testpeer.Item { return p.Bytes([]byte{23, 3, 3, 0, 0}) },
			"5.2: if the decryption fails", alert.BadRecordMAC, alert.DecryptionFailed},
		"in the clear": {func(p *testpeer.Peer) testpeer.Item {
			return testpeer.At(handshake.Initial, p.Record(record.Handshake, []byte{20, 0, 0, 1, 1}))
		}, "5.2: what follows is protected", alert.BadRecordMAC, alert.DecryptionFailed},
		"twice": {func(p *testpeer.Peer) testpeer.Item {
			wire := p.Build(p.Inner([]byte{0, 0, 0, 23}))
			return p.Bytes(append(wire, wire...))
		}, "5.3: the sequence number is part of the nonce", alert.BadRecordMAC, alert.DecryptionFailed},
		"all padding": {func(p *testpeer.Peer) testpeer.Item { return p.Inner(make([]byte, 10)) },
			"5.4: if a receiving implementation does not find a non-zero octet", alert.UnexpectedMessage, alert.NoContentType},
		"nothing inside": {func(p *testpeer.Peer) testpeer.Item { return p.Inner(nil) },
			"5.4: if a receiving implementation does not find a non-zero octet", alert.UnexpectedMessage, alert.NoContentType},
		"an unknown type inside": {func(p *testpeer.Peer) testpeer.Item { return p.Inner([]byte{1, 2, 3, 24}) },
			"5: an unexpected record type", alert.UnexpectedMessage, alert.UnknownRecordType},
		"an empty handshake record": {func(p *testpeer.Peer) testpeer.Item { return p.Inner([]byte{22}) },
			"5.4: implementations MUST NOT send Handshake records that have a zero-length content", alert.UnexpectedMessage, alert.EmptyHandshakeRecord},
		"an empty handshake record, padded": {func(p *testpeer.Peer) testpeer.Item { return p.Inner([]byte{22, 0, 0}) },
			"5.4: implementations MUST NOT send Handshake records that have a zero-length content", alert.UnexpectedMessage, alert.EmptyHandshakeRecord},
		"an empty alert record": {func(p *testpeer.Peer) testpeer.Item { return p.Inner([]byte{21}) },
			"5.4: nor Alert records", alert.UnexpectedMessage, alert.EmptyAlertRecord},
		"another version outside": {func(p *testpeer.Peer) testpeer.Item {
			wire := p.Build(p.Data("data"))
			wire[2] = 1
			return p.Bytes(wire)
		}, "5.2: the legacy_record_version field is always 0x0303", alert.ProtocolVersion, alert.WrongRecordVersion},
		"handshake outside": {func(p *testpeer.Peer) testpeer.Item {
			return testpeer.Outside(record.Handshake, 0, p.Data("data"))
		}, "5.2: the outer opaque_type field is always set to the value 23", alert.UnexpectedMessage, alert.WrongOuterType},
		"an unknown type outside": {func(p *testpeer.Peer) testpeer.Item { return p.Bytes([]byte{24, 3, 3, 0, 1, 0}) },
			"5: an unexpected record type", alert.UnexpectedMessage, alert.UnknownRecordType},
		"a header that says too much": {func(p *testpeer.Peer) testpeer.Item { return p.Bytes([]byte{23, 3, 3, 0x41, 1}) },
			"5.2: the length MUST NOT exceed 2^14 + 256 bytes", alert.RecordOverflow, alert.RecordTooLong},
		"too much inside": {func(p *testpeer.Peer) testpeer.Item {
			return p.Inner(append(make([]byte, record.MaxPlaintext+1), 23))
		}, "5.4: the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets", alert.RecordOverflow, alert.PlaintextTooLong},
		"too much padding": {func(p *testpeer.Peer) testpeer.Item {
			return testpeer.Padded(record.MaxPlaintext, p.Data("data"))
		}, "5.4: the presence of padding does not change the overall record size limitations", alert.RecordOverflow, alert.PlaintextTooLong},
	} {
		for _, engine := range bothEngines {
			t.Run(engine+" gets one "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p := connectedTo(t, drive, engine, nil)
					p.Send(c.say(p))
					p.WantAlert("RFC 9846, Section "+c.sentence, c.alert, c.reason)
				})
			})
		}
	}
}

func TestRecordsInTheClearThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct {
		wire   []byte
		alert  alert.Alert
		reason alert.Reason
	}{
		"application data":           {[]byte{23, 3, 3, 0, 1, 1}, alert.UnexpectedMessage, alert.UnexpectedRecord},
		"an unknown type":            {[]byte{99, 3, 3, 0, 1, 1}, alert.UnexpectedMessage, alert.UnknownRecordType},
		"too long":                   {[]byte{22, 3, 3, 0x40, 1}, alert.RecordOverflow, alert.RecordTooLong},
		"an empty handshake record":  {[]byte{22, 3, 3, 0, 0}, alert.UnexpectedMessage, alert.EmptyHandshakeRecord},
		"a message that is too long": {[]byte{22, 3, 3, 0, 4, 1, 1, 0, 1}, alert.IllegalParameter, alert.MessageTooLong},
	} {
		for _, engine := range bothEngines {
			t.Run(engine+" gets "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					var p *testpeer.Peer
					if engine == "client" {
						p = testpeer.Server(t, drive, testpeer.ClientConfig())
					} else {
						p = testpeer.Client(t, drive, testpeer.ServerConfig())
					}
					p.Send(p.Bytes(c.wire))
					p.WantAlert("a record that may not be", c.alert, c.reason)
				})
			})
		}
	}
}

func TestServerKnowsWhatIsNotTLS(t *testing.T) {
	for text, reason := range map[string]alert.Reason{
		"GET / HTTP/1.1\r\n":       alert.LooksLikeHTTP,
		"POST / HTTP/1.1\r\n":      alert.LooksLikeHTTP,
		"PRI * HTTP/2.0\r\n":       alert.LooksLikeHTTP,
		"CONNECT a:443 HTTP/1.1\r": alert.LooksLikeProxy,
		"SSH-2.0-OpenSSH_9.0\r\n":  alert.NotTLS,
		"\x80\x2e\x01\x03\x01\x00": alert.LooksLikeSSLv2,
	} {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(p.Bytes([]byte(text)))
			p.WantAlert("what does not speak TLS", alert.ProtocolVersion, reason)
		})
	}
}

// "legacy_record_version … is deprecated and MUST be ignored for all
// purposes." RFC 9846, Section 5.1.
func TestRecordVersionsAreIgnored(t *testing.T) {
	for _, version := range []uint16{0x0300, 0x0301, 0x0302, 0x0304, 0x03ff} {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(testpeer.Outside(0, version, p.ClientHello()))
			p.Want("the server answers", &handshake.ServerHello{})
		})
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Server(t, drive, testpeer.ClientConfig())
			p.Send(testpeer.Outside(0, version, p.ServerHello()))
			p.WantNoEvent("the client goes on")
			require.NoError(t, p.Engine.Err())
		})
	}
}

// Padding and empty records: RFC 9846, Section 5.4.

func TestPaddingIsTakenOff(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(testpeer.Padded(1, p.Data("a")), testpeer.Padded(300, p.Data("b\x00\x00")), testpeer.Padded(record.MaxPlaintext-1, p.Data("c")))
		p.WantReceived("zeros of the content stay, zeros behind the type go", "ab\x00\x00c")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		for i, item := range p.Flight() {
			if i > 0 {
				item = testpeer.Padded(1000, item)
			}
			p.Send(item)
		}
		p.WantDone("padding may be in every protected record")
	})
}

func TestEngineMayPad(t *testing.T) {
	eachEngine(t, func(c *tlsengine.Config) { c.PadTo = 64 }, func(t *testing.T, p *testpeer.Peer) {
		for _, n := range []int{1, 62, 63, 64, 200, record.MaxPlaintext} {
			p.WantSealedLengths(strings.Repeat("x", n), func(length int) bool {
				return (length-16)%64 == 0 || length-16 == record.MaxPlaintext+1
			})
		}
	})
}

func TestEngineFragments(t *testing.T) {
	eachEngine(t, func(c *tlsengine.Config) { c.MaxFragment = 100 }, func(t *testing.T, p *testpeer.Peer) {
		p.WantSealedLengths(strings.Repeat("x", 1050), func(length int) bool { return length == 100+17 || length == 50+17 })
	})
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		text := strings.Repeat("x", 3*record.MaxPlaintext+5)
		p.Write(text)
		p.WantData("the largest records, and the rest", text)
	})
}

func TestLargestRecordsAreTaken(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		text := strings.Repeat("x", record.MaxPlaintext)
		p.Send(p.Data(text))
		p.WantReceived("RFC 9846, Section 5.1: 2^14 bytes", text)
	})
}

// MaxEmptyRecords of package record.
func TestEmptyRecords(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		for range 3 {
			for range record.MaxEmptyRecords {
				p.Send(p.Data(""))
			}
			p.Send(p.Data("data"))
			p.WantReceived("RFC 9846, Section 5.1: zero-length fragments of Application Data MAY be sent", "data")
		}
		for range record.MaxEmptyRecords {
			p.Send(p.Data(""))
		}
		p.Send(p.Data(""))
		p.WantAlert("a bounded number of empty records in a row", alert.UnexpectedMessage, alert.TooManyEmptyRecords)
	})
}

// Data at the wrong time.

func TestDataBeforeTheHandshakeIsDone(t *testing.T) {
	for _, engine := range bothEngines {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := shookHands(t, drive, engine)
			p.Send(p.Data("data"))
			p.WantAlert("RFC 9846, Section 2: Application Data MUST NOT be sent prior to sending the Finished message",
				alert.UnexpectedMessage, alert.UnexpectedRecord)
			p.WantNoEvent("and is not received")
		})
	}
}

func TestEngineSendsNoDataBeforeTheHandshakeIsDone(t *testing.T) {
	for _, engine := range bothEngines {
		p := shookHands(t, testpeer.Whole(), engine)
		out, err := p.Engine.Send(nil, []byte("data"))
		require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
		require.NotContains(t, string(out), "data")
		_, err = p.Engine.UpdateKeys(nil, handshake.UpdateRequested)
		require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
	}
}

// TestMemoryOfTheCallerIsItsOwn is the poison test by hand: the drives of all
// dialogues do the same. Data is cut out of the input, and nothing is kept.
func TestMemoryOfTheCallerIsItsOwn(t *testing.T) {
	p := connectedTo(t, testpeer.Whole(), "server", nil)
	in := p.Build(p.Data("some data"))
	n, ev, err := p.Engine.Receive(in)
	require.NoError(t, err)
	require.Equal(t, len(in), n)
	require.Equal(t, "some data", string(ev.Data))
	require.Same(t, &in[record.HeaderLen], &ev.Data[0], "data is decrypted in place")
	copy(in, bytes.Repeat([]byte{0xff}, len(in)))
	require.Equal(t, strings.Repeat("\xff", 9), string(ev.Data), "and points into the input")
	p.Send(p.Data("more"))
	p.WantReceived("nothing of it was kept", "more")
}
