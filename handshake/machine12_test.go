package handshake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/keyschedule"
)

// twoMachines are a client and a server without records between them: each
// gets the messages of the other's outputs, whole.
type twoMachines struct {
	t              *testing.T
	client, server *Machine
	session        []byte
}

func machines12(t *testing.T, client, server *Config) *twoMachines {
	t.Helper()
	c, err := NewClient(client, Records, nil)
	require.NoError(t, err)
	s, err := NewServer(server, Records, nil)
	require.NoError(t, err)
	require.NoError(t, c.Start())
	m := &twoMachines{t: t, client: c, server: s}
	for m.carry(c, s) || m.carry(s, c) {
	}
	return m
}

// carry gives one machine what the other has said, a message at a time.
func (m *twoMachines) carry(from, to *Machine) (any bool) {
	m.t.Helper()
	for _, o := range from.Take() {
		switch o.Kind {
		case OutMessage:
			for msg := o.Data; len(msg) > 0; any = true {
				n := headerLen + int(msg[1])<<16 + int(msg[2])<<8 + int(msg[3])
				require.NoError(m.t, to.Message(msg[:n]), "%v", to.State())
				m.check(to)
				msg = msg[n:]
			}
		case OutChangeCipherSpec:
			require.NoError(m.t, to.ChangeCipherSpec())
			any = true
		case OutSendKeys:
			require.Equal(m.t, VersionTLS12, o.Keys.Version)
			require.NotZero(m.t, o.Keys.Block.KeyLen)
		case OutSession:
			m.session = o.Data
		}
	}
	return any
}

// check holds what a machine keeps to where it is: each group lives no longer
// than it is needed.
func (m *twoMachines) check(x *Machine) {
	m.t.Helper()
	done := x.Done()
	require.Equal(m.t, done, x.keys == nil, "%v", x.State())
	require.Equal(m.t, done, x.t12 == nil, "%v", x.State())
	require.Equal(m.t, done, x.transcript == nil, "%v", x.State())
	require.Equal(m.t, done, x.after.tls12 != nil, "%v", x.State())
	require.False(m.t, x.peer.key == nil && x.state == Wait12SKE, "%v", x.State())
	if x.client != nil {
		require.Equal(m.t, done, x.client.offer == nil)
		require.True(m.t, done || x.client.offer.shares == nil && x.client.offer.session == nil, "the offer is answered")
		require.Equal(m.t, x.state == Wait12CRDone || x.state == Wait12Done, x.t12 != nil && x.t12.premain != nil, "%v", x.State())
	}
	if x.server != nil {
		require.Nil(m.t, x.server.hello, "%v", x.State())
		require.Equal(m.t, x.state == Wait12Cert || x.state == Wait12CKE, x.t12 != nil && x.t12.key != nil, "%v", x.State())
	}
	if done {
		require.Nil(m.t, x.request)
		require.Nil(m.t, x.peer.key)
		return
	}
	keeps := x.client != nil && (x.state == Wait12Cert || x.state == Wait12SKE || x.state == Wait12CRDone || x.state == Wait12Done) ||
		x.server != nil && (x.state == Wait12Cert || x.state == Wait12CKE && x.peer.chain != nil || x.state == Wait12CV)
	require.Equal(m.t, keeps, len(x.transcript.pending) > 0, "the messages are kept as long as somebody may sign them: %v", x.State())
}

func configs12(t *testing.T) (client, server *Config) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a.test"}, DNSNames: []string{"a.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	cred, err := NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	client = &Config{MaxVersion: VersionTLS12, Roots: roots, ServerName: "a.test", Credentials: []*Credential{cred}}
	server = &Config{MaxVersion: VersionTLS12, Roots: roots, Credentials: []*Credential{cred}, TicketKeys: NewTicketKeys()}
	return client, server
}

// The machine needs no records: and it keeps nothing longer than it needs it.
func TestMachine12(t *testing.T) {
	for _, auth := range []ClientAuth{NoClientCert, RequireClientCert} {
		client, server := configs12(t)
		server.ClientAuth = auth
		for i := range 2 {
			m := machines12(t, client, server)
			for _, x := range []*Machine{m.client, m.server} {
				require.Equal(t, Connected12, x.State())
				require.True(t, x.Done())
				require.Equal(t, i > 0, x.Facts().Resumed)
			}
			a, err := m.client.Export("label", nil, 32)
			require.NoError(t, err)
			b, err := m.server.Export("label", nil, 32)
			require.NoError(t, err)
			require.Equal(t, a, b)
			if i == 0 {
				client.Session = m.session
			}
		}
	}
}

// Secrets are wiped where they are, not only let go.
func TestSecretsOfTLS12AreWipedWhereTheyWere(t *testing.T) {
	secret := keyschedule.SecretOf(make([]byte, keyschedule.MainSecretSize))
	ended := errors.New("ended")
	for _, role := range []role{clientRole, serverRole} {
		premain := []byte{1}
		stage, after := &stage12{main: secret, premain: premain}, &after12{main: secret}
		m := newMachine(common{role: role, cfg: &Config{}, t12: stage, after: afterSecrets{tls12: after}})
		m.End(ended)
		require.Zero(t, *stage)
		require.Zero(t, *after)
		require.Zero(t, premain[0])

		stage = &stage12{main: secret}
		m = newMachine(common{role: role, cfg: &Config{}, t12: stage, keys: &keySecrets{}})
		m.settle12()
		require.Zero(t, *stage)
		require.Equal(t, secret, m.after.tls12.main)
	}
}

// A ChangeCipherSpec is an input where it may be TLS 1.2, and else it is not.
func TestTakesChangeCipherSpec(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want bool
	}{{Config{}, false}, {Config{MinVersion: VersionTLS13}, false}, {Config{MaxVersion: VersionTLS12}, true}} {
		m, err := NewClient(&c.cfg, Records, nil)
		require.NoError(t, err)
		require.Equal(t, c.want, m.TakesChangeCipherSpec())
		m.facts.Version = VersionTLS12
		require.True(t, m.TakesChangeCipherSpec())
		m.facts.Version = VersionTLS13
		require.False(t, m.TakesChangeCipherSpec())
	}
}

// A session that somebody else sealed may hold anything.
func TestSessionsOfTLS12WithAnotherSecretAreNotResumed(t *testing.T) {
	client, server := configs12(t)
	first := machines12(t, client, server)
	s, err := parseSession(first.session)
	require.NoError(t, err)
	for _, secret := range [][]byte{make([]byte, 47), make([]byte, 49), make([]byte, 255)} {
		s.secret = secret
		ticket, err := server.TicketKeys.Seal(time.Now(), rand.Reader, s.append(nil))
		require.NoError(t, err)
		own := *s
		own.ticket, own.secret = ticket, make([]byte, 48)
		again := *client
		again.Session = own.append(nil)
		m := machines12(t, &again, server)
		require.False(t, m.server.Facts().Resumed)
		again.Session = s.append(nil)
		m = machines12(t, &again, server)
		require.False(t, m.client.Facts().Resumed)
	}
}
