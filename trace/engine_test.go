package trace_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/trace"
)

// ends are a client and a server of ours, a tap at the client's side, and what
// both tell their tracers.
type ends struct {
	t              *testing.T
	client, server *tlsengine.Engine
	tap            *trace.Tap
	told           [2]*trace.Recorder // of client and server
	sessions       [][]byte
	got            string // by the server
}

func credential(t *testing.T) (*tlsengine.Credential, *x509.CertPool) {
	return credentialOn(t, elliptic.P256())
}

func credentialOn(t *testing.T, curve elliptic.Curve) (*tlsengine.Credential, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"lab.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	c, err := tlsengine.NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	return c, roots
}

func connect(t *testing.T, client, server *tlsengine.Config, early string) *ends {
	e := &ends{t: t, tap: trace.NewTap("client", time.Now)}
	c := *client
	s := *server
	e.told = [2]*trace.Recorder{trace.NewRecorder("client", time.Now), trace.NewRecorder("server", time.Now)}
	c.KeyLog, c.Tracer, s.Tracer = e.tap.KeyLog, e.told[0], e.told[1]
	var err error
	e.client, err = tlsengine.NewClient(&c)
	require.NoError(t, err)
	e.server, err = tlsengine.NewServer(&s)
	require.NoError(t, err)
	if early != "" {
		out, err := e.client.SendEarly(e.client.Flush(nil), []byte(early))
		require.NoError(t, err)
		e.toServer(out)
	}
	e.settle()
	return e
}

func (e *ends) toServer(b []byte) {
	e.tap.Sent(b)
	for ev, err := range e.server.Feed(b) {
		require.NoError(e.t, err)
		if ev.Kind == tlsengine.EventData || ev.Kind == tlsengine.EventEarlyData {
			e.got += string(ev.Data)
		}
	}
}

func (e *ends) toClient(b []byte) {
	e.tap.Received(b)
	for ev, err := range e.client.Feed(b) {
		require.NoError(e.t, err)
		if ev.Kind == tlsengine.EventNewSession {
			e.sessions = append(e.sessions, append([]byte{}, ev.Data...))
		}
	}
}

// settle lets both sides talk until they owe nothing.
func (e *ends) settle() {
	for e.client.Owes() || e.server.Owes() {
		e.toServer(e.client.Flush(nil))
		e.toClient(e.server.Flush(nil))
	}
}

// seen is what the tap saw, once it is sure that both sides told the same.
func (e *ends) seen() *trace.Connection {
	want := e.tap.Connection()
	for i, role := range []string{"client", "server"} {
		got := e.told[i].Connection()
		require.Equal(e.t, role, got.Role)
		require.Empty(e.t, got.Notes)
		require.NoError(e.t, got.Validate())
		agree(e.t, want, got)
		whole(e.t, got)
	}
	return want
}

// agree compares what a tap and a tracer see of the same connection.
func agree(t *testing.T, tap, told *trace.Connection) {
	require.Len(t, told.Messages, len(tap.Messages))
	for i := range tap.Messages {
		a, b := &tap.Messages[i], &told.Messages[i]
		require.Equal(t, [3]string{a.Dir, a.Name, a.Epoch}, [3]string{b.Dir, b.Name, b.Epoch})
		require.Equal(t, a.Transcript, b.Transcript, a.Name)
		require.Equal(t, a.Fields, b.Fields)
		require.Equal(t, tap.Bytes(a), told.Bytes(b))
	}
	for _, dir := range []string{trace.C2S, trace.S2C} {
		a, b := sent(tap, dir), sent(told, dir)
		require.Len(t, b, len(a))
		for i := range a {
			x, y := a[i], b[i]
			require.Equal(t, tap.Slice(x.At), told.Slice(y.At))
			require.Equal(t, [2]any{x.Epoch, x.Protected}, [2]any{y.Epoch, y.Protected}, "record %d", x.ID)
			require.Equal(t, x.Seq, y.Seq)
			require.Equal(t, x.Fields, y.Fields)
			require.Equal(t, x.Inner == nil, y.Inner == nil)
			if x.Inner != nil {
				require.Equal(t, tap.Slice(x.Inner.Span), told.Slice(y.Inner.Span))
				require.Equal(t, [2]int{int(x.Inner.Type), x.Inner.Padding}, [2]int{int(y.Inner.Type), y.Inner.Padding})
				require.Equal(t, [5]any{x.AEAD.Name, x.AEAD.Key, x.AEAD.IV, x.AEAD.Nonce, x.AEAD.AAD}, [5]any{y.AEAD.Name, y.AEAD.Key, y.AEAD.IV, y.AEAD.Nonce, y.AEAD.AAD})
			}
		}
	}
	for _, s := range tap.Secrets {
		got := told.FindSecret(s.ID)
		require.NotNil(t, got, s.ID)
		require.Equal(t, s.Out, got.Out, s.ID)
		require.Equal(t, s.KeyLog, got.KeyLog, s.ID)
	}
	require.Equal(t, trace.Summarize(tap), trace.Summarize(told))
}

func sent(c *trace.Connection, dir string) (out []trace.Record) {
	for _, r := range c.Records {
		if r.Dir == dir {
			out = append(out, r)
		}
	}
	return out
}

