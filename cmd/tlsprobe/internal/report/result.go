// Package report is what the commands have to say of a connection: as JSON,
// and as the lines that people read.
package report

import (
	"crypto/x509"
	"encoding/hex"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/trace"
)

// Result is what was negotiated, as far as it was.
type Result struct {
	Version     *registry.Code `json:"version"`
	Suite       *registry.Code `json:"suite"`
	Group       *registry.Code `json:"group"`
	Signature   *registry.Code `json:"signature"`
	ALPN        *string        `json:"alpn"`
	Resumed     bool           `json:"resumed"`
	HRR         bool           `json:"hrr"`
	PSK         *PSK           `json:"psk"`
	EarlyData   string         `json:"early_data"` // not_offered, accepted or rejected
	EarlyWhy    string         `json:"early_data_reason,omitempty"`
	EMS         bool           `json:"ems"`
	SecureReneg bool           `json:"secure_renegotiation"`
	Session     Session        `json:"session"`
	ClientAuth  ClientAuth     `json:"client_auth"`
	OCSP        *Staple        `json:"ocsp"`
	SCTs        []SCT          `json:"scts"` // in the certificate

	// What this engine never offers, in the words of a report that may come to
	// say something else.
	ECH         ECH         `json:"ech"`
	Compression Compression `json:"compression"`
	RawKey      bool        `json:"raw_public_key"`
	Delegated   bool        `json:"delegated_credential"`
}

// ECH is what became of Encrypted Client Hello.
type ECH struct {
	Offered    bool    `json:"offered"`
	Accepted   bool    `json:"accepted"`
	Retry      []byte  `json:"retry_configs_b64"`
	PublicName *string `json:"public_name"`
}

// Compression is what was compressed, and how.
type Compression struct {
	Certificate *registry.Code `json:"certificate"`
}

// SCT is a signed certificate timestamp.
type SCT struct {
	LogID string     `json:"log_id"`
	Time  trace.Time `json:"time"`
}

// SCTsOf are the timestamps in a certificate.
func SCTsOf(cert *x509.Certificate) []SCT {
	list := []SCT{}
	for _, sct := range pki.SCTs(cert) {
		list = append(list, SCT{LogID: hex.EncodeToString(sct.Log[:]), Time: trace.At(sct.Time)})
	}
	return list
}

// PSK is what was resumed with.
type PSK struct {
	Kind string `json:"kind"` // ticket
}

// Session is what may be resumed later.
type Session struct {
	Tickets []Ticket `json:"tickets"`    // null when the handshake was not complete
	ID      *string  `json:"session_id"` // of a session that a TLS 1.2 server keeps
}

// Ticket is one session ticket.
type Ticket struct {
	Lifetime     int64 `json:"lifetime_s"`
	MaxEarlyData int64 `json:"max_early_data"`
	Length       int   `json:"length"`
}

// ClientAuth is what the server wanted of the client.
type ClientAuth struct {
	Requested   bool           `json:"requested"`
	Authorities []string       `json:"authorities"`
	Sent        bool           `json:"sent"`
	Signature   *registry.Code `json:"signature,omitempty"`
}

// Staple is a stapled OCSP response.
type Staple struct {
	Length     int         `json:"length"`
	Status     *string     `json:"status"` // good, revoked, unknown; null if it cannot be read
	Signed     string      `json:"signed"` // by the certificate's issuer: yes, no, unknown
	ThisUpdate *trace.Time `json:"this_update"`
	NextUpdate *trace.Time `json:"next_update"`
	RevokedAt  *trace.Time `json:"revoked_at,omitempty"`
	Message    string      `json:"message,omitempty"` // why there is no status
}

// StapleOf describes a response that came with a chain; nil if none came.
func StapleOf(response []byte, chain, path []*x509.Certificate) *Staple {
	if len(response) == 0 {
		return nil
	}
	s := pki.ReadStaple(response, chain, path)
	when := func(t time.Time) *trace.Time {
		if t.IsZero() {
			return nil
		}
		at := trace.At(t)
		return &at
	}
	return &Staple{Length: len(response), Status: some(s.Status), Signed: s.Signed, Message: s.Reason,
		ThisUpdate: when(s.ThisUpdate), NextUpdate: when(s.NextUpdate), RevokedAt: when(s.RevokedAt)}
}

