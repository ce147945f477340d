package handshake

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// Limits and defaults. Those that a Config can change say so there.
const (
	DefaultTickets        = 2             // NewSessionTickets a server sends
	MaxTickets            = 16            // the most it can be told to send
	TicketLifetime        = 7 * 24 * 3600 // seconds; the most that RFC 9846, Section 4.7.1 allows
	MaxTicketAgeSkew      = 60            // seconds between a ticket's age here and there, for early data
	MaxPSKIdentities      = 5             // identities a server tries
	MaxChainLength        = 64            // certificates in a peer's chain
	DefaultMaxEarlyData   = 14336         // bytes of early data, when a Config just turns it on
	MaxALPNName           = 255           // bytes
	MaxALPN               = 4096          // bytes of all the names that a client offers
	MaxCookie             = 8192          // bytes that a client sends back
	MaxTicket             = 32768         // bytes of a ticket that a client keeps
	MaxShares             = 16384         // bytes of all the key shares that a client sends
	MaxList               = 1024          // suites, groups and signatures in a Config, of each
	MaxParameters         = 8192          // bytes of QUIC transport parameters
	MaxTicketData         = 32768         // bytes of an application's own in a ticket
	MaxTicketContext      = 16384         // bytes of a Config's TicketContext
	MaxCredential         = 1 << 20       // bytes of a Credential's certificates and staple
	MaxClientCAs          = 32768         // bytes of all the names in a Config's ClientCAs, two more for each
	MaxKeyShares          = 16            // key shares a server looks at
	defaultSessionIDBytes = 32
)

// Question is a set of things that a Config leaves to the application. The
// engine then stops in a state of its own, says through Pending what it wants
// to know, and goes on when answered.
type Question uint8

// The questions that a Config can ask for. A signature is asked for by a
// Credential without a Signer; transport parameters by a QUIC server without
// any.
const (
	AskConfig         Question = 1 << iota // server: which Config, after the ClientHello
	AskTicket                              // server: whose ticket or PSK identity is this
	AskCredential                          // which chain and key to answer with
	AskVerdict                             // is the peer's chain good
	AskVerdictResumed                      // the same again for a resumed session's chain; a server that asks AskVerdict, or has no Roots, always does
	AskResume                              // server: resume this session, and take early data?
)

// ClientAuth says what a server wants of its clients.
type ClientAuth uint8

// What a server may want. A certificate that is sent is always verified.
const (
	NoClientCert ClientAuth = iota
	RequestClientCert
	RequireClientCert
)

