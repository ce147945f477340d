package handshake

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// Request is a question to the application: one of [*ConfigRequest],
// [*TicketRequest], [*ResumeRequest], [*ParametersRequest], [*CredentialRequest],
// [*SignatureRequest] and [*VerdictRequest]. It is a function of the
// handshake's state and says the same as long as it is not answered. All it
// holds is the receiver's to keep.
type Request interface{ request() }

// ConfigRequest asks a server's application which Config to go on with, now
// that the ClientHello is known. Answered by UseConfig.
type ConfigRequest struct {
	Hello ClientHelloInfo
}

// ClientHelloInfo is what a ClientHello offers.
type ClientHelloInfo struct {
	ServerName string
	ALPN       []string
	Versions   []Version
	Suites     []cipher.ID
	Groups     []group.ID
	KeyShares  []group.ID
	Signatures []signature.Scheme
	Parameters []byte // QUIC transport parameters; nil if there are none
	Raw        []byte // the whole message, header included
}

// TicketRequest asks a server's application whose PSK identity, ticket or
// session id this is. Answered by Ticket.
type TicketRequest struct {
	Version       Version
	Identity      []byte // a ticket or an external identity, as the client sent it
	SessionID     bool   // TLS 1.2: Identity is a session id. One that no session has is no error
	Index         int    // its place among those offered
	ObfuscatedAge uint32 // milliseconds, plus the ticket's ticket_age_add
	Early         bool   // the client sends early data under it (index 0 only)
	ReplayID      []byte // unique to this ClientHello: seen before means replayed
}

// TicketAnswer is the application's answer to a [TicketRequest].
type TicketAnswer struct {
	// Session is what the ticket stands for, in the form that
	// TicketKeys.Open gives; nil declines this identity.
	Session []byte

	// Early lets early data be taken, if all else allows it.
	Early bool

	// Renew sends the client a new ticket. TLS 1.2; TLS 1.3 always does.
	Renew bool
}

// ResumeRequest asks a server's application whether to resume a session that
// could be: the ticket is ours, the client has its secret, and the Config
// allows it. In TLS 1.2 the client's Finished will show whether it has it.
// Answered by Resume.
type ResumeRequest struct {
	Session     []byte // for [ReadSession]
	Application []byte // what the application sealed into the ticket
	ReplayID    []byte // unique to this ClientHello: seen before means replayed; nil in TLS 1.2

	// EarlyData says what becomes of early data under [ResumeEarly]:
	// EarlyDataAccepted, or the reason why it is not.
	EarlyData EarlyDataStatus
}

// ResumeAnswer is the application's answer to a [ResumeRequest].
type ResumeAnswer uint8

// The answers.
const (
	ResumeNo    ResumeAnswer = iota // a full handshake
	ResumeOnly                      // without early data
	ResumeEarly                     // with early data, where it can be
)

// ParametersRequest asks a QUIC server's application for its transport
// parameters, now that the client's are known. Answered by SetParameters.
type ParametersRequest struct {
	Peer []byte

	Resumed     bool   // a session is being resumed
	EarlyData   bool   // with early data: what it was told before must hold
	Application []byte // what the application sealed into the ticket
}

// CredentialRequest asks which credential to answer with. Answered by
// UseCredential, with nil for none: a client then sends an empty Certificate,
// a server refuses.
type CredentialRequest struct {
	Version     Version
	ServerName  string // server: the name that the client wants
	Schemes     []signature.Scheme
	Authorities [][]byte // DER names of the anchors that the peer has; empty is any
	ECDSA, RSA  bool     // TLS 1.2: what the suites or certificate types allow; both in TLS 1.3

	// CertificateTypes are what a server of TLS 1.2 said, from which ECDSA and
	// RSA follow.
	CertificateTypes []ClientCertificateType

	// Curves are those that an ECDSA key may be on, in TLS 1.2; nil is any.
	Curves []group.ID
}

// Accepts reports whether the peer can take a signature of the credential's.
func (r *CredentialRequest) Accepts(c *Credential) bool {
	return c.scheme(r.Version, r.Schemes) != 0 && takesCurve(r.Curves, c)
}

// SignatureRequest asks for a signature. Answered by Signed.
type SignatureRequest struct {
	Scheme  signature.Scheme
	Message []byte   // what is signed, not hashed
	Chain   [][]byte // whose key signs
}

// VerdictRequest asks whether the peer's chain is good. Answered by Verified.
// Nothing of ours that ends the handshake leaves before.
type VerdictRequest struct {
	Chain      [][]byte // DER, the leaf first, as the peer sent it; the leaf has parsed
	ServerName string   // client: the name asked for
	Staple     []byte   // a stapled OCSP response
	Scheme     signature.Scheme
	Resumed    bool // the chain is that of the session being resumed
}

func (*ConfigRequest) request()     {}
func (*TicketRequest) request()     {}
func (*ResumeRequest) request()     {}
func (*ParametersRequest) request() {}
func (*CredentialRequest) request() {}
func (*SignatureRequest) request()  {}
func (*VerdictRequest) request()    {}

// clone returns a deep copy of a list of byte strings.
func clone(list [][]byte) [][]byte {
	if list == nil {
		return nil
	}
	out := make([][]byte, len(list))
	for i, b := range list {
		out[i] = slices.Clone(b)
	}
	return out
}
