package damage

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/quic"
	"github.com/tlsengine/tlsengine/record"
)

// secretBytes are what must not be seen.
var secretBytes = sha256.Sum256([]byte("a secret"))

// holders are values of all exported types that hold a secret; here each
// holds secretBytes.
func holders(t *testing.T) map[string]any {
	raw := secretBytes[:]
	secret := keyschedule.SecretOf(raw)
	keys := keyschedule.Keys{Key: secretBytes, KeyLen: 32, IVLen: 12}
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	early := keyschedule.NewEarly(cipher.SHA256, raw)
	traffic := handshake.Keys{Suite: suite, Secret: secret, Block: keys, Version: tlsengine.VersionTLS13}
	var reader record.Reader
	var writer record.Writer
	reader.SetKeys(suite, keys)
	writer.SetKeys(suite, keys)
	state := record.State{Suite: suite.ID, Keys: keys}
	ticketKeys := tlsengine.NewTicketKeys()
	require.NoError(t, ticketKeys.SetKeys(secretBytes))
	sessions := handshake.NewSessionMemory(1)
	sessions.Put([]byte("id"), raw, 1e12)
	credential := tlsengine.Credential{Signer: ed25519.NewKeyFromSeed(raw)}
	cfg := testpeer.ClientConfig()
	cfg.Session, cfg.RetryCookie = raw, raw
	quicKeys, err := quic.NewKeys(quic.V1, suite, raw)
	require.NoError(t, err)
	all := map[string]any{
		"Secret": secret, "Keys": keys, "EarlySecret": early, "handshake.Keys": traffic,
		"Output": handshake.Output{Keys: &traffic, Data: raw},
		"Reader": reader, "Writer": writer, "State": state,
		"ReaderState": record.ReaderState{State: state}, "WriterState": record.WriterState{State: state},
		"TicketKeys": ticketKeys, "SessionMemory": sessions, "Credential": credential, "Config": *cfg,
		"TicketAnswer": tlsengine.TicketAnswer{Session: raw}, "quic.Keys": quicKeys,
		"Event": tlsengine.Event{Kind: tlsengine.EventNewSession, Data: raw}, "QUICEvent": tlsengine.QUICEvent{Kind: tlsengine.QUICReadSecret, Data: raw},
		"TrafficKeys": tlsengine.TrafficKeys{Secret: raw, Key: raw, IV: raw, Salt: raw},
	}
	all["HandshakeSecret"] = keyschedule.HandshakeSecret{Hash: cipher.SHA256, Secret: secret}
	all["MainSecret"] = keyschedule.MainSecret{Hash: cipher.SHA256, Secret: secret}
	all["Salt"] = *keyschedule.NewSalt(cipher.SHA256, raw)
	var expander keyschedule.Expander
	expander.Start(cipher.SHA256, raw)
	all["Expander"] = expander
	for _, g := range group.All() {
		if key, err := g.Generate(bytes.NewReader(bytes.Repeat(raw, 20))); err == nil {
			all["group."+g.Name] = key
		}
	}
	_, err = ecdh.X25519().NewPrivateKey(raw)
	require.NoError(t, err)
	return all
}

// shows reports whether a text has some of the secret in it, in any of the
// forms that fmt has for bytes.
func shows(text string) bool {
	for i := range len(secretBytes) - 4 {
		part := secretBytes[i : i+4]
		for _, form := range []string{
			string(part), hex.EncodeToString(part), strings.ToUpper(hex.EncodeToString(part)),
			strings.Trim(fmt.Sprint(part), "[]"), strings.Trim(fmt.Sprintf("%#v", part), "[]byte{}"),
			strings.Trim(fmt.Sprintf("%q", part), `"`), strings.ReplaceAll(fmt.Sprintf("% x", part), " ", ", 0x"),
		} {
			if len(form) > 3 && strings.Contains(text, form) {
				return true
			}
		}
	}
	return false
}