// Config says how one side behaves. It is read only: any number of engines
// may share one, and none changes it. Nothing in it may be changed while an
// engine that has it lives. The zero Config of a server refuses everybody
// (it has no Credential); that of a client asks the application about the
// server's chain.
type Config struct {
	// Rand is where all randomness comes from; nil is crypto/rand. Two sides
	// with the same inputs and the same Rand bytes send the same bytes, as far
	// as their Signers are the standard library's. It must be safe for concurrent use if engines share the Config.
	Rand io.Reader

	// Time is the clock, asked for certificates and tickets only; nil is
	// time.Now.
	Time func() time.Time

	// MinVersion and MaxVersion bound the versions; 0 is the default: TLS
	// 1.2 at least and TLS 1.3 at most. One that none of the Suites belongs to
	// is not spoken either.
	MinVersion, MaxVersion Version

	// Suites, Groups and Signatures are what is spoken, in order of
	// preference; nil is the package's Default. An implementation of one's
	// own (hardware, validated) is put in place of ours here.
	Suites     []*cipher.Suite
	Groups     []*group.Group
	Signatures []*signature.Algorithm

	// KeyShares are the groups a client sends shares of, each of which must
	// be among Groups; nil is the first hybrid and the first plain one. Not
	// nil and empty sends none, which makes the server ask for one with a
	// HelloRetryRequest.
	KeyShares []group.ID

	// ClientOrder makes a server choose by the client's preferences and not
	// by its own.
	ClientOrder bool

	// ServerName is the name or IP address that a server's certificate must
	// be for. A name is sent as server_name, RFC 6066, Section 3.
	ServerName string

	// SNI is sent in place of ServerName, if not empty.
	SNI string

	// NoSNI sends no server_name at all.
	NoSNI bool

	// ALPN are the application protocols, RFC 7301, in order of preference.
	ALPN []string

	// Credentials are what this side can prove itself with, in order of
	// preference. A server without any refuses every full handshake.
	Credentials []*Credential

	// ClientAuth is what a server wants of its clients.
	ClientAuth ClientAuth

	// Roots are the anchors of the peer's chain. Without them the engine
	// asks; it never trusts by default.
	Roots *x509.CertPool

	// Chains remembers which peers' chains were good, so that they are not
	// verified again for each handshake and each session; nil is no memory.
	// Only what Roots decide is remembered, and never what was refused.
	Chains *ChainMemory

	// ClientCAs are the DER names that a server sends as
	// certificate_authorities, RFC 9846, Section 4.3.4.
	ClientCAs [][]byte

	// Session is what a client resumes: the bytes of an EventNewSession. A
	// session that does not fit the Config any more is left aside. Each
	// should be used once (RFC 9846, Appendix C.4).
	Session []byte

	// TicketKeys seal a server's sessions; nil is no resumption. They are an
	// object of their own, shared by all the Configs that may resume each
	// other's sessions, and by none that may not.
	TicketKeys *TicketKeys

	// TicketContext is sealed into tickets and compared when one comes back:
	// servers that share TicketKeys but must not resume each other's
	// sessions differ in it.
	TicketContext []byte

	// Tickets is how many a server sends after a TLS 1.3 handshake; 0 is
	// DefaultTickets, negative none. In TLS 1.2 it is one or none. A client
	// with a negative number neither asks for tickets of TLS 1.2 nor offers any.
	Tickets int

	// SessionCache keeps a server's TLS 1.2 sessions for clients that take no
	// ticket; nil is none. The same Configs share it as share TicketKeys.
	SessionCache SessionCache

	// MaxEarlyData turns 0-RTT on: for a server the bytes it takes, for a
	// client the most it sends (the ticket may say less). Early data can be
	// replayed: RFC 9846, Section 8.
	MaxEarlyData uint32

	// AntiReplay is asked by a server before it takes early data. A server
	// with MaxEarlyData needs one.
	AntiReplay AntiReplay

	// Ask is the set of questions that go to the application.
	Ask Question

	// RetryCookie is what a server sends as the cookie of a
	// HelloRetryRequest and wants back; nil is none.
	RetryCookie []byte

	// NoCompatibility leaves out the session id and the ChangeCipherSpec
	// records of RFC 9846, Appendix E.4.
	NoCompatibility bool

	// RequireEMS refuses TLS 1.2 without extended_master_secret, RFC 7627.
	RequireEMS bool

	// ResumeWithoutEMS resumes TLS 1.2 sessions that have no extended main
	// secret, for peers that are too old for it. Not safe: RFC 7627, Section
	// 5.4 says for what.
	ResumeWithoutEMS bool

	// RequireRenegotiationInfo refuses TLS 1.2 with peers that do not know of
	// RFC 5746, and so may be under the attack that it is about.
	RequireRenegotiationInfo bool

	// Fallback makes a client say TLS_FALLBACK_SCSV, RFC 7507.
	Fallback bool

	// RequestStatus makes a client ask for a stapled OCSP response.
	RequestStatus bool

	// MaxCertificate and MaxMessage bound, in bytes, the peer's Certificate
	// message and any other; 0 is the default of package record.
	MaxCertificate, MaxMessage int

	// MaxFragment bounds the plaintext of the records that are sent, in
	// bytes from 64 to 16384; 0 is 16384.
	MaxFragment int

	// PadTo pads TLS 1.3 records that are sent to a multiple of so many
	// bytes, at most 16384 (RFC 9846, Section 5.4); 0 pads nothing.
	PadTo int

	// KeyLog gets the secrets of a connection, in the form of RFC 9850: a
	// label, the client's random and the secret. The slices are valid during
	// the call only.
	KeyLog func(label string, clientRandom, secret []byte)

	// Rewrite is for testers: it may replace any handshake message that this
	// side is about to send, header included. The transcript and the peer
	// see the replacement.
	Rewrite func(t MessageType, msg []byte) []byte

	// Trace is for logs and testers: it is told of every arrow of the diagrams
	// that is taken, after it was.
	Trace func(Step)

	// Tracer is for those who want to see a connection step by step: it is
	// told of every record, message, secret and state. Nil is nobody, and
	// costs nothing. What it is told are all the secrets of the connection. An
	// engine keeps the Tracer of the Config that it was made or thawed with,
	// whatever Config the application chooses later. Its two halves may call
	// it at once.
	Tracer hook.Tracer

	// AllowDetach opts in to Detach, which gives traffic secrets away.
	AllowDetach bool
}

