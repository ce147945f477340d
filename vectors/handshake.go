package vectors

import (
	"encoding/binary"
	"time"
)

// A Handshake is a whole connection that two engines of this project had: all
// that makes it repeatable, every byte that either side sent, and what came of
// it. An implementation that draws its random bytes as README.md in this folder
// says must send the same bytes; one that does not can still receive them.
type Handshake struct {
	// Name is the file's name without its extension, as "tls13-resumed".
	Name string
	// Title and Comment say in a line each what the handshake shows.
	Title, Comment string
	// Version is "TLS 1.3" or "TLS 1.2".
	Version string
	// QUIC says that there are no records: what is in Records is then the
	// bytes of CRYPTO frames.
	QUIC bool
	// Time is what the clocks of both sides say.
	Time time.Time
	// Resumes is the Name of the handshake whose session this one resumes, Secret
	// that session's PSK (TLS 1.3) or main secret (TLS 1.2), and Ticket the
	// ticket, if there is one. They are empty for a full handshake.
	Resumes        string
	Secret, Ticket []byte
	// Client and Server are what each side begins with.
	Client, Server Party
	// Records are those of both sides, in the order in which they were sent.
	Records []WireRecord
	// KeyLog has the secrets by the labels of RFC 9850, in the order in which the
	// client had them.
	KeyLog []Value
	// Outcome is what both sides agree on in the end.
	Outcome Outcome
}

// A Party is one side of a [Handshake]: what it draws, and how it is
// configured. Lists are in order of preference.
type Party struct {
	// Rand is all the random bytes it draws, in the order in which it does.
	Rand []byte

	Suites     []string // IANA's names
	Groups     []string // as in RFC 9846, Section 4.3.7
	KeyShares  []string // of Groups; nil leaves it to the client, empty is none
	Signatures []string // as in RFC 9846, Section 4.3.3; nil is what signature.Default says
	ALPN       []string

	ServerName      string
	RootCertificate []byte // DER, that the peer's certificate is verified with
	Certificate     []byte // DER, of this side
	PrivateKey      []byte // PKCS #8
	Staple          []byte // OCSP response to give to who asks
	AsksForStaple   bool   // client

	RequiresCertificate bool   // server: of the client
	RetryCookie         []byte // server: in a HelloRetryRequest
	TicketKey           []byte // server: the one key of handshake.TicketKeys
	Tickets             int    // server: how many it sends in the handshake
	TakesTickets        bool   // client: of TLS 1.2
	KeepsSessions       bool   // server: of TLS 1.2, by their id
	MaxEarlyData        int    // bytes, 0 is none

	MaxVersion      string // the highest it speaks; "" is the handshake's Version
	PadTo           int    // records are padded to a multiple of so many bytes
	MaxFragment     int    // bytes of plaintext in a record, 0 is 2^14
	NoCompatibility bool   // no middlebox compatibility, RFC 9846, Appendix E.4

	TransportParameters []byte // of QUIC
}

// Outcome is what came of a handshake.
type Outcome struct {
	Version, Suite, Group, ALPN string
	Resumed                     bool
	// EarlyData is "accepted", "rejected" or "".
	EarlyData string
	// ServerSignature and ClientSignature are what they signed with, of a
	// resumed session in its full handshake; "" if they did not.
	ServerSignature, ClientSignature string
	// Exporter is 32 bytes of keying material for the label ExporterLabel and the
	// context ExporterContext.
	Exporter []byte
}

// What Outcome.Exporter is for.
const (
	ExporterLabel   = "EXPORTER-tlsengine"
	ExporterContext = "context"
)

// Party returns a side.
func (h *Handshake) Party(of Role) *Party {
	if of == Server {
		return &h.Server
	}
	return &h.Client
}

// Wire returns all the bytes that a side sends, in order.
func (h *Handshake) Wire(sender Role) []byte {
	var b []byte
	for _, r := range h.Records {
		if r.Sender == sender {
			b = append(b, r.Record...)
		}
	}
	return b
}

// LogSecret returns the secret of a label of RFC 9850, or nil.
func (h *Handshake) LogSecret(label string) []byte {
	for _, v := range h.KeyLog {
		if v.Name == label {
			return v.Bytes
		}
	}
	return nil
}

// Messages returns the handshake messages that a side sends, with their
// headers, in order and whole, however they are cut into records.
func (h *Handshake) Messages(sender Role) [][]byte {
	var all []byte
	for _, r := range h.Records {
		if r.Sender == sender && (r.Type == "handshake" || h.QUIC) {
			all = append(all, r.Payload...)
		}
	}
	var list [][]byte
	for len(all) >= 4 {
		n := min(4+int(binary.BigEndian.Uint32(all)&0xffffff), len(all))
		list = append(list, all[:n:n])
		all = all[n:]
	}
	return list
}