func TestNothingSecretIsPrinted(t *testing.T) {
	require.True(t, shows(fmt.Sprintf("%v", secretBytes)) && shows(fmt.Sprintf("%x", secretBytes)) && shows(fmt.Sprintf("%#v", secretBytes[:])),
		"a secret that is shown is seen")
	for name, value := range holders(t) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%o"} {
			for what, v := range map[string]any{"": value, "a pointer to ": &value, "a list of ": []any{value}, "a struct with ": struct{ Field any }{value}} {
				require.False(t, shows(fmt.Sprintf(verb, v)), "%s of %s%s: %s", verb, what, name, fmt.Sprintf(verb, v))
			}
		}
	}
}

// Engines, in every state, and their errors.
func TestEnginesAreNotPrinted(t *testing.T) {
	cfg := testpeer.ClientConfig()
	cfg.ALPN = []string{"h3"}
	q, err := tlsengine.NewQUICClient(cfg, nil)
	require.NoError(t, err)
	m, err := handshake.NewClient(cfg, handshake.Records, nil)
	require.NoError(t, err)
	for name, e := range map[string]any{
		"QUICConn": q, "machine": m, "detached": &tlsengine.Detached{},
		"engine": pairOf(t, testpeer.ClientConfig(), testpeer.ServerConfig())[0], "server": mustServer(t),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x"} {
			require.Less(t, len(fmt.Sprintf(verb, e)), 100, "%s of %s", verb, name)
		}
	}
}

// An error is one line of printable text, whatever names the peer has.
func TestErrorsHoldNoBytesOfThePeer(t *testing.T) {
	const evil = "\x1b[31m\r\nFORGED LINE\x00\xff"
	cert := func(names ...string) *testpeer.Identity {
		return testpeer.ECIdentity("other.test", func(c *x509.Certificate) {
			c.DNSNames, c.Subject.CommonName = names, "\x1b[31m\nFORGED LINE"
			c.Issuer.CommonName = evil
		})
	}
	errs := map[string]error{}
	for name, server := range map[string]func(*tlsengine.Config){
		"a certificate's names": proving(cert("\x1b[31mFORGED LINE\n", "b.test")),
		"a long list of names":  proving(cert(strings.Fields(strings.Repeat("\x1b[31mFORGED.LINE\n. ", 30))...)),
	} {
		client, cfg := testpeer.ClientConfig(), testpeer.ServerConfig()
		server(cfg)
		c, err := tlsengine.NewClient(client)
		require.NoError(t, err)
		s, err := tlsengine.NewServer(cfg)
		require.NoError(t, err)
		_, err = swallow(s, c.Flush(nil))
		require.NoError(t, err)
		_, errs[name] = swallow(c, s.Flush(nil))
		require.Error(t, errs[name], name)
	}
	alpn := []byte{byte(len(evil))}
	for name, more := range map[string]handshake.Extensions{
		"a protocol":    handshake.AppendALPN(nil, append(alpn, evil...)),
		"a server name": handshake.AppendServerName(nil, evil),
		"an extension":  handshake.AppendExtension(handshake.AppendExtension(nil, 0x1b5b, []byte(evil)), 0x1b5b, nil),
		"groups":        handshake.AppendExtension(nil, handshake.ExtSupportedGroups, []byte(evil)),
	} {
		cfg := testpeer.ServerConfig()
		cfg.ALPN = []string{"h2"}
		e, err := tlsengine.NewServer(cfg)
		require.NoError(t, err)
		_, errs[name] = swallow(e, clearRecords(helloWith(more)))
	}
	e := mustServer(t)
	_, errs["a request of another protocol"] = swallow(e, []byte("GET /"+evil+" HTTP/1.1\r\n\r\n"))
	for name, err := range errs {
		if err == nil {
			continue
		}
		var refusal *tlsengine.AlertError
		require.True(t, errors.As(err, &refusal), name)
		t.Logf("%s: %v", name, err)
		for _, r := range err.Error() {
			require.True(t, ' ' <= r && r <= '~', "%s: %q", name, err.Error())
		}
		require.Less(t, len(err.Error()), 700, name)
	}
}