// Step is one arrow that was taken: see DIAGRAMS.md, and [Config.Trace].
type Step struct {
	Client bool // of the client's diagram, not the server's
	From   State
	Input  string // the message's name, or the answer's
	To     State
}

func (cfg *Config) rand() io.Reader {
	if cfg.Rand == nil {
		return rand.Reader
	}
	return cfg.Rand
}

func (cfg *Config) now() time.Time {
	if cfg.Time == nil {
		return time.Now()
	}
	return cfg.Time()
}

// The defaults, which nothing changes.
var (
	defaultSuites     = cipher.Suites()
	defaultGroups     = group.Default()
	defaultSignatures = signature.Default()
)

func (cfg *Config) suites() []*cipher.Suite {
	if cfg.Suites == nil {
		return defaultSuites
	}
	return cfg.Suites
}

func (cfg *Config) groups() []*group.Group {
	if cfg.Groups == nil {
		return defaultGroups
	}
	return cfg.Groups
}

func (cfg *Config) signatures() []*signature.Algorithm {
	if cfg.Signatures == nil {
		return defaultSignatures
	}
	return cfg.Signatures
}

func (cfg *Config) minVersion() Version { return max(cfg.MinVersion, VersionTLS12) }

func (cfg *Config) maxVersion() Version {
	if cfg.MaxVersion == 0 {
		return VersionTLS13
	}
	return cfg.MaxVersion
}

// speaks reports whether the Config allows the version.
// speaks reports whether a version is wanted and has a suite. Who offered one
// without would have it chosen, and fail.
func (cfg *Config) speaks(v Version) bool {
	return cfg.minVersion() <= v && v <= cfg.maxVersion() &&
		slices.ContainsFunc(cfg.suites(), func(s *cipher.Suite) bool { return Version(s.Version) == v })
}

// asks reports whether a question goes to the application.
func (cfg *Config) asks(q Question) bool { return cfg.Ask&q != 0 }

