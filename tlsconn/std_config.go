package tlsconn

import (
	"bytes"
	"crypto"
	stdtls "crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"sync"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// ConversionError says that a field of a crypto/tls structure asks for what is
// not to be had here.
type ConversionError struct {
	Field string // "Config.Renegotiation"
	Why   string
}

// Error names the field.
func (e *ConversionError) Error() string {
	return fmt.Sprintf("tlsconn: the tls.%s cannot be converted: %s", e.Field, e.Why)
}

func refused(field, format string, args ...any) error {
	return &ConversionError{Field: "Config." + field, Why: fmt.Sprintf(format, args...)}
}

// CredentialFrom converts a certificate of crypto/tls. Its PrivateKey must be a
// crypto.Signer, and it must have no SignedCertificateTimestamps.
func CredentialFrom(cert *stdtls.Certificate) (*tls.Credential, error) {
	signer, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, &ConversionError{"Certificate.PrivateKey", "it is no crypto.Signer"}
	}
	if len(cert.SignedCertificateTimestamps) > 0 {
		return nil, &ConversionError{"Certificate.SignedCertificateTimestamps", "they are not sent in handshakes here, only in certificates"}
	}
	out, err := tls.NewCredential(cert.Certificate, signer)
	if err != nil {
		return nil, err
	}
	out.Staple = cert.OCSPStaple
	for _, s := range cert.SupportedSignatureAlgorithms {
		out.Schemes = append(out.Schemes, signature.Scheme(s))
	}
	return out, nil
}

// convert is what both roles have of a Config.
func convert(from *stdtls.Config) (*tls.Config, error) {
	if err := refuse(from); err != nil {
		return nil, err
	}
	cfg := &tls.Config{
		Rand: from.Rand, Time: from.Time, ALPN: from.NextProtos, RequestStatus: true,
		MinVersion: tls.Version(from.MinVersion), MaxVersion: tls.Version(from.MaxVersion),
	}
	for i := range from.Certificates {
		cred, err := CredentialFrom(&from.Certificates[i])
		if err != nil {
			return nil, err
		}
		cfg.Credentials = append(cfg.Credentials, cred)
	}
	if err := convertSuites(cfg, from.CipherSuites); err != nil {
		return nil, err
	}
	for _, id := range from.CurvePreferences {
		g := group.Lookup(group.ID(id))
		if g == nil {
			return nil, refused("CurvePreferences", "%v is not spoken", id)
		}
		cfg.Groups = append(cfg.Groups, g)
	}
	if from.KeyLogWriter != nil {
		cfg.KeyLog = keyLogTo(from.KeyLogWriter)
	}
	return cfg, nil
}

// refuse reports the first field that asks for what the engine does not do.
func refuse(from *stdtls.Config) error {
	switch {
	case from.MinVersion != 0 && from.MinVersion < stdtls.VersionTLS12:
		return refused("MinVersion", "TLS 1.2 is the oldest version that is spoken")
	case from.MaxVersion != 0 && from.MaxVersion < stdtls.VersionTLS12:
		return refused("MaxVersion", "TLS 1.2 is the oldest version that is spoken")
	case from.UnwrapSession != nil:
		return refused("UnwrapSession", "a SessionState is crypto/tls's own; see AskTicket")
	case from.WrapSession != nil:
		return refused("WrapSession", "a SessionState is crypto/tls's own; see TicketKeys")
	case from.Renegotiation != stdtls.RenegotiateNever:
		return refused("Renegotiation", "there is none")
	case from.EncryptedClientHelloConfigList != nil:
		return refused("EncryptedClientHelloConfigList", "there is no ECH")
	case from.EncryptedClientHelloRejectionVerify != nil:
		return refused("EncryptedClientHelloRejectionVerify", "there is no ECH")
	case from.GetEncryptedClientHelloKeys != nil:
		return refused("GetEncryptedClientHelloKeys", "there is no ECH")
	case from.EncryptedClientHelloKeys != nil:
		return refused("EncryptedClientHelloKeys", "there is no ECH")
	}
	return nil
}

