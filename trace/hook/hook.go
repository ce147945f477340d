// Package hook is how an engine shows what it does, step by step, to who wants
// to see: package trace is one such, a debugger another.
//
// The engine calls a [Tracer] at each step, in the order in which things
// happen, if it was given one. Everything in this package is plain data, and
// nothing here depends on anything. Slices are the engine's, and valid until
// the call returns.
//
// The calls carry every secret of the connection.
package hook

// Tracer is called by an engine. No call may block for long or call back into
// the engine.
type Tracer interface {
	// Record is called for each record: a received one before anything of what
	// it holds is acted on, a sent one when it is sealed.
	Record(Record)

	// Message is called for each handshake message, before a received one is
	// acted on and when a sent one is made.
	Message(Message)

	// Transcript is called behind each Message that enters the transcript, as
	// soon as the hash function is known: with the hash of the transcript up
	// to and with that message.
	Transcript(hash []byte)

	// KeyExchange is called when the shared secret is there.
	KeyExchange(KeyExchange)

	// Derive is called for each step of the key schedule, in order, so that
	// the inputs of a step are outputs of an earlier one, or of KeyExchange.
	Derive(Derivation)

	// State is called when the handshake machine has come to a state.
	State(name string)

	// Alert is called for each alert, behind its Record if there is one.
	Alert(Alert)
}

// Direction is whether the engine sent something or received it.
type Direction uint8

// The directions.
const (
	Received Direction = iota
	Sent
)

// Epoch says under which keys something travels: RFC 9846, Section 7.1.
type Epoch uint8

// The epochs.
const (
	Initial Epoch = iota // in clear
	EarlyData
	Handshake
	Application
)

var epochs = [...]string{"initial", "early_data", "handshake", "application"}

// String is the name of the epoch in a trace.
func (e Epoch) String() string {
	if int(e) < len(epochs) {
		return epochs[e]
	}
	return "unknown"
}

// Record is one record.
type Record struct {
	Direction Direction
	Wire      []byte // header and fragment as on the wire, before any decryption in place
	Protected bool
	Inner     []byte // what a protected record holds: content, type and padding in TLS 1.3, content in 1.2; nil if it did not decrypt
	Epoch     Epoch
	Seq       uint64 // of a protected record
	Suite     uint16 // of a protected record
	Secret    []byte // the traffic secret, or in TLS 1.2 the key, that protects it
}

// Carrier says how a message came.
type Carrier uint8

// The carriers.
const (
	InRecords    Carrier = iota // in records, which Record was called for
	InCrypto                    // in QUIC's CRYPTO frames
	Synthetic                   // not sent: message_hash in place of the first ClientHello
	InnerHello                  // the ClientHello inside an Encrypted Client Hello
	Decompressed                // the Certificate out of a CompressedCertificate
)

// Message is one handshake message.
type Message struct {
	Direction Direction
	Carrier   Carrier
	Bytes     []byte // with its 4-byte header
	Epoch     Epoch
}

// KeyExchange is a shared secret and what it was made of.
type KeyExchange struct {
	Group   uint16
	Private []byte // ours; nil if the engine does not have it as bytes
	Public  []byte // ours
	Peer    []byte // the peer's public key or ciphertext
	Shared  []byte
}

// Op is a step of the key schedule.
type Op uint8

// The steps.
const (
	Given       Op = iota // Out came from elsewhere: a PSK, or with Label "master secret" that of the session that TLS 1.2 resumes
	Extract               // HKDF-Extract(Salt, IKM); nil is the string of zeros
	ExpandLabel           // HKDF-Expand-Label(Secret, Label, Context, len(Out))
	PRF                   // the PRF of TLS 1.2 over Secret, Label and Context
)

// Derivation is one step.
type Derivation struct {
	Op      Op
	Hash    string // "SHA-256", "SHA-384"
	Salt    []byte // of Extract
	IKM     []byte // of Extract
	Secret  []byte // of the others
	Label   string // without "tls13 " in front
	Context []byte // a transcript hash, a nonce; in TLS 1.2 the seed behind the label
	Out     []byte
}

// Alert is one alert.
type Alert struct {
	Direction   Direction
	Level       uint8
	Description uint8
}
