// Package report is what the commands have to say of a connection: as JSON,
// and as the lines that people read.
package report

import (
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
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
}

// PSK is what was resumed with.
type PSK struct {
	Kind string `json:"kind"` // ticket
}

// Session is what may be resumed later.
type Session struct {
	Tickets []Ticket `json:"tickets"` // null when the handshake was not complete
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
	Length int `json:"length"`
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
	if len(cs.PeerStaple) > 0 {
		r.OCSP = &Staple{Length: len(cs.PeerStaple)}
	}
	return r
}

// OfServer is the result as the server knows it.
func OfServer(cs tlsengine.ConnectionState, requested bool) Result {
	r := Of(cs)
	r.Signature, r.OCSP, r.Session.Tickets = nil, nil, nil
	if cs.OwnScheme != 0 {
		r.Signature = registry.CodeOf(registry.SignatureSchemes, cs.OwnScheme)
	}
	r.ClientAuth.Requested, r.ClientAuth.Sent = requested, len(cs.PeerChain) > 0
	if cs.PeerScheme != 0 {
		r.ClientAuth.Signature = registry.CodeOf(registry.SignatureSchemes, cs.PeerScheme)
	}
	return r
}

// TicketOf describes a session that came.
func TicketOf(session []byte) (Ticket, bool) {
	info, err := tlsengine.ReadSession(session)
	if err != nil {
		return Ticket{}, false
	}
	return Ticket{
		Lifetime: int64(info.Expires.Sub(info.Created).Seconds()), MaxEarlyData: int64(info.MaxEarlyData), Length: len(info.Ticket),
	}, true
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
