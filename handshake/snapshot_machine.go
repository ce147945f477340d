package handshake

import (
	"errors"
	"time"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// Machine writes a machine whose outputs have been taken.
//
//	struct {
//	    uint8 role;                             /* 0 client, 1 server            */
//	    Carrier carrier;
//	    State state;
//	    uint8 ended;                            /* an error ended it             */
//	    opaque server_name<0..2^16-1>;          /* client: Config.ServerName     */
//	    Facts facts;
//	    Peer peer;
//	    select (Machine.ended) {
//	        case 0: Living living;
//	        case 1: Empty;
//	    };
//	} Machine;
func (f *Freezer) Machine(m *Machine) {
	if len(m.out.list) > 0 {
		f.fail(errors.New("the machine's outputs have not been taken"))
	}
	f.Uint8(uint8(m.role))
	f.Uint8(uint8(m.carrier))
	f.Uint8(uint8(m.state))
	f.Bool(m.err != nil)
	f.Opaque16([]byte(m.ownName()))
	f.facts(&m.facts)
	f.peer(&m.peer)
	if m.err == nil {
		f.living(m)
	}
}

// ownName is what a Config must have to be that of the machine.
func (c *common) ownName() string {
	if c.role == clientRole {
		return c.cfg.ServerName
	}
	return ""
}

// Machine reads a machine. One that had ended has [ErrEnded]; see
// [Machine.End].
func (t *Thawer) Machine() *Machine {
	c := common{role: role(t.Uint8()), carrier: Carrier(t.Uint8()), state: State(t.Uint8()), cfg: t.cfg}
	if t.cfg != nil {
		c.tracer = t.cfg.Tracer
	}
	ended := t.Bool()
	name := string(t.Vector16())
	if c.role > serverRole || c.carrier > QUIC || c.state >= numStates {
		t.Damaged()
	}
	if t.Err() == nil {
		t.usable(&c, name)
	}
	t.facts(&c.facts)
	t.peer(&c.peer)
	if t.Err() != nil {
		return nil
	}
	m := newMachine(c)
	if ended {
		m.err = ErrEnded
	} else {
		t.living(m)
		t.check(m)
	}
	if t.Err() != nil {
		return nil
	}
	return m
}

// usable holds the Config to what it has to be for any machine.
func (t *Thawer) usable(c *common, name string) {
	if name != c.ownName() {
		t.unfit("it is for another ServerName")
		return
	}
	check := c.cfg.CheckServer
	if c.role == clientRole {
		check = c.cfg.CheckClient
	}
	if err := check(); err != nil {
		t.unfit("%w", err)
	}
}

// newMachine puts the common part under a role.
func newMachine(c common) *Machine {
	if c.role == clientRole {
		out := &client{common: c}
		return &Machine{client: out, common: &out.common}
	}
	out := &server{common: c}
	return &Machine{server: out, common: &out.common}
}

// ErrEnded is the error of a machine that was thawed after it had ended.
var ErrEnded = errors.New("the handshake had ended")

// End ends the machine with an error, if it has not ended yet, and forgets
// everything that is secret. What it agreed on is still told.
//
// "Servers and clients MUST forget the secret values and keys established in
// failed connections". RFC 9846, Section 6.
func (m *Machine) End(err error) {
	if m.err == nil || m.err == ErrEnded {
		m.err = err
	}
	m.t12.wipe()
	if m.after.tls12 != nil {
		*m.after.tls12 = after12{}
	}
	m.out, m.after = outputs{}, afterSecrets{authenticated: m.after.authenticated}
	if m.keys != nil {
		*m.keys = keySecrets{}
	}
	m.keys, m.t12, m.transcript, m.request, m.parameters = nil, nil, nil, nil, nil
	if m.client != nil {
		m.client.offer = nil
	} else {
		m.server.hello, m.server.psk = nil, nil
	}
}

// living writes what only a living machine has.
//
//	struct {
//	    uint8 sent;                             /* since the last flight         */
//	    AfterSecrets after;
//	    optional KeySecrets keys;
//	    optional Stage12 t12;
//	    optional Transcript transcript;
//	    optional CertificateContext request;
//	    optional opaque parameters<0..2^24-1>;
//	    select (Machine.role) {
//	        case client: optional Offer offer;
//	        case server: ServerPart part;
//	    };
//	} Living;
func (f *Freezer) living(m *Machine) {
	f.Bool(m.out.sent)
	f.after(&m.after)
	f.Optional(m.keys != nil, func() { f.keySecrets(m.keys) })
	f.Optional(m.t12 != nil, func() { f.stage12(m.t12) })
	f.Optional(m.transcript != nil, func() { f.transcript(m.transcript) })
	f.Optional(m.request != nil, func() { f.request(m.request) })
	f.Optional(m.parameters != nil, func() { f.Opaque24(m.parameters) })
	if m.client != nil {
		f.Optional(m.client.offer != nil, func() { f.offer(m.client.offer) })
		return
	}
	f.serverPart(m.server)
}

func (t *Thawer) living(m *Machine) {
	m.out.sent = t.Bool()
	t.after(&m.after)
	t.Optional(func() { m.keys = t.keySecrets() })
	t.Optional(func() { m.t12 = t.stage12() })
	t.Optional(func() {
		m.transcript = t.transcript()
		m.transcript.tracer = m.tracer
	})
	t.Optional(func() { m.request = t.request() })
	t.Optional(func() { m.parameters = append([]byte{}, t.Vector24()...) })
	if m.client != nil {
		t.Optional(func() { m.client.offer = t.offer() })
		return
	}
	t.serverPart(m.server)
}

// facts writes what was agreed.
//
//	struct {
//	    ProtocolVersion version;                /* 0 for not yet, and so below   */
//	    CipherSuite suite;
//	    NamedGroup group;
//	    SignatureScheme peer_scheme;
//	    SignatureScheme own_scheme;
//	    opaque alpn<0..2^8-1>;
//	    opaque server_name<0..2^16-1>;
//	    uint8 resumed;
//	    uint8 retried;
//	    EarlyDataStatus early_data;
//	    uint64 ticket_age_skew;                 /* ns, two's complement          */
//	    uint8 extended_main_secret;
//	    uint8 secure_renegotiation;
//	} Facts;
func (f *Freezer) facts(x *Facts) {
	f.Uint16(uint16(x.Version))
	f.Suite(x.Suite)
	f.Uint16(uint16(x.Group))
	f.Uint16(uint16(x.PeerScheme))
	f.Uint16(uint16(x.OwnScheme))
	f.Opaque8([]byte(x.ALPN))
	f.Opaque16([]byte(x.ServerName))
	f.Bool(x.Resumed)
	f.Bool(x.Retried)
	f.Uint8(uint8(x.EarlyData))
	f.Uint64(uint64(x.TicketAgeSkew))
	f.Bool(x.EMS)
	f.Bool(x.SecureRenegotiation)
}

func (t *Thawer) facts(x *Facts) {
	*x = Facts{
		Version: Version(t.Uint16()), Suite: t.Suite(), Group: group.ID(t.Uint16()),
		PeerScheme: signature.Scheme(t.Uint16()), OwnScheme: signature.Scheme(t.Uint16()),
		ALPN: string(t.Vector8()), ServerName: string(t.Vector16()),
		Resumed: t.Bool(), Retried: t.Bool(), EarlyData: t.early(),
		TicketAgeSkew: time.Duration(t.Uint64()), EMS: t.Bool(), SecureRenegotiation: t.Bool(),
	}
	t.agreed(x)
}

func (t *Thawer) early() EarlyDataStatus {
	s := EarlyDataStatus(t.Uint8())
	if int(s) >= len(earlyDataNames) {
		t.Damaged()
	}
	return s
}

// peer writes what is known of the peer's certificate.
//
//	struct {
//	    opaque certificate<0..2^24-1>;          /* DER, each <0..2^24-1>         */
//	    opaque staple<0..2^24-1>;
//	    uint8 proved;
//	} Peer;
func (f *Freezer) peer(p *peer) {
	f.list(p.chain)
	f.Opaque24(p.staple)
	f.Bool(p.proved)
}

func (t *Thawer) peer(p *peer) {
	*p = peer{chain: t.list(), staple: t.Opaque24(), proved: t.Bool()}
}

// after writes the secrets that outlive the handshake.
//
//	struct {
//	    opaque exporter_secret<0..48>;
//	    opaque early_exporter_secret<0..48>;
//	    opaque resumption_secret<0..48>;
//	    uint32 tickets;
//	    uint64 authenticated;                   /* ms since 1970                 */
//	    optional Exporter12 exporter12;
//	    opaque session_id<0..2^8-1>;            /* in Config.SessionCache        */
//	} AfterSecrets;
//
//	struct {
//	    opaque main_secret<0..48>;
//	    opaque client_random[32];
//	    opaque server_random[32];
//	} Exporter12;
func (f *Freezer) after(s *afterSecrets) {
	f.secret(&s.exporter)
	f.secret(&s.earlyExporter)
	f.secret(&s.resumption)
	f.Uint32(s.tickets)
	f.Uint64(uint64(s.authenticated))
	f.Optional(s.tls12 != nil, func() {
		f.secret(&s.tls12.main)
		f.Bytes(s.tls12.clientRandom[:])
		f.Bytes(s.tls12.serverRandom[:])
	})
	f.Opaque8(s.sessionID)
}

func (t *Thawer) after(s *afterSecrets) {
	*s = afterSecrets{
		exporter: t.secret(), earlyExporter: t.secret(), resumption: t.secret(),
		tickets: t.Uint32(), authenticated: int64(t.Uint64()),
	}
	t.Optional(func() {
		s.tls12 = &after12{main: t.secret()}
		t.fill(s.tls12.clientRandom[:])
		t.fill(s.tls12.serverRandom[:])
	})
	s.sessionID = t.opaque8()
}

// Ended is a machine that never was anything but ended by an error.
func Ended(cfg *Config, err error) *Machine { return newMachine(common{cfg: cfg, err: err}) }

// Ended reports whether an error has ended the machine.
func (m *Machine) Ended() bool { return m.err != nil }

// Carrier is what carries the handshake.
func (m *Machine) Carrier() Carrier { return m.carrier }