func (cfg *Config) suite(id cipher.ID) *cipher.Suite {
	for _, s := range cfg.suites() {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func (cfg *Config) group(id group.ID) *group.Group {
	for _, g := range cfg.groups() {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (cfg *Config) signature(s signature.Scheme) *signature.Algorithm {
	for _, a := range cfg.signatures() {
		if a.Scheme == s {
			return a
		}
	}
	return nil
}

// keyShares are the groups a client sends shares of: those it was told, or
// the first hybrid and the first plain one.
func (cfg *Config) keyShares() []*group.Group {
	var out []*group.Group
	if cfg.KeyShares != nil {
		for _, id := range cfg.KeyShares {
			out = append(out, cfg.group(id))
		}
		return out
	}
	var hybrid, plain bool
	for _, g := range cfg.groups() {
		seen := &hybrid
		if g.TLS12 {
			seen = &plain
		}
		if !*seen {
			*seen = true
			out = append(out, g)
		}
	}
	return out
}

// sni is the name to send, or "".
func (cfg *Config) sni() string {
	switch {
	case cfg.NoSNI:
		return ""
	case cfg.SNI != "":
		return cfg.SNI
	}
	// "Literal IPv4 and IPv6 addresses are not permitted in "HostName"."
	// RFC 6066, Section 3.
	if looksLikeAddr(cfg.ServerName) {
		if _, err := netip.ParseAddr(cfg.ServerName); err == nil {
			return ""
		}
	}
	return cfg.ServerName
}

// looksLikeAddr reports whether it is worth the while to parse a name as an IP
// address: one ends with a digit or has a colon.
func looksLikeAddr(name string) bool {
	last := name[max(0, len(name)-1):]
	return "0" <= last && last <= "9" || strings.Contains(name, ":")
}

// CheckClient reports what makes the Config unusable for a client.
func (cfg *Config) CheckClient() error {
	if cfg.Roots != nil && cfg.ServerName == "" && !cfg.asks(AskVerdict) {
		return errors.New("a client with Roots needs a ServerName to verify")
	}
	return cfg.check()
}

// CheckServer reports what makes the Config unusable for a server.
func (cfg *Config) CheckServer() error {
	if cfg.MaxEarlyData > 0 && cfg.AntiReplay == nil && !cfg.asks(AskTicket|AskResume) {
		return errors.New("a server with MaxEarlyData needs an AntiReplay, AskTicket or AskResume")
	}
	if cfg.Tickets > MaxTickets {
		return fmt.Errorf("a server sends at most %d tickets", MaxTickets)
	}
	return cfg.check()
}

func (cfg *Config) check() error {
	if cfg.minVersion() > cfg.maxVersion() || cfg.maxVersion() > VersionTLS13 {
		return fmt.Errorf("no version between %v and %v", cfg.minVersion(), cfg.maxVersion())
	}
	if !cfg.speaks(VersionTLS13) && !cfg.speaks(VersionTLS12) {
		return errors.New("no suite for the versions")
	}
	if len(cfg.suites()) == 0 || len(cfg.groups()) == 0 || len(cfg.signatures()) == 0 {
		return errors.New("no suites, no groups or no signatures")
	}
	if max(len(cfg.suites()), len(cfg.groups()), len(cfg.signatures())) > MaxList {
		return fmt.Errorf("more than %d suites, groups or signatures", MaxList)
	}
	if err := cfg.checkKeyShares(); err != nil {
		return err
	}
	if cfg.MaxFragment != 0 && (cfg.MaxFragment < 64 || cfg.MaxFragment > 16384) {
		return errors.New("MaxFragment is not between 64 and 16384")
	}
	if cfg.PadTo < 0 || cfg.PadTo > 16384 {
		return errors.New("PadTo is not between 0 and 16384")
	}
	bad := func(name string) bool { return name == "" || len(name) > MaxALPNName }
	if slices.ContainsFunc(cfg.ALPN, bad) {
		return errors.New("an ALPN name is empty or longer than 255 bytes")
	}
	total := 0
	for _, name := range cfg.ALPN {
		total += 1 + len(name)
	}
	if total > MaxALPN || len(cfg.RetryCookie) > MaxCookie {
		return errors.New("the ALPN names or the RetryCookie are too long")
	}
	if len(cfg.sni()) > 255 || len(cfg.ServerName) > 255 {
		return errors.New("a server name is longer than 255 bytes")
	}
	return cfg.checkVectors()
}

// checkKeyShares: "Clients MUST NOT offer multiple KeyShareEntry values for the
// same group. Clients MUST NOT offer any KeyShareEntry values for groups not
// listed in the client's "supported_groups" extension." RFC 9846, Section
// 4.3.8.
func (cfg *Config) checkKeyShares() error {
	for i, id := range cfg.KeyShares {
		if cfg.group(id) == nil {
			return fmt.Errorf("key share for %v, which is not among Groups", id)
		}
		if slices.Contains(cfg.KeyShares[:i], id) {
			return fmt.Errorf("two key shares for %v", id)
		}
	}
	return nil
}

// checkVectors reports what is too long for the vector it goes into.
func (cfg *Config) checkVectors() error {
	for i, cred := range cfg.Credentials {
		if err := cred.check(); err != nil {
			return fmt.Errorf("credential %d: %w", i, err)
		}
	}
	if len(cfg.TicketContext) > MaxTicketContext {
		return fmt.Errorf("a TicketContext is longer than %d bytes", MaxTicketContext)
	}
	total := 0
	for _, name := range cfg.ClientCAs {
		if len(name) == 0 {
			return errors.New("an empty name among the ClientCAs")
		}
		total += 2 + len(name)
	}
	if total > MaxClientCAs {
		return fmt.Errorf("the ClientCAs are longer than %d bytes", MaxClientCAs)
	}
	return nil
}
