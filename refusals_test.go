package tlsengine_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/internal/testpki"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/signature"
)

// A verdict of crypto/x509 has the alert that fits.
func TestVerdictsOfX509(t *testing.T) {
	for name, c := range map[string]struct {
		verdict error
		want    alert.Reason
	}{
		"name":     {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "other.test"}, alert.CertificateNameMismatch},
		"expired":  {x509.CertificateInvalidError{Reason: x509.Expired}, alert.CertificateHasExpired},
		"usage":    {x509.CertificateInvalidError{Reason: x509.IncompatibleUsage}, alert.CertificateKeyUsage},
		"too long": {x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, alert.CertificateInvalid},
		"issuer":   {x509.UnknownAuthorityError{}, alert.CertificateUnknownIssuer},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				cfg.Ask = tlsengine.AskVerdict
				p := testpeer.Server(t, drive, cfg)
				p.Send(p.Flight()...)
				p.WantPending("is the chain good", &tlsengine.VerdictRequest{})
				require.Error(t, p.AnswerError(func(e *tlsengine.Engine) error { return e.Verified(c.verdict) }))
				p.WantAlert("the alert that fits the verdict", c.want.Alert(), c.want)
			})
		})
	}
}

// A leaf with a key that no scheme was offered for is refused before anything is
// verified.
func TestAKeyThatNoSchemeWasOfferedFor(t *testing.T) {
	issuer := testpeer.ECKey(elliptic.P256(), "issuer")
	der := testpeer.Issue(testpeer.Name, issuer.Public())
	der, err := testpki.WithKey(der, testpki.PublicKey(testpki.Ed448, make([]byte, 57)), issuer)
	require.NoError(t, err)
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.Signatures = signature.Default()
		require.False(t, slices.Contains(cfg.Signatures, signature.Lookup(signature.Ed448)))
		p := testpeer.Server(t, drive, cfg)
		p.Identity = &testpeer.Identity{Chain: [][]byte{der}, Key: issuer}
		p.Send(p.ServerHello(), p.EncryptedExtensions(), p.Certificate())
		p.WantAlert("there is no signature that could follow", alert.UnsupportedCertificate, alert.CertificateKeyUnsupported)
	})
}

func TestOnlyAClientHasEarlyDataLeft(t *testing.T) {
	p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	require.Zero(t, p.client.EarlyDataLeft())
	require.Zero(t, p.server.EarlyDataLeft())
}

// A client that takes no tickets is given none, also when asked to.
func TestAClientWithoutModesIsGivenNoTicketMore(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(cutOut(handshake.ExtPSKKeyExchangeModes)))
		p.WantFlight("the server's flight", handshake.MsgServerHello)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		require.ErrorIs(t, p.Engine.SendTicket(nil), tlsengine.ErrNoTicket)
	})
}

// Why no early data is offered, as ConnectionState tells it.
func TestWhyAClientOffersNoEarlyData(t *testing.T) {
	server := earlyServer()
	server.ALPN = []string{"h2"}
	base := testpeer.ClientConfig()
	base.ALPN = []string{"h2"}
	session, old := meetOnce(base, server), meetOnce(client12(), server12())
	unsupported := meetOnce(testpeer.ClientConfig(), testpeer.ServerConfig())
	for name, c := range map[string]struct {
		change func(*tlsengine.Config)
		want   handshake.EarlyDataStatus
	}{
		"it is not turned on":         {func(c *tlsengine.Config) { c.MaxEarlyData = 0 }, handshake.EarlyDataDisabled},
		"TLS 1.2 alone is spoken":     {func(c *tlsengine.Config) { c.MaxVersion = tlsengine.VersionTLS12 }, handshake.EarlyDataOldVersion},
		"there is no session":         {func(c *tlsengine.Config) { c.Session = nil }, handshake.EarlyDataNoSession},
		"the session is of TLS 1.2":   {func(c *tlsengine.Config) { c.Session = old }, handshake.EarlyDataOldVersion},
		"the session allows none":     {func(c *tlsengine.Config) { c.Session = unsupported }, handshake.EarlyDataUnsupported},
		"the session's protocol left": {func(c *tlsengine.Config) { c.ALPN = []string{"http/1.1"} }, handshake.EarlyDataALPNMismatch},
		"it is offered":               {func(*tlsengine.Config) {}, handshake.EarlyDataOffered},
	} {
		cfg := *base
		cfg.Session, cfg.MaxEarlyData = session, 100
		c.change(&cfg)
		e, err := tlsengine.NewClient(&cfg)
		require.NoError(t, err)
		require.Equal(t, c.want, e.ConnectionState().EarlyData, name)
	}
}

// A tester's ClientHello that is none is answered all the same, perhaps: then
// there is nothing to hold the answer to.
func TestARewrittenClientHelloThatIsNone(t *testing.T) {
	cfg := testpeer.ClientConfig()
	cfg.NoCompatibility = true
	cfg.Rewrite = func(_ handshake.MessageType, msg []byte) []byte { return msg[:4] }
	e, err := tlsengine.NewClient(cfg)
	require.NoError(t, err)
	m := handshake.ServerHello{
		LegacyVersion: handshake.VersionTLS12, CipherSuite: 0x1301,
		Extensions: handshake.AppendSupportedVersionsSH(nil, handshake.VersionTLS13),
	}
	var w record.Writer
	wire, err := w.Append(nil, record.Handshake, m.Append(nil))
	require.NoError(t, err)
	client := &end{Engine: e, name: "client"}
	client.take(t, wire)
	require.ErrorContains(t, client.err, "our own ClientHello does not parse")
	require.Equal(t, alert.InternalError, client.refusal(t).Alert)
}
