package handshake

import (
	"errors"
	"time"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/signature"
)

// session is what two sides keep of a connection to resume it. A client
// stores it with the ticket; a server seals it into the ticket. Its bytes, in
// the presentation language of RFC 9846, Section 3:
//
//	struct {
//	    uint8 format = 1;               /* new fields are only ever appended */
//	    uint16 version;
//	    CipherSuite cipher_suite;
//	    uint64 authenticated;           /* ms since 1970: the full handshake  */
//	    uint64 created;                 /* ms since 1970: this ticket         */
//	    uint32 lifetime;                /* seconds                            */
//	    uint32 age_add;
//	    uint32 max_early_data;
//	    SignatureScheme scheme;         /* the peer's; 0 for none             */
//	    uint8 extended_main_secret;     /* TLS 1.2                            */
//	    opaque secret<1..2^8-1>;        /* PSK, or TLS 1.2 main secret        */
//	    opaque alpn<0..2^8-1>;
//	    opaque server_name<0..2^8-1>;
//	    opaque context<0..2^16-1>;      /* Config.TicketContext               */
//	    opaque application<0..2^16-1>;  /* the application's own              */
//	    opaque certificate<0..2^24-1>;  /* chain of the peer, the same in each */
//	    opaque ticket<0..2^16-1>;       /* client only                        */
//	    opaque session_id<0..32>;       /* TLS 1.2, client only               */
//	    opaque staple<0..2^24-1>;       /* the peer's OCSP response           */
//	    NamedGroup group;               /* TLS 1.2                            */
//	    uint8 carrier;                  /* 0 records, 1 QUIC                  */
//	} Session;
type session struct {
	version       Version
	suite         cipher.ID
	authenticated int64
	created       int64
	lifetime      uint32
	ageAdd        uint32
	maxEarlyData  uint32
	scheme        signature.Scheme
	ems           bool
	secret        []byte
	alpn          string
	serverName    string
	context       []byte
	application   []byte
	chain         [][]byte
	ticket        []byte
	sessionID     []byte
	staple        []byte
	group         group.ID
	carrier       Carrier
}

const sessionFormat = 1

var errSession = errors.New("not a session of this package")

func (s *session) append(dst []byte) []byte {
	w := wire.NewBuilder(dst)
	w.Uint8(sessionFormat)
	w.Uint16(uint16(s.version))
	w.Uint16(uint16(s.suite))
	w.Uint64(uint64(s.authenticated))
	w.Uint64(uint64(s.created))
	w.Uint32(s.lifetime)
	w.Uint32(s.ageAdd)
	w.Uint32(s.maxEarlyData)
	w.Uint16(uint16(s.scheme))
	if s.ems {
		w.Uint8(1)
	} else {
		w.Uint8(0)
	}
	w.Opaque8(s.secret)
	w.Opaque8([]byte(s.alpn))
	w.Opaque8([]byte(s.serverName))
	w.Opaque16(s.context)
	w.Opaque16(s.application)
	w.Vector24(func() {
		for _, cert := range s.chain {
			w.Opaque24(cert)
		}
	})
	w.Opaque16(s.ticket)
	w.Opaque8(s.sessionID)
	w.Opaque24(s.staple)
	w.Uint16(uint16(s.group))
	w.Uint8(uint8(s.carrier))
	return w.Result()
}

// parseSession reads a session; its slices alias b.
func parseSession(b []byte) (*session, error) {
	r := wire.NewReader(b)
	if r.Uint8() != sessionFormat {
		return nil, errSession
	}
	s := &session{
		version:       Version(r.Uint16()),
		suite:         cipher.ID(r.Uint16()),
		authenticated: int64(r.Uint64()),
		created:       int64(r.Uint64()),
		lifetime:      r.Uint32(),
		ageAdd:        r.Uint32(),
		maxEarlyData:  r.Uint32(),
		scheme:        signature.Scheme(r.Uint16()),
		ems:           r.Uint8() == 1,
		secret:        r.NonEmpty8(),
		alpn:          string(r.Vector8()),
		serverName:    string(r.Vector8()),
		context:       r.Vector16(),
		application:   r.Vector16(),
	}
	chain := wire.NewReader(r.Vector24())
	for !chain.Empty() {
		s.chain = append(s.chain, chain.NonEmpty24())
	}
	s.ticket = r.Vector16()
	s.sessionID = r.Vector8()
	s.staple = r.Vector24()
	s.group = group.ID(r.Uint16())
	s.carrier = Carrier(r.Uint8())
	if !r.Done() || chain.Failed() || len(s.chain) > MaxChainLength {
		return nil, errSession
	}
	return s, nil
}

// age is how long ago the ticket was made, by this side's clock.
func (s *session) age(now time.Time) time.Duration {
	return time.Duration(now.UnixMilli()-s.created) * time.Millisecond
}

// fresh reports whether the ticket may still be used: it is not from the
// future, not past its lifetime, and the peer proved itself not too long ago.
//
// "Clients MUST NOT use tickets for longer than 7 days after issuance,
// regardless of the ticket_lifetime". RFC 9846, Section 4.7.1.
func (s *session) fresh(now time.Time) bool {
	lifetime := time.Duration(min(s.lifetime, TicketLifetime)) * time.Second
	proved := time.Duration(now.UnixMilli()-s.authenticated) * time.Millisecond
	return s.age(now) >= 0 && s.age(now) <= lifetime && proved <= TicketLifetime*time.Second
}

// SessionInfo is what the bytes of a session say that an application may want
// to know. The secret stays inside.
type SessionInfo struct {
	Version      Version
	Suite        cipher.ID
	ServerName   string
	ALPN         string
	Created      time.Time
	Expires      time.Time
	MaxEarlyData uint32
	AgeAdd       uint32   // ticket_age_add
	Ticket       []byte   // client: what goes over the wire; nil if SessionID does
	SessionID    []byte   // client: of a session of TLS 1.2 that the server keeps; nil if there is a ticket
	Application  []byte   // what the application attached
	PeerChain    [][]byte // the peer's certificates in DER, the leaf first; nil if it had none
}

// ReadSession says what is in a session (the Data of an EventNewSession).
func ReadSession(b []byte) (SessionInfo, error) {
	s, err := parseSession(b)
	if err != nil {
		return SessionInfo{}, err
	}
	created := time.UnixMilli(s.created)
	if len(s.ticket) > 0 {
		s.sessionID = nil
	}
	return SessionInfo{
		Version: s.version, Suite: s.suite, ServerName: s.serverName, ALPN: s.alpn,
		Created: created, Expires: created.Add(time.Duration(s.lifetime) * time.Second),
		MaxEarlyData: s.maxEarlyData, AgeAdd: s.ageAdd, Ticket: s.ticket, SessionID: s.sessionID, Application: s.application,
		PeerChain: s.chain,
	}, nil
}

// AttachToSession returns the session with the application's own data in it,
// in place of what was attached before. At most 65535 bytes.
func AttachToSession(b, data []byte) ([]byte, error) {
	s, err := parseSession(b)
	if err != nil {
		return nil, err
	}
	if len(data) > 0xffff {
		return nil, errors.New("more than 65535 bytes to attach")
	}
	s.application = data
	return s.append(nil), nil
}
