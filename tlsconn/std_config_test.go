package tlsconn

import (
	"bytes"
	stdtls "crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
)

// fate is what becomes of a field of a crypto/tls Config.
type fate struct {
	set   func(*stdtls.Config)                           // to something that matters
	check func(t *testing.T, client, server *tls.Config) // that it was converted; nil: it is refused
	error string                                         // the name in the error, if not the field's
	other string                                         // the test that covers it, or why there is nothing to do
}

var fates = map[string]fate{
	"Rand": {set: func(c *stdtls.Config) { c.Rand = strings.NewReader("") },
		check: func(t *testing.T, client, server *tls.Config) {
			require.IsType(t, &strings.Reader{}, client.Rand)
			require.IsType(t, &strings.Reader{}, server.Rand)
		}},
	"Time": {set: func(c *stdtls.Config) { c.Time = func() time.Time { return time.Unix(7, 0) } },
		check: func(t *testing.T, client, server *tls.Config) {
			require.EqualValues(t, 7, client.Time().Unix())
			require.EqualValues(t, 7, server.Time().Unix())
		}},
	"Certificates":                {other: "TestConvertedConfigsServeCryptoTLS"},
	"NameToCertificate":           {other: "TestTheServersCertificateIsChosenAsCryptoTLSDoes"},
	"GetCertificate":              {other: "TestTheServersCertificateIsChosenAsCryptoTLSDoes"},
	"GetClientCertificate":        {other: "TestClientCertificatesAreChosenAsCryptoTLSDoes"},
	"GetConfigForClient":          {other: "TestGetConfigForClientIsAsked"},
	"VerifyPeerCertificate":       {other: "TestVerifyCallbacksAreAskedWhenCryptoTLSAsksThem"},
	"VerifyConnection":            {other: "TestVerifyCallbacksAreAskedWhenCryptoTLSAsksThem"},
	"RootCAs":                     {other: "TestConvertedConfigsServeCryptoTLS"},
	"ClientAuth":                  {other: "TestClientAuthMeansWhatItMeansThere"},
	"ClientCAs":                   {other: "TestClientAuthMeansWhatItMeansThere"},
	"InsecureSkipVerify":          {other: "TestInsecureSkipVerifyNeedsNoNameAndNoRoots"},
	"ServerName":                  {other: "TestNamesAreSentAsCryptoTLSSendsThem"},
	"PreferServerCipherSuites":    {other: "has no effect in crypto/tls either"},
	"DynamicRecordSizingDisabled": {other: "has no effect: records are as large as what is written"},
	"ClientSessionCache":          {other: "TestSessionsOfAConvertedConfigAreResumed"},
	"SessionTicketsDisabled":      {other: "TestSessionsOfAConvertedConfigAreResumed"},
	"SessionTicketKey":            {other: "TestSessionTicketKeysAreShared"},
	"sessionTicketKeys": {set: func(c *stdtls.Config) { c.SetSessionTicketKeys([][32]byte{{1}}) },
		error: "Config.SetSessionTicketKeys"},
	"autoSessionTicketKeys": {other: "crypto/tls's own"},
	"mutex":                 {other: "crypto/tls's own"},
	"NextProtos": {set: func(c *stdtls.Config) { c.NextProtos = []string{"h2"} },
		check: func(t *testing.T, client, server *tls.Config) {
			require.Equal(t, []string{"h2"}, client.ALPN)
			require.Equal(t, []string{"h2"}, server.ALPN)
		}},
	"CipherSuites": {set: func(c *stdtls.Config) {
		c.CipherSuites = []uint16{stdtls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
	},
		check: func(t *testing.T, client, server *tls.Config) {
			var ids []cipher.ID
			for _, s := range server.Suites {
				ids = append(ids, s.ID)
			}
			require.ElementsMatch(t, []cipher.ID{cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384,
				cipher.TLS_CHACHA20_POLY1305_SHA256, cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}, ids)
		}},
	"MinVersion": {set: func(c *stdtls.Config) { c.MinVersion = stdtls.VersionTLS13 },
		check: func(t *testing.T, client, server *tls.Config) {
			require.Equal(t, tls.Version(tls.VersionTLS13), client.MinVersion)
		}},
	"MaxVersion": {set: func(c *stdtls.Config) { c.MaxVersion = stdtls.VersionTLS12 },
		check: func(t *testing.T, client, server *tls.Config) {
			require.Equal(t, tls.Version(tls.VersionTLS12), server.MaxVersion)
		}},
	"CurvePreferences": {set: func(c *stdtls.Config) { c.CurvePreferences = []stdtls.CurveID{stdtls.CurveP384} },
		check: func(t *testing.T, client, server *tls.Config) {
			require.Len(t, server.Groups, 1)
			require.Equal(t, group.P384, server.Groups[0].ID)
		}},
	"KeyLogWriter": {set: func(c *stdtls.Config) { c.KeyLogWriter = keyLogged },
		check: func(t *testing.T, client, server *tls.Config) {
			client.KeyLog("LABEL", []byte{1}, []byte{2})
			require.Equal(t, "LABEL 01 02\n", keyLogged.String())
		}},
	"UnwrapSession": {set: func(c *stdtls.Config) {
		c.UnwrapSession = func([]byte, stdtls.ConnectionState) (*stdtls.SessionState, error) { return nil, nil }
	}},
	"WrapSession": {set: func(c *stdtls.Config) {
		c.WrapSession = func(stdtls.ConnectionState, *stdtls.SessionState) ([]byte, error) { return nil, nil }
	}},
	"Renegotiation":                  {set: func(c *stdtls.Config) { c.Renegotiation = stdtls.RenegotiateOnceAsClient }},
	"EncryptedClientHelloConfigList": {set: func(c *stdtls.Config) { c.EncryptedClientHelloConfigList = []byte{} }},
	"EncryptedClientHelloRejectionVerify": {set: func(c *stdtls.Config) {
		c.EncryptedClientHelloRejectionVerify = func(stdtls.ConnectionState) error { return nil }
	}},
	"GetEncryptedClientHelloKeys": {set: func(c *stdtls.Config) {
		c.GetEncryptedClientHelloKeys = func(*stdtls.ClientHelloInfo) ([]stdtls.EncryptedClientHelloKey, error) { return nil, nil }
	}},
	"EncryptedClientHelloKeys": {set: func(c *stdtls.Config) {
		c.EncryptedClientHelloKeys = []stdtls.EncryptedClientHelloKey{{}}
	}},
}

var keyLogged = new(bytes.Buffer)

// A field that a later crypto/tls adds must not be ignored: it fails here until
// somebody has decided what becomes of it.
func TestEveryFieldOfATLSConfigIsConvertedOrRefused(t *testing.T) {
	typ := reflect.TypeFor[stdtls.Config]()
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		f, ok := fates[name]
		require.True(t, ok, "tls.Config.%s is new", name)
		if f.set == nil {
			require.NotEmpty(t, f.other, name)
			continue
		}
		var from stdtls.Config
		f.set(&from)
		require.False(t, reflect.ValueOf(&from).Elem().FieldByName(name).IsZero(), name)
		client, err := NewStdClient(&from)
		server, err2 := NewStdServer(&from)
		if f.check != nil {
			require.NoError(t, err, name)
			require.NoError(t, err2, name)
			f.check(t, client.Config, server.Config)
			continue
		}
		if f.error == "" {
			f.error = "Config." + name
			requireRefusal(t, f.error, err)
		}
		requireRefusal(t, f.error, err2)
	}
	require.Len(t, fates, typ.NumField())
}

