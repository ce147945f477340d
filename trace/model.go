package trace

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/tlsengine/tlsengine/dissect"
)

// Schema is the schema of a trace, with its major version.
const Schema = "tlsprobe.trace/1"

// Trace is one or more connections.
type Trace struct {
	Schema      string        `json:"schema"`
	Tool        *Tool         `json:"tool,omitempty"`
	Secrets     bool          `json:"secrets"` // false after Redact
	Connections []*Connection `json:"connections"`
}

// Tool is the program that made the trace.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
}

// Connection is one connection. The id of an element is its place in its list,
// from 0; but records count from 1, as people do.
type Connection struct {
	ID           int             `json:"id"`
	Role         string          `json:"role"` // "client", "server", or "observer" of a capture
	Target       json.RawMessage `json:"target,omitempty"`
	Started      *Time           `json:"started,omitempty"`
	Result       json.RawMessage `json:"result,omitempty"`
	Buffers      []Buffer        `json:"buffers"`
	Records      []Record        `json:"records"`
	Messages     []Message       `json:"messages"`
	Secrets      []Secret        `json:"secrets"`
	KeyExchanges []KeyExchange   `json:"key_exchanges"`
	Events       []Event         `json:"events"`
	Notes        []string        `json:"notes,omitempty"` // what is missing or odd, in words
}

// Directions.
const (
	C2S = "c2s" // client to server
	S2C = "s2c"
)

// Kinds of buffers.
const (
	KindWire         = "wire"         // one direction, from the first record on
	KindPreamble     = "preamble"     // what came before TLS
	KindInner        = "inner"        // a decrypted record
	KindMessage      = "message"      // a message that was not in records
	KindDecompressed = "decompressed" // the Certificate out of a CompressedCertificate
	KindInnerHello   = "inner_hello"  // the hello inside an Encrypted Client Hello
)

// Buffer is a run of bytes.
type Buffer struct {
	ID    int    `json:"id"`
	Kind  string `json:"kind"`
	Dir   string `json:"dir,omitempty"`
	Of    *Owner `json:"of,omitempty"`
	Bytes []byte `json:"b64"` // nil after Redact, where it must not be shown
}

// Owner is whose bytes a buffer holds.
type Owner struct {
	Record  *int `json:"record,omitempty"`
	Message *int `json:"message,omitempty"`
}

// Span is a run of bytes in a buffer.
type Span struct {
	Buf int `json:"buf"`
	Off int `json:"off"`
	Len int `json:"len"`
}

// Record is one record on the wire.
type Record struct {
	ID        int             `json:"id"`
	Dir       string          `json:"dir"`
	TUS       int64           `json:"t_us"`
	At        Span            `json:"at"`
	Type      uint8           `json:"type"`
	Version   uint16          `json:"version"`
	Epoch     string          `json:"epoch"`
	Seq       uint64          `json:"seq"`
	Protected bool            `json:"protected"`
	Inner     *Inner          `json:"inner,omitempty"`
	AEAD      *AEAD           `json:"aead,omitempty"`
	Fields    []dissect.Field `json:"fields"` // offsets count from the start of the record
}

// Inner is what a protected record holds.
type Inner struct {
	Span
	Type    uint8 `json:"type"`    // the true content type
	Padding int   `json:"padding"` // zeros behind it
}

// AEAD is how a record was opened. A record in CBC mode has no AAD, no Tag and
// no secret IV; its Nonce is the IV in front of it.
type AEAD struct {
	Name  string `json:"name"`
	Key   string `json:"key"`          // id of a Secret
	IV    string `json:"iv,omitempty"` // id of a Secret
	Nonce Hex    `json:"nonce"`
	AAD   Hex    `json:"aad"`
	Tag   Span   `json:"tag"`
}

// Message is one handshake message: the bytes of its spans, joined.
type Message struct {
	ID         int             `json:"id"`
	Dir        string          `json:"dir"`
	Type       uint8           `json:"type"`
	Name       string          `json:"name"`
	At         []Span          `json:"at"`
	Len        int             `json:"len"`
	Epoch      string          `json:"epoch"`
	Synthetic  bool            `json:"synthetic,omitempty"`  // it was not sent
	Incomplete bool            `json:"incomplete,omitempty"` // the connection ends within it
	Transcript *Transcript     `json:"transcript,omitempty"`
	Fields     []dissect.Field `json:"fields"` // offsets count from the start of the message
	Reason     string          `json:"reason,omitempty"`
}

// Transcript is the transcript hash around a message.
type Transcript struct {
	Hash   string `json:"hash"` // "SHA-256"
	Before Hex    `json:"before,omitempty"`
	After  Hex    `json:"after"`
}

// Ops of secrets.
const (
	OpGiven       = "given"   // a PSK
	OpKeyLog      = "key_log" // read from a key log: its inputs are not known
	OpExtract     = "extract"
	OpExpandLabel = "expand_label"
	OpPRF         = "prf"
	OpSlice       = "slice" // Len bytes of Secret from Off: keys out of the key block of TLS 1.2
)