// Text is the response in a line.
func (s *Staple) Text() string {
	if s.Status == nil {
		return text.Plural(s.Length, "byte") + ", not read: " + text.Clean(s.Message)
	}
	line := *s.Status
	if s.RevokedAt != nil {
		line += " on " + date(s.RevokedAt.Time)
	}
	line += " as of " + date(s.ThisUpdate.Time)
	if s.NextUpdate != nil {
		line += ", next " + date(s.NextUpdate.Time)
	}
	return line + map[string]string{"yes": ", signed by the issuer", "no": ", NOT SIGNED by the issuer", "unknown": ", the issuer is not known"}[s.Signed]
}

// What became of early data.
const (
	EarlyNotOffered = "not_offered"
	EarlyAccepted   = "accepted"
	EarlyRejected   = "rejected"
)

// Of is the result of a connection. Tickets, early data and client_auth are
// for the caller to add.
func Of(cs tlsengine.ConnectionState) Result {
	r := Result{
		Resumed: cs.Resumed, HRR: cs.Retried, EMS: cs.EMS, SecureReneg: cs.SecureRenegotiation, EarlyData: EarlyNotOffered,
		ClientAuth: ClientAuth{Authorities: []string{}},
	}
	if cs.HandshakeDone {
		r.Session.Tickets = []Ticket{}
	}
	if cs.EarlyData != handshake.EarlyDataDisabled && cs.EarlyData != handshake.EarlyDataAccepted {
		r.EarlyWhy = cs.EarlyData.String()
	}
	if cs.Version != 0 {
		r.Version = registry.CodeOf(registry.Versions, cs.Version)
	}
	if cs.Suite != nil {
		r.Suite = registry.CodeOf(registry.CipherSuites, cs.Suite.ID)
	}
	if cs.Group != 0 {
		r.Group = registry.CodeOf(registry.Groups, cs.Group)
	}
	if cs.PeerScheme != 0 {
		r.Signature = registry.CodeOf(registry.SignatureSchemes, cs.PeerScheme)
	}
	if cs.ALPN != "" {
		r.ALPN = &cs.ALPN
	}
	if cs.Resumed {
		r.PSK = &PSK{Kind: "ticket"}
	}
	r.SCTs = []SCT{}
	if chain := parsed(cs.PeerChain); len(chain) > 0 {
		r.OCSP, r.SCTs = StapleOf(cs.PeerStaple, chain, nil), SCTsOf(chain[0])
	}
	return r
}

// parsed are the certificates of a chain, up to one that cannot be read.
func parsed(chain [][]byte) (list []*x509.Certificate) {
	for _, der := range chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return list
		}
		list = append(list, cert)
	}
	return list
}

// OfServer is the result as the server knows it.
func OfServer(cs tlsengine.ConnectionState, requested bool) Result {
	r := Of(cs)
	r.Signature, r.OCSP, r.SCTs, r.Session.Tickets = nil, nil, []SCT{}, nil
	if cs.OwnScheme != 0 {
		r.Signature = registry.CodeOf(registry.SignatureSchemes, cs.OwnScheme)
	}
	r.ClientAuth.Requested, r.ClientAuth.Sent = requested, len(cs.PeerChain) > 0
	if cs.PeerScheme != 0 {
		r.ClientAuth.Signature = registry.CodeOf(registry.SignatureSchemes, cs.PeerScheme)
	}
	return r
}

// Add describes a session that came: a ticket, or the id of one that the
// server keeps.
func (s *Session) Add(session []byte) {
	info, err := tlsengine.ReadSession(session)
	if err != nil {
		return
	}
	if len(info.Ticket) == 0 {
		id := hex.EncodeToString(info.SessionID)
		s.ID = &id
		return
	}
	s.Tickets = append(s.Tickets, Ticket{
		Lifetime: int64(info.Expires.Sub(info.Created).Seconds()), MaxEarlyData: int64(info.MaxEarlyData), Length: len(info.Ticket),
	})
}

// classical is the word for groups that a quantum computer breaks.
const classical = "not post-quantum"

// Quantum says what a group is worth against a quantum computer.
func Quantum(group *registry.Code) string {
	name := strings.ToUpper(group.String())
	switch {
	case !strings.Contains(name, "MLKEM") && !strings.Contains(name, "KYBER"):
		return classical
	case strings.HasPrefix(name, "MLKEM"):
		return "post-quantum"
	}
	return "hybrid, post-quantum"
}
