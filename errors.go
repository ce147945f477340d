package tlsengine

import (
	"errors"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// AlertError says that this side refused the peer, with which alert and why.
type AlertError = alert.Error

// PeerAlertError says that the peer ended the connection with an alert.
type PeerAlertError = alert.PeerError

// Alert is an AlertDescription of RFC 9846, Section 6.
type Alert = alert.Alert

// Reason says, more exactly than an alert does, what was wrong.
type Reason = alert.Reason

// Refuse is the answer to a question that refuses the peer with the alert of
// the caller's choice.
func Refuse(a Alert, detail string) *AlertError {
	return &AlertError{Alert: a, Reason: alert.AccessRefused, Detail: detail}
}

// What a caller did wrong, or too early or late. These change nothing, and
// the peer never hears of them.
var (
	// ErrNotPending: an answer to a question that is not open.
	ErrNotPending = handshake.ErrNotPending

	// ErrHandshakeNotDone: too early for what was asked.
	ErrHandshakeNotDone = handshake.ErrNotDone

	// ErrNoEMS: a TLS 1.2 connection without the extended main secret exports
	// no keying material: RFC 7627, Section 5.4.
	ErrNoEMS = handshake.ErrNoEMS

	// ErrNoTicket: no ticket can be sent: by a client, without TicketKeys, to a
	// client that takes none, or with too much data for one.
	ErrNoTicket = handshake.ErrNoTicket

	// ErrNoALPN: a QUIC client's Config without ALPN.
	ErrNoALPN = handshake.ErrNoALPN

	// ErrSharesTooLong: a client's key shares, by Groups of the Config's own,
	// are longer than a ClientHello may hold.
	ErrSharesTooLong = handshake.ErrSharesTooLong

	// ErrParameters: QUIC transport parameters that are too long.
	ErrParameters = handshake.ErrParameters

	// ErrCredential: a Credential without certificates, with an empty one, or
	// too long.
	ErrCredential = handshake.ErrCredential

	// ErrPending: Feed got bytes while a question is pending.
	ErrPending = errors.New("a question is pending; answer it first")

	// ErrClosed: this side has said close_notify, and sends nothing more.
	ErrClosed = errors.New("this side of the connection is closed")

	// ErrNoEarlyData: early data cannot be sent: it was not offered, not
	// accepted, or its time is over.
	ErrNoEarlyData = errors.New("early data cannot be sent now")

	// ErrEarlyDataLimit: more early data than the session or the Config allow.
	ErrEarlyDataLimit = errors.New("more early data than the session allows")

	// ErrKeyUpdate: keys cannot change, in TLS 1.2 or after 2^48-1 changes.
	ErrKeyUpdate = errors.New("keys are updated in TLS 1.3 only, and 2^48-1 times at most")

	// ErrKeyLimit: the keys, which cannot change, would seal more records than
	// is safe. Nothing was sent.
	ErrKeyLimit = errors.New("more records than the keys may protect")
)

// ErrTruncated is what [Engine.TransportEOF] makes of an end of the transport
// without close_notify: data may be missing.
var ErrTruncated = errors.New("the peer's data ended without close_notify")