// whole checks what only a tracer can tell: everything but what was agreed
// before the connection can be computed again.
func whole(t *testing.T, c *trace.Connection) {
	report := trace.Check(c)
	require.Empty(t, report.Mismatches)
	given := 0
	for _, s := range c.Secrets {
		require.NotEqual(t, trace.OpKeyLog, s.Op, s.ID)
		if s.Op == trace.OpGiven {
			given++
			require.Contains(t, []string{"psk_0", "main"}, s.ID)
		}
		for _, label := range []string{" traffic", "res master", "exp master", "finished"} {
			if strings.Contains(s.Label, label) {
				require.NotNil(t, s.Context, s.ID)
				require.Equal(t, len(s.Context.Hash) > 0, s.Context.TranscriptAfter != nil, "%s: %x", s.ID, s.Context.Hash)
			}
		}
	}
	require.LessOrEqual(t, given, 1)
	states, kx := 0, len(c.KeyExchanges)
	for _, e := range c.Events {
		if e.Kind == "state" {
			states++
		}
	}
	require.Greater(t, states, 5)
	if !trace.Summarize(c).Resumed && given == 0 {
		require.Equal(t, 1, kx)
		require.NotEmpty(t, c.KeyExchanges[0].Ours.Public)
	}
}

// shown checks a connection and gives the names of its messages.
func shown(t *testing.T, c *trace.Connection) string {
	tr := &trace.Trace{Schema: trace.Schema, Secrets: true, Connections: []*trace.Connection{c}}
	j, err := json.Marshal(tr)
	require.NoError(t, err)
	_, err = trace.Load(j)
	require.NoError(t, err)
	require.Empty(t, c.Notes)
	require.Empty(t, trace.Check(c).Mismatches)
	require.Equal(t, "client", c.Role)
	var out strings.Builder
	require.NoError(t, trace.Text(&out, tr, trace.TextOptions{}))
	var names []string
	for _, m := range c.Messages {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}

// data is the application data of a connection by epoch.
func data(c *trace.Connection) map[string]string {
	all := map[string]string{}
	for _, r := range c.Records {
		if r.Inner != nil && r.Inner.Type == 23 {
			b := c.Slice(r.Inner.Span)
			all[r.Dir+" "+r.Epoch] += string(b[:r.Inner.Len-r.Inner.Padding-1])
		}
	}
	return all
}

func TestTapOnTheEngine(t *testing.T) {
	cred, roots := credential(t)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys(), MaxEarlyData: 1000, AntiReplay: tlsengine.NewReplayMemory(10)}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example", PadTo: 64}

	first := connect(t, client, server, "")
	out, err := first.client.Send(nil, []byte("before "))
	require.NoError(t, err)
	first.toServer(out)
	for range 2 {
		out, err = first.client.UpdateKeys(nil, handshake.UpdateRequested)
		require.NoError(t, err)
		first.toServer(out)
		out, err = first.client.Send(nil, []byte("after "))
		require.NoError(t, err)
		first.toServer(out)
		out, err = first.server.Send(nil, []byte("answer "))
		require.NoError(t, err)
		first.toClient(out)
	}
	require.Equal(t, "before after after ", first.got)
	c := first.seen()
	require.Equal(t, "ClientHello ServerHello EncryptedExtensions Certificate CertificateVerify Finished Finished NewSessionTicket NewSessionTicket KeyUpdate KeyUpdate KeyUpdate KeyUpdate", shown(t, c))
	require.NotNil(t, c.FindSecret("c_ap_2"))
	require.NotNil(t, c.FindSecret("s_ap_2.key"))
	require.Equal(t, map[string]string{"c2s application": "before after after ", "s2c application": "answer answer "}, data(c))
	padded := false
	for _, r := range c.Records {
		padded = padded || r.Inner != nil && r.Inner.Padding > 0
	}
	require.True(t, padded)

	again := *client
	again.Session, again.MaxEarlyData = first.sessions[0], 1000
	second := connect(t, &again, server, "early bird")
	require.Equal(t, "early bird", second.got)
	c = second.seen()
	require.Contains(t, shown(t, c), "ClientHello ServerHello EncryptedExtensions Finished EndOfEarlyData Finished")
	require.Equal(t, "early bird", data(c)["c2s early_data"])
	require.NotNil(t, c.FindSecret("c_e.iv"))
	require.True(t, trace.Summarize(c).Resumed)
}

// TestTapOpensEarlyDataOfAnySuite: a hello with early data does not say which
// suite that is under, and it need not be the first.
func TestTapOpensEarlyDataOfAnySuite(t *testing.T) {
	cred, roots := credential(t)
	chacha, aes := cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256), cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys(), MaxEarlyData: 1000,
		AntiReplay: tlsengine.NewReplayMemory(10), Suites: []*cipher.Suite{aes}}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example", Suites: []*cipher.Suite{chacha, aes}}
	first := connect(t, client, server, "")
	again := *client
	again.Session, again.MaxEarlyData = first.sessions[0], 1000
	c := connect(t, &again, server, "early bird").seen()
	require.Empty(t, c.Notes)
	require.Empty(t, trace.Check(c).Mismatches)
	require.Equal(t, "early bird", data(c)["c2s early_data"])
}

func TestTapOnAHelloRetryRequestAndTLS12(t *testing.T) {
	cred, roots := credential(t)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, Groups: []*group.Group{group.Lookup(group.P384)}}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example"}
	c := connect(t, client, server, "").seen()
	require.True(t, strings.HasPrefix(shown(t, c), "ClientHello MessageHash HelloRetryRequest ClientHello ServerHello EncryptedExtensions"))

	server.MaxVersion = tlsengine.VersionTLS12
	c = connect(t, client, server, "").seen()
	require.True(t, strings.HasPrefix(shown(t, c), "ClientHello ServerHello Certificate ServerKeyExchange ServerHelloDone ClientKeyExchange Finished"))
	require.Equal(t, "TLS 1.2", trace.Summarize(c).Version.String())
}
