package tlsengine_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// HelloRetryRequest: RFC 9846, Section 4.2.4. Those that are wrong as a
// ServerHello would be are in dialogue_server_hello_test.go.

func cookieHRR(cookie string) func(*handshake.ServerHello) {
	return func(m *handshake.ServerHello) { m.Extensions = handshake.AppendCookie(m.Extensions, []byte(cookie)) }
}

func groupHRR(g group.ID) func(*handshake.ServerHello) {
	return func(m *handshake.ServerHello) {
		m.Extensions = handshake.AppendKeyShareHRR(m.Extensions.Without(handshake.ExtKeyShare), g)
	}
}

func TestClientAnswersEveryHelloRetryRequest(t *testing.T) {
	for name, change := range map[string]func(*handshake.ServerHello){
		"another group":            func(*handshake.ServerHello) {},
		"a cookie":                 func(m *handshake.ServerHello) { cutOutSH(handshake.ExtKeyShare)(m); cookieHRR("crumbs")(m) },
		"another group and cookie": cookieHRR("crumbs"),
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, testpeer.ClientConfig())
				p.Group = group.P384
				var first, second handshake.ClientHello
				p.Want("the client opens the handshake", &first)
				p.Send(p.HelloRetryRequest(change))
				p.WantCCS("RFC 9846, Appendix E.4: change_cipher_spec is immediately before the second flight")
				p.Want("RFC 9846, Section 4.2.4: the client MUST send a second updated ClientHello", &second)
				checkSecond(t, first, second)
				p.WantNoCCS("RFC 9846, Appendix E.4: there is one change_cipher_spec")
				p.Send(p.Flight()...)
				p.WantNoCCS("RFC 9846, Appendix E.4: there is one change_cipher_spec")
				p.Want("the client finishes", &handshake.Finished{})
				p.WantDone("the handshake is complete")
				require.True(t, p.Engine.ConnectionState().Retried)
			})
		})
	}
}

// checkSecond holds the two ClientHellos to RFC 9846, Section 4.2.2: "the
// client MUST send the same ClientHello without modification, except as
// follows".
func checkSecond(t *testing.T, first, second handshake.ClientHello) {
	t.Helper()
	require.Equal(t, first.Random, second.Random)
	require.Equal(t, first.LegacySessionID, second.LegacySessionID)
	require.Equal(t, first.CipherSuites, second.CipherSuites)
	require.Equal(t, first.LegacyVersion, second.LegacyVersion)
	may := func(x handshake.Extensions) handshake.Extensions {
		for _, t := range []handshake.ExtensionType{handshake.ExtKeyShare, handshake.ExtEarlyData, handshake.ExtCookie, handshake.ExtPreSharedKey, handshake.ExtPadding} {
			x = x.Without(t)
		}
		return x
	}
	require.Equal(t, may(first.Extensions), may(second.Extensions))
	require.False(t, second.Extensions.Has(handshake.ExtEarlyData), "early data is not permitted after a HelloRetryRequest")
}

func TestClientSendsTheShareThatIsAskedFor(t *testing.T) {
	for _, g := range group.Default() {
		t.Run(g.Name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				cfg.KeyShares = []group.ID{}
				p := testpeer.Server(t, drive, cfg)
				p.Group = g.ID
				p.Send(p.HelloRetryRequest(cookieHRR("crumbs")))
				var second handshake.ClientHello
				p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
				p.Want("the client tries again", &second)
				data, _ := second.Extensions.Get(handshake.ExtKeyShare)
				list, err := handshake.ParseKeyShareCH(data)
				require.NoError(t, err)
				_, ok := list.Get(g.ID)
				require.True(t, ok && list.Len() == 1, "RFC 9846, Section 4.3.8: only a new KeyShareEntry for the group indicated")
				data, _ = second.Extensions.Get(handshake.ExtCookie)
				cookie, err := handshake.ParseCookie(data)
				require.NoError(t, err)
				require.Equal(t, "crumbs", string(cookie), "RFC 9846, Section 4.3.2: the client MUST copy the contents")
				p.Send(p.Flight()...)
				p.Want("the client finishes", &handshake.Finished{})
				p.WantDone("the handshake is complete")
				require.Equal(t, g.ID, p.Engine.ConnectionState().Group)
			})
		})
	}
}