// convertSuites takes the list of TLS 1.2 suites, in our order of preference:
// crypto/tls's list has none. TLS 1.3's are always there, as in crypto/tls.
func convertSuites(cfg *tls.Config, list []uint16) error {
	if list == nil {
		return nil
	}
	named := make(map[cipher.ID]bool)
	for _, id := range list {
		if cipher.Lookup(cipher.ID(id)) == nil {
			return refused("CipherSuites", "%s is not spoken", stdtls.CipherSuiteName(id))
		}
		named[cipher.ID(id)] = true
	}
	for _, s := range cipher.Suites() {
		if tls.Version(s.Version) == tls.VersionTLS13 || named[s.ID] {
			cfg.Suites = append(cfg.Suites, s)
		}
	}
	return nil
}

// keyLogTo writes lines of RFC 9850, one at a time.
func keyLogTo(w io.Writer) func(label string, clientRandom, secret []byte) {
	var mu sync.Mutex
	return func(label string, clientRandom, secret []byte) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, "%s %x %x\n", label, clientRandom, secret)
	}
}

// ticketKeys are those that a Config names, or nil. A Config that crypto/tls
// has used holds a key that says that it is none.
func ticketKeys(from *stdtls.Config) (*tls.TicketKeys, error) {
	//lint:ignore SA1019 it is the one that can be read
	key := from.SessionTicketKey
	named := key != [32]byte{} && !bytes.HasPrefix(key[:], []byte("DEPRECATED"))
	if set := reflect.ValueOf(from).Elem().FieldByName("sessionTicketKeys"); set.IsValid() && set.Len() > 0 && !named {
		return nil, refused("SetSessionTicketKeys", "the keys cannot be read; give them to SetKeys of the StdServer's TicketKeys")
	}
	if !named {
		return nil, nil
	}
	keys := tls.NewTicketKeys()
	return keys, keys.SetKeys(key)
}

// clientConfig is the engine's Config of a client for a server's name.
func clientConfig(from *stdtls.Config) (*tls.Config, error) {
	cfg, err := convert(from)
	if err != nil {
		return nil, err
	}
	cfg.Ask = tls.AskVerdict | tls.AskVerdictResumed
	if from.GetClientCertificate != nil || len(from.Certificates) > 0 {
		cfg.Ask |= tls.AskCredential
	}
	if from.SessionTicketsDisabled {
		cfg.Tickets = -1
	}
	return cfg, nil
}

var errNoName = errors.New("tlsconn: a client's tls.Config needs a ServerName or InsecureSkipVerify")

// setName sets the name that is verified, and the one that is sent: without
// the dot of the root, and no IP address, as RFC 6066, Section 3 wants it.
func setName(cfg *tls.Config, name string) {
	cfg.ServerName = name
	bare := strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		cfg.NoSNI = true
		return
	}
	cfg.SNI = strings.TrimRight(name, ".")
}

// serverConfig is the engine's Config of a server, with these keys unless the
// Config names its own.
func serverConfig(from *stdtls.Config, keys *tls.TicketKeys) (*tls.Config, error) {
	cfg, err := convert(from)
	if err != nil {
		return nil, err
	}
	cfg.Ask = tls.AskVerdict | tls.AskVerdictResumed | tls.AskResume
	if from.GetConfigForClient != nil || from.GetCertificate != nil {
		cfg.Ask |= tls.AskConfig // to know the ClientHello
	}
	//lint:ignore SA1019 it is served all the same
	if from.GetCertificate != nil || from.NameToCertificate != nil {
		cfg.Ask |= tls.AskCredential
	}
	switch from.ClientAuth {
	case stdtls.NoClientCert:
	case stdtls.RequestClientCert, stdtls.VerifyClientCertIfGiven:
		cfg.ClientAuth = tls.RequestClientCert
	case stdtls.RequireAnyClientCert, stdtls.RequireAndVerifyClientCert:
		cfg.ClientAuth = tls.RequireClientCert
	default:
		return nil, refused("ClientAuth", "%v is unknown", from.ClientAuth)
	}
	if from.ClientCAs != nil && cfg.ClientAuth != tls.NoClientCert {
		//lint:ignore SA1019 crypto/tls does the same
		cfg.ClientCAs = from.ClientCAs.Subjects()
	}
	own, err := ticketKeys(from)
	if err != nil {
		return nil, err
	}
	if cfg.TicketKeys = keys; own != nil {
		cfg.TicketKeys = own
	}
	if from.SessionTicketsDisabled {
		cfg.TicketKeys = nil
	}
	return cfg, nil
}
