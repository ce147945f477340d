package handshake

import (
	"crypto/x509"
	"errors"
	"time"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// ErrNotPending is returned by an answer to a question that is not open.
var ErrNotPending = errors.New("that question is not pending")

// ErrNoEMS is returned by Export in TLS 1.2 without extended_master_secret.
var ErrNoEMS = errors.New("keying material is not exported without the extended main secret: RFC 7627, Section 5.4")

// ErrNoTicket is returned where no ticket can be sent: by a client, without
// TicketKeys, to a client that takes none, or with too much data for one.
var ErrNoTicket = errors.New("no ticket can be sent")

// ErrNotDone is returned for what needs a complete handshake.
var ErrNotDone = errors.New("the handshake is not complete")

// Carrier says what carries the handshake. The machine is the same; the
// carrier decides a few things that are on the wire.
type Carrier uint8

// The carriers.
const (
	Records Carrier = iota // TLS records over a stream
	QUIC                   // CRYPTO frames: RFC 9001, Section 4
)

// Machine is one side of a handshake, client or server: whole messages and
// answers go in, an ordered list of outputs comes out. It knows no records,
// does no I/O, and all it holds is data.
type Machine struct {
	client *client
	server *server
	*common
}

// role is which side this is.
type role uint8

const (
	clientRole role = iota
	serverRole
)

// common is what both roles hold. The groups that pointers lead to live as
// long as their comment says and are nil before and after.
type common struct {
	role    role
	cfg     *Config
	carrier Carrier
	state   State
	tracer  hook.Tracer // nil: nobody looks
	err     error       // sticky: what ended the handshake
	out     outputs

	facts Facts       // what was agreed
	keys  *keySecrets // from the hellos to CONNECTED
	t12   *stage12    // TLS 1.2: from the hellos to CONNECTED12
	after afterSecrets

	transcript *transcript         // to CONNECTED
	peer       peer                // chain and what was proved of it
	request    *certificateContext // what the peer takes as our proof
	parameters []byte              // QUIC: ours
}

// keySecrets are the stages of the key schedule, RFC 9846, Section 7.1.
type keySecrets struct {
	clientRandom [32]byte
	early        keyschedule.EarlySecret
	earlyTraffic keyschedule.Secret // server: client_early_traffic_secret
	handshake    keyschedule.HandshakeSecret
	main         keyschedule.MainSecret
	client       keyschedule.Secret // client_handshake_traffic_secret
	server       keyschedule.Secret // server_handshake_traffic_secret
	clientApp    keyschedule.Secret // client_application_traffic_secret_0
	serverApp    keyschedule.Secret // server_application_traffic_secret_0
}

// afterSecrets are those that outlive the handshake.
type afterSecrets struct {
	exporter      keyschedule.Secret
	earlyExporter keyschedule.Secret
	resumption    keyschedule.Secret
	tickets       uint32 // made so far: the next ticket_nonce
	authenticated int64  // ms since 1970: the full handshake behind all this

	tls12     *after12 // TLS 1.2: for exporters
	sessionID []byte   // TLS 1.2 server: of the session in Config.SessionCache
}

// peer is what is known of the other side's certificate.
type peer struct {
	chain  [][]byte // DER, ours
	staple []byte
	key    any               // the leaf's public key, to CertificateVerify; rebuilt from chain
	leaf   *x509.Certificate // to the verdict; rebuilt from chain
	known  *knownChain       // to the verdict, if Config.Chains knew the chain
	proved bool
}

// Facts are what the two sides agreed on.
type Facts struct {
	Version       Version
	Suite         *cipher.Suite
	Group         group.ID         // of the key exchange; when TLS 1.2 resumes, of the first one
	PeerScheme    signature.Scheme // that the peer signed with; 0 if it did not
	OwnScheme     signature.Scheme // that we signed with; 0 if we did not
	ALPN          string
	ServerName    string // server: what the client asked for
	Resumed       bool
	Retried       bool // there was a HelloRetryRequest
	EarlyData     EarlyDataStatus
	TicketAgeSkew time.Duration // server: how much older the client believes its ticket to be
	EMS           bool          // extended main secret, or TLS 1.3

	// SecureRenegotiation: the peer knows of RFC 5746, or it is TLS 1.3.
	// There is no renegotiation here either way.
	SecureRenegotiation bool
}

// NewClient returns a client that has not said anything yet.
func NewClient(cfg *Config, carrier Carrier, parameters []byte) (*Machine, error) {
	if err := cfg.CheckClient(); err != nil {
		return nil, err
	}
	if err := cfg.checkCarrier(carrier, parameters); err != nil {
		return nil, err
	}
	if carrier == QUIC && len(cfg.ALPN) == 0 {
		return nil, ErrNoALPN
	}
	c := &client{}
	c.common = common{role: clientRole, cfg: cfg, carrier: carrier, parameters: parameters, tracer: cfg.Tracer, transcript: &transcript{tracer: cfg.Tracer}}
	return &Machine{client: c, common: &c.common}, nil
}

// NewServer returns a server that waits for the ClientHello. Under QUIC it
// asks for parameters if they are nil.
func NewServer(cfg *Config, carrier Carrier, parameters []byte) (*Machine, error) {
	if err := cfg.CheckServer(); err != nil {
		return nil, err
	}
	if err := cfg.checkCarrier(carrier, parameters); err != nil {
		return nil, err
	}
	s := &server{}
	s.common = common{role: serverRole, cfg: cfg, carrier: carrier, parameters: parameters, tracer: cfg.Tracer, transcript: &transcript{tracer: cfg.Tracer}}
	return &Machine{server: s, common: &s.common}, nil
}

// Start makes a client say its ClientHello. A server waits.
func (m *Machine) Start() error {
	if m.client == nil || m.state != Start {
		return nil
	}
	if err := m.client.start(); err != nil {
		return m.fail(err)
	}
	m.tellState()
	m.endOfFlight()
	return nil
}

// Message takes one whole message of the peer's, header included, and keeps
// nothing of it. The error is the handshake's end and stays.
func (m *Machine) Message(raw []byte) error {
	if m.err != nil {
		return m.err
	}
	m.tellReceived(raw)
	kind, err := m.classify(raw)
	if err != nil {
		return m.fail(err)
	}
	return m.run(&input{kind: kind, raw: raw})
}

// ChangeCipherSpec takes the peer's ChangeCipherSpec, whose content the carrier
// has checked: an input like a message, where [Machine.TakesChangeCipherSpec].
// The error is the handshake's end and stays.
func (m *Machine) ChangeCipherSpec() error {
	if m.err != nil {
		return m.err
	}
	return m.run(&input{kind: changeCipherSpec})
}

// TakesChangeCipherSpec reports whether a change_cipher_spec record is an input
// of the machine: it is, unless it may be TLS 1.3, where it means nothing.
func (m *Machine) TakesChangeCipherSpec() bool {
	if m.facts.Version == 0 {
		return !m.cfg.speaks(VersionTLS13)
	}
	return m.facts.Version == VersionTLS12
}

// answered takes the application's answer to what the state asks.
func (m *Machine) answered(kind inputKind, a answer) error {
	if m.err != nil {
		return m.err
	}
	if !m.state.Awaits() || !m.takes(kind) {
		return ErrNotPending
	}
	return m.run(&input{kind: kind, answer: a})
}

// run takes the arrow for the input, and then those for the answers that the
// Config has ready.
func (m *Machine) run(in *input) error {
	for more := true; more; {
		next, err := m.step(in)
		if err != nil {
			return m.fail(err)
		}
		if m.cfg.Trace != nil {
			m.cfg.Trace(Step{m.client != nil, m.state, in.kind.String(), next})
		}
		m.state = next
		m.tellState()
		*in, more = m.ready()
	}
	m.endOfFlight()
	return nil
}

func (m *Machine) step(in *input) (State, error) {
	if m.client != nil {
		return clientDiagram.step(m.client, m.state, in)
	}
	return serverDiagram.step(m.server, m.state, in)
}

// takes reports whether the state has an arrow for the input.
func (m *Machine) takes(k inputKind) bool {
	if m.client != nil {
		return clientDiagram[m.state][k].do != nil
	}
	return serverDiagram[m.state][k].do != nil
}

// fail makes an error sticky.
func (m *Machine) fail(err error) error {
	if err != nil && m.err == nil {
		var known *alert.Error
		if !errors.As(err, &known) {
			err = alert.Internal.Wrap(err, "the handshake cannot go on")
		}
		m.err = err
	}
	return m.err
}

// IsClient reports the role.
func (m *Machine) IsClient() bool { return m.client != nil }

// State is where the machine is.
func (m *Machine) State() State { return m.state }

// Done reports whether the handshake is complete.
func (m *Machine) Done() bool { return m.state == Connected || m.state == Connected12 }

// Facts are what was agreed so far.
func (m *Machine) Facts() *Facts { return &m.facts }

// Config is the one in force: a server's may have been chosen after the
// ClientHello.
func (m *Machine) Config() *Config { return m.cfg }

// PeerChain is the peer's certificates in DER, the leaf first, as they were
// sent; nil if there are none. It belongs to the machine.
func (m *Machine) PeerChain() [][]byte { return m.peer.chain }

// PeerStaple is the OCSP response that came with the chain, or nil.
func (m *Machine) PeerStaple() []byte { return m.peer.staple }

// SetPeer puts something equal in the place of PeerChain and PeerStaple, once
// the handshake is complete; nil if somebody else keeps them meanwhile.
func (m *Machine) SetPeer(chain [][]byte, staple []byte) { m.peer.chain, m.peer.staple = chain, staple }