func requireRefusal(t *testing.T, field string, err error) {
	t.Helper()
	var refused *ConversionError
	require.True(t, errors.As(err, &refused), "%s: %v", field, err)
	require.Equal(t, field, refused.Field)
	require.Contains(t, err.Error(), field)
}

func TestEveryFieldOfATLSCertificateIsConvertedOrRefused(t *testing.T) {
	l := newLab(t)
	cert := l.std
	cert.SupportedSignatureAlgorithms = []stdtls.SignatureScheme{stdtls.ECDSAWithP256AndSHA256}
	cert.OCSPStaple = []byte("staple")
	cert.Leaf, _ = x509.ParseCertificate(cert.Certificate[0]) // a cache of what is in Certificate
	out, err := CredentialFrom(&cert)
	require.NoError(t, err)
	require.Equal(t, cert.Certificate, out.Chain)
	require.Equal(t, cert.PrivateKey, out.Signer)
	require.Equal(t, "staple", string(out.Staple))
	require.Len(t, out.Schemes, 1)

	cert.SignedCertificateTimestamps = [][]byte{{1}}
	_, err = CredentialFrom(&cert)
	requireRefusal(t, "Certificate.SignedCertificateTimestamps", err)
	_, err = CredentialFrom(&stdtls.Certificate{Certificate: cert.Certificate, PrivateKey: []byte{}})
	requireRefusal(t, "Certificate.PrivateKey", err)
	_, err = CredentialFrom(&stdtls.Certificate{PrivateKey: cert.PrivateKey})
	require.Error(t, err)
	require.Equal(t, 6, reflect.TypeFor[stdtls.Certificate]().NumField(), "a field is new")
}

func TestValuesThatAreNotSpokenAreRefused(t *testing.T) {
	for field, from := range map[string]*stdtls.Config{
		"MinVersion":       {MinVersion: stdtls.VersionTLS10},
		"MaxVersion":       {MaxVersion: stdtls.VersionTLS11},
		"CipherSuites":     {CipherSuites: []uint16{stdtls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, stdtls.TLS_RSA_WITH_AES_128_CBC_SHA}},
		"CurvePreferences": {CurvePreferences: []stdtls.CurveID{stdtls.X25519, 0x6399}},
	} {
		_, err := NewStdClient(from)
		requireRefusal(t, "Config."+field, err)
		_, err = NewStdServer(from)
		requireRefusal(t, "Config."+field, err)
	}
	_, err := NewStdServer(&stdtls.Config{ClientAuth: 9})
	requireRefusal(t, "Config.ClientAuth", err)
}

func TestAConfigThatCryptoTLSHasUsedNamesNoTicketKey(t *testing.T) {
	l := newLab(t)
	used := &stdtls.Config{Certificates: []stdtls.Certificate{l.std}}
	server := stdtls.Server(nowhere{}, used)
	require.Error(t, server.Handshake())
	//lint:ignore SA1019 this is about it
	copy(used.SessionTicketKey[:], "DEPRECATED 2020-03-01, and random bytes")
	keys, err := ticketKeys(used)
	require.NoError(t, err)
	require.Nil(t, keys)
}

// nowhere is a connection that ends.
type nowhere struct{ stubborn }

func (nowhere) Read([]byte) (int, error)  { return 0, io.EOF }
func (nowhere) Write([]byte) (int, error) { return 0, io.EOF }
func (nowhere) Close() error              { return nil }