func TestClientRefusesUselessHelloRetryRequests(t *testing.T) {
	for _, c := range []answerCase{
		{"no change", cutOutSH(handshake.ExtKeyShare),
			"RFC 9846, Section 4.2.4: if it would not result in any change in the ClientHello", alert.IllegalParameter, alert.BadHelloRetryRequest},
		{"a group that there is a share of", groupHRR(group.X25519),
			"RFC 9846, Section 4.3.8: selected_group does not correspond to a group which was provided in key_share", alert.IllegalParameter, alert.WrongGroup},
		{"a group that was not offered", groupHRR(group.X448),
			"RFC 9846, Section 4.3.8: selected_group corresponds to a group in supported_groups", alert.IllegalParameter, alert.WrongGroup},
		{"a group nobody knows", groupHRR(0x2a2a),
			"RFC 9846, Section 4.3.8: selected_group corresponds to a group in supported_groups", alert.IllegalParameter, alert.WrongGroup},
		{"an empty cookie", putSH(handshake.ExtCookie, 0, 0),
			"RFC 9846, Section 4.3.2: cookie<1..2^16-1>", alert.DecodeError, alert.MalformedExtension},
		{"a cookie too long to be sent back", cookieHRR(strings.Repeat("x", handshake.MaxCookie+1)),
			"a second ClientHello has to hold the cookie", alert.IllegalParameter, alert.BadCookie},
		{"no version", cutOutSH(handshake.ExtSupportedVersions),
			"RFC 9846, Section 4.2.4: the server's extensions MUST contain supported_versions", alert.MissingExtension, alert.MissingRequiredExtension},
		{"a PSK", putSH(handshake.ExtPreSharedKey, 0, 0),
			"RFC 9846, Section 4.2.4: no extensions that were not first offered", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	} {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, testpeer.ClientConfig())
				p.Send(p.HelloRetryRequest(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

func TestClientRefusesASecondHelloRetryRequest(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Send(p.HelloRetryRequest())
		p.Send(p.HelloRetryRequest())
		p.WantAlert("RFC 9846, Section 4.2.4: a second HelloRetryRequest", alert.UnexpectedMessage, alert.SecondHelloRetryRequest)
	})
}

func TestClientHoldsTheServerToItsHelloRetryRequest(t *testing.T) {
	for _, c := range []answerCase{
		{"another suite", func(m *handshake.ServerHello) { m.CipherSuite = cipher.TLS_CHACHA20_POLY1305_SHA256 },
			"RFC 9846, Section 4.2.4: the cipher suite is the same as that in the HelloRetryRequest", alert.IllegalParameter, alert.RetryMismatch},
		{"another group", shareSH(group.X25519, bytes.Repeat([]byte{7}, 32)),
			"RFC 9846, Section 4.3.8: the selected NamedGroup is the same as that in the HelloRetryRequest", alert.IllegalParameter, alert.WrongGroup},
		{"no key_share", cutOutSH(handshake.ExtKeyShare),
			"a ServerHello without key_share after a HelloRetryRequest", alert.MissingExtension, alert.MissingKeyShare},
		{"another version", cutOutSH(handshake.ExtSupportedVersions),
			"RFC 9846, Section 4.2.4: selected_version MUST be retained in the ServerHello", alert.IllegalParameter, alert.VersionChanged},
		{"another legacy_version", func(m *handshake.ServerHello) { m.LegacyVersion = 0x0304 },
			"RFC 9846, Section 4.2.3: legacy_version MUST be 0x0303", alert.IllegalParameter, alert.VersionChanged},
		{"a cookie", putSH(handshake.ExtCookie, 0, 1, 1),
			"RFC 9846, Section 4.3.2: a cookie comes with a HelloRetryRequest only", alert.IllegalParameter, alert.MisplacedExtension},
	} {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, testpeer.ClientConfig())
				p.Send(p.HelloRetryRequest(cookieHRR("crumbs")))
				p.Send(p.ServerHello(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

// Servers.

func TestServerAsksForAShare(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*handshake.ClientHello)
		groups []group.ID
		cookie []byte
		want   group.ID
	}{
		"none was sent":        {noShares, nil, nil, group.X25519},
		"a hybrid is worth it": {supports(group.X25519, group.X25519MLKEM768, group.P256), nil, nil, group.X25519MLKEM768},
		"with a cookie":        {noShares, nil, []byte("crumbs"), group.X25519},
		"the server's order":   {shares(), []group.ID{group.P256, group.X25519}, nil, group.P256},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				cfg.RetryCookie = c.cookie
				for _, g := range c.groups {
					cfg.Groups = append(cfg.Groups, group.Lookup(g))
				}
				p := testpeer.Client(t, drive, cfg)
				p.Send(p.ClientHello(c.change))
				m := testpeer.HelloRetryRequest{LegacySessionIDEcho: p.Hello.LegacySessionID}
				p.Want("the server asks for another share", &m)
				p.WantCCS("RFC 9846, Appendix E.4: change_cipher_spec is immediately after the first handshake message")
				require.Equal(t, c.want, p.Group)
				require.Equal(t, c.cookie != nil, m.Extensions.Has(handshake.ExtCookie))
				p.Send(p.ClientHello(sameGroups(p.Hello)))
				p.Want("the server goes on", &handshake.ServerHello{CipherSuite: m.CipherSuite})
				p.WantFlight("the server's flight", handshake.MsgEncryptedExtensions, handshake.MsgCertificate,
					handshake.MsgCertificateVerify, handshake.MsgFinished)
				p.WantNoCCS("RFC 9846, Appendix E.4: there is one change_cipher_spec")
				p.Send(p.CCS(), p.Finished())
				p.WantDone("the handshake is complete")
				require.Equal(t, c.want, p.Engine.ConnectionState().Group)
			})
		})
	}
}