// Secret is one value of the key schedule. Salt, IKM and Secret name other
// secrets, "shared_0" the first key exchange, "zero" the string of zeros.
type Secret struct {
	ID      string   `json:"id"`
	Op      string   `json:"op"`
	Hash    string   `json:"hash,omitempty"`
	Salt    string   `json:"salt,omitempty"`
	IKM     string   `json:"ikm,omitempty"`
	Secret  string   `json:"secret,omitempty"`
	Label   string   `json:"label,omitempty"`
	Context *Context `json:"context,omitempty"`
	Off     int      `json:"off,omitempty"`
	Len     int      `json:"len"`
	Out     Octets   `json:"out"`
	KeyLog  string   `json:"keylog,omitempty"`
}

// Context is what goes into a secret beside the label.
type Context struct {
	TranscriptAfter *int   `json:"transcript_after,omitempty"` // the message whose transcript hash it is
	Hash            Octets `json:"hash"`                       // the bytes themselves
}

// KeyExchange is one shared secret. Values of more than 64 bytes are in base64.
type KeyExchange struct {
	ID     int    `json:"id"`
	Group  uint16 `json:"group"`
	Ours   Pair   `json:"ours"`
	Theirs Octets `json:"theirs"`
	Shared Octets `json:"shared"`
}

// Pair is a key pair. After Redact, Private is nil.
type Pair struct {
	Public  Octets `json:"public"`
	Private Octets `json:"private"`
}

// Event is what happened when. Ref is the id of a record, message or key
// exchange, or of a secret.
type Event struct {
	TUS  int64           `json:"t_us"`
	Kind string          `json:"kind"` // record, message, keys, key_exchange, state, alert
	Ref  json.RawMessage `json:"ref,omitempty"`
	Name string          `json:"name,omitempty"`
}

// Time is a point in time that JSON shows in UTC with microseconds: RFC 3339.
type Time struct{ time.Time }

// timeForm is how JSON shows a time.
const timeForm = "2006-01-02T15:04:05.000000Z"

// At is a time as traces have it.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Microsecond)} }

// MarshalJSON gives a string.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.UTC().Format(timeForm) + `"`), nil
}

// Hex is bytes that JSON shows in hex, not more than 64; nil is null.
type Hex []byte

// MarshalJSON gives a string of lower-case hex, or null.
func (h Hex) MarshalJSON() ([]byte, error) {
	if h == nil {
		return []byte("null"), nil
	}
	return json.Marshal(hex.EncodeToString(h))
}

// UnmarshalJSON reads a string of hex, or null.
func (h *Hex) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil || s == nil {
		*h = nil
		return err
	}
	v, err := hex.DecodeString(*s)
	*h = v
	return err
}

// MaxHex is the longest value in hex, in bytes. What is longer is in base64,
// under a key that ends with _b64.
const MaxHex = 64

// Octets is bytes that JSON shows in hex, or if they are many as an object
// with the one key value_b64; nil is null.
type Octets []byte

type longOctets struct {
	B64 []byte `json:"value_b64"`
}

// MarshalJSON gives hex, an object, or null.
func (o Octets) MarshalJSON() ([]byte, error) {
	if len(o) <= MaxHex {
		return Hex(o).MarshalJSON()
	}
	return json.Marshal(longOctets{o})
}

// UnmarshalJSON reads what MarshalJSON gives.
func (o *Octets) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var long longOctets
		err := json.Unmarshal(b, &long)
		*o = long.B64
		return err
	}
	return (*Hex)(o).UnmarshalJSON(b)
}

// Slice is the bytes of a span, or nil if they are not there.
func (c *Connection) Slice(s Span) []byte {
	if s.Buf < 0 || s.Buf >= len(c.Buffers) || s.Off < 0 || s.Len < 0 || s.Off > len(c.Buffers[s.Buf].Bytes) || s.Len > len(c.Buffers[s.Buf].Bytes)-s.Off {
		return nil
	}
	return c.Buffers[s.Buf].Bytes[s.Off : s.Off+s.Len : s.Off+s.Len]
}

// Bytes is a message with its header, or nil if its bytes are not there.
func (c *Connection) Bytes(m *Message) []byte {
	if len(m.At) == 1 {
		return c.Slice(m.At[0])
	}
	b := make([]byte, 0, m.Len)
	for _, s := range m.At {
		b = append(b, c.Slice(s)...)
	}
	if len(b) != m.Len {
		return nil
	}
	return b
}

// FindSecret returns the secret with that id, or nil.
func (c *Connection) FindSecret(id string) *Secret {
	for i := range c.Secrets {
		if c.Secrets[i].ID == id {
			return &c.Secrets[i]
		}
	}
	return nil
}