// sameGroups makes a second ClientHello list what the first did.
func sameGroups(first handshake.ClientHello) func(*handshake.ClientHello) {
	data, _ := first.Extensions.Get(handshake.ExtSupportedGroups)
	return put(handshake.ExtSupportedGroups, data...)
}

var refusedSecondHellos = []helloCase{
	{"another random", func(m *handshake.ClientHello) { m.Random[0] ^= 1 }, "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"another session id", func(m *handshake.ClientHello) { m.LegacySessionID = make([]byte, 32) }, "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"other suites", func(m *handshake.ClientHello) { m.CipherSuites = m.CipherSuites[:2] }, "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"another legacy_version", func(m *handshake.ClientHello) { m.LegacyVersion = 0x0302 }, "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"another server name", put(handshake.ExtServerName, 0, 5, 0, 0, 2, 'x', 'y'), "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"no server name", cutOut(handshake.ExtServerName), "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"no versions", cutOut(handshake.ExtSupportedVersions), "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"other groups", supports(group.X25519), "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"a new extension", put(0x2a2a), "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"compression", func(m *handshake.ClientHello) { m.LegacyCompressionMethods = handshake.List8[uint8]{1, 0} }, "", alert.IllegalParameter, alert.ClientHelloChanged},
	{"no key_share", cutOut(handshake.ExtKeyShare), "RFC 9846, Section 9.2: key_share is REQUIRED", alert.MissingExtension, alert.MissingKeyShare},
	{"no shares", noShares, "RFC 9846, Section 4.2.2: a single KeyShareEntry from the indicated group", alert.IllegalParameter, alert.WrongGroup},
	{"the wrong share", shares(share(group.P256, 65)), "RFC 9846, Section 4.2.2: a single KeyShareEntry from the indicated group", alert.IllegalParameter, alert.WrongGroup},
	{"two shares", shares(share(group.X25519, 32), share(group.P256, 65)), "RFC 9846, Section 4.2.2: a single KeyShareEntry from the indicated group", alert.IllegalParameter, alert.WrongGroup},
	{"a share of zeros", shares(handshake.KeyShareEntry{Group: group.X25519, KeyExchange: make([]byte, 32)}), "RFC 9846, Section 7.4.2: the all-zero value", alert.IllegalParameter, alert.BadKeyShare},
	{"malformed key_share", put(handshake.ExtKeyShare, 0, 9), "RFC 9846, Section 4.3.8: client_shares<0..2^16-1>", alert.DecodeError, alert.MalformedExtension},
	{"early_data", put(handshake.ExtEarlyData), "RFC 9846, Section 4.3.10: a client MUST NOT include early_data in its followup ClientHello", alert.IllegalParameter, alert.EarlyDataOnRetry},
	{"no cookie", cutOut(handshake.ExtCookie), "RFC 9846, Section 4.3.2: the client MUST copy the cookie", alert.IllegalParameter, alert.BadCookie},
	{"another cookie", put(handshake.ExtCookie, 0, 2, 'n', 'o'), "RFC 9846, Section 4.3.2: the client MUST copy the cookie", alert.IllegalParameter, alert.BadCookie},
	{"an empty cookie", put(handshake.ExtCookie, 0, 0), "RFC 9846, Section 4.3.2: cookie<1..2^16-1>", alert.DecodeError, alert.MalformedExtension},
	{"half a suite", func(m *handshake.ClientHello) { m.CipherSuites = m.CipherSuites[:3] }, "RFC 9846, Section 3.4: an exact multiple", alert.DecodeError, alert.Malformed},
}

func TestServerRefusesSecondClientHellos(t *testing.T) {
	for _, c := range refusedSecondHellos {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				cfg.RetryCookie = []byte("crumbs")
				p := testpeer.Client(t, drive, cfg)
				p.Send(p.ClientHello(noShares))
				p.Want("the server asks for a share", &testpeer.HelloRetryRequest{})
				p.Send(p.ClientHello(c.change))
				sentence := c.sentence
				if sentence == "" {
					sentence = "RFC 9846, Section 4.2.2: the client MUST send the same ClientHello without modification"
				}
				p.WantAlert(sentence, c.alert, c.reason)
			})
		})
	}
}

func TestServerTakesNoCookieThatItDidNotGive(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(noShares))
		p.Send(p.ClientHello(put(handshake.ExtCookie, 0, 2, 'n', 'o')))
		p.WantAlert("RFC 9846, Section 4.3.2: a cookie is the server's", alert.IllegalParameter, alert.BadCookie)
	})
}

func TestServerRetriesOnce(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(noShares))
		p.Send(p.ClientHello())
		p.Send(testpeer.Unheard(p.ClientHello()))
		p.WantAlert("RFC 9846, Section 4.2.2: a server that receives a ClientHello at any other time",
			alert.UnexpectedMessage, alert.UnexpectedMessageType)
	})
}

func TestServerTakesPaddingOfAnyLengthInTheSecondClientHello(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(and(noShares, put(handshake.ExtPadding, 0, 0))))
		p.Send(p.ClientHello(put(handshake.ExtPadding, 0, 0, 0, 0)))
		p.Want("the server asked for a share", &testpeer.HelloRetryRequest{})
		p.Want("RFC 9846, Section 4.2.2: adding, removing, or changing the length of padding", &handshake.ServerHello{})
	})
}
