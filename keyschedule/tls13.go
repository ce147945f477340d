package keyschedule

import "github.com/tlsengine/tlsengine/cipher"

// EarlySecret is the Early Secret: one PSK, or none, under one hash. Its
// fields, and those of the stages below, are exported so that a handshake can
// be frozen in the middle.
type EarlySecret struct {
	Hash   cipher.Hash
	Secret Secret
}

// HandshakeSecret is the Handshake Secret: the Early Secret and the shared
// secret of the key exchange.
type HandshakeSecret struct {
	Hash   cipher.Hash
	Secret Secret
}

// MainSecret is the Main Secret, the root of all that outlives the handshake.
type MainSecret struct {
	Hash   cipher.Hash
	Secret Secret
}

// NewEarly returns the Early Secret of a PSK, or with nil the one of no PSK.
//
// "if PSK is not in use, Early Secret will still be HKDF-Extract(0, 0)"
// RFC 9846, Section 7.1.
func NewEarly(h cipher.Hash, psk []byte) EarlySecret {
	if psk == nil {
		return EarlySecret{h, withoutPSK(h).early}
	}
	return EarlySecret{h, extract(h, Secret{}, psk)}
}

// BinderKey returns the binder_key of a PSK that came in a ticket.
func (e *EarlySecret) BinderKey() Secret { return e.binderKey("res binder") }

// ExternalBinderKey returns the binder_key of a PSK that was agreed outside
// of TLS.
func (e *EarlySecret) ExternalBinderKey() Secret { return e.binderKey("ext binder") }

// ImportedBinderKey returns the binder_key of an imported PSK (RFC 9258,
// Section 5.2).
func (e *EarlySecret) ImportedBinderKey() Secret { return e.binderKey("imp binder") }

func (e *EarlySecret) binderKey(label string) Secret {
	none := hashOfNothing(e.Hash)
	return DeriveSecret(e.Hash, e.Secret.Bytes(), label, none.Bytes())
}

// ClientTraffic returns client_early_traffic_secret, given
// Transcript-Hash(ClientHello).
func (e *EarlySecret) ClientTraffic(transcriptHash []byte) Secret {
	return DeriveSecret(e.Hash, e.Secret.Bytes(), "c e traffic", transcriptHash)
}

// Exporter returns early_exporter_secret, given Transcript-Hash(ClientHello).
func (e *EarlySecret) Exporter(transcriptHash []byte) Secret {
	return DeriveSecret(e.Hash, e.Secret.Bytes(), "e exp master", transcriptHash)
}

// Handshake returns the Handshake Secret, given the shared secret of the key
// exchange, or nil if the PSK is used without one (psk_ke).
func (e *EarlySecret) Handshake(sharedSecret []byte) HandshakeSecret {
	known := withoutPSK(e.Hash)
	salt := known.derived
	if !e.Secret.Equal(known.early.Bytes()) {
		salt = derived(e.Hash, &e.Secret)
	}
	return HandshakeSecret{e.Hash, extract(e.Hash, salt, sharedSecret)}
}

// ClientTraffic returns client_handshake_traffic_secret, given
// Transcript-Hash(ClientHello...ServerHello).
func (s *HandshakeSecret) ClientTraffic(transcriptHash []byte) Secret {
	return DeriveSecret(s.Hash, s.Secret.Bytes(), "c hs traffic", transcriptHash)
}

// ServerTraffic returns server_handshake_traffic_secret, given
// Transcript-Hash(ClientHello...ServerHello).
func (s *HandshakeSecret) ServerTraffic(transcriptHash []byte) Secret {
	return DeriveSecret(s.Hash, s.Secret.Bytes(), "s hs traffic", transcriptHash)
}

// Traffic returns ClientTraffic and ServerTraffic, for less than both.
func (s *HandshakeSecret) Traffic(transcriptHash []byte) (client, server Secret) {
	var x Expander
	x.Start(s.Hash, s.Secret.Bytes())
	return x.Secret("c hs traffic", transcriptHash), x.Secret("s hs traffic", transcriptHash)
}

// Main returns the Main Secret.
func (s *HandshakeSecret) Main() MainSecret {
	return MainSecret{s.Hash, extract(s.Hash, derived(s.Hash, &s.Secret), nil)}
}

// ClientTraffic returns client_application_traffic_secret_0, given
// Transcript-Hash(ClientHello...server Finished).
func (s *MainSecret) ClientTraffic(transcriptHash []byte) Secret {
	return DeriveSecret(s.Hash, s.Secret.Bytes(), "c ap traffic", transcriptHash)
}

// ServerTraffic returns server_application_traffic_secret_0, given
// Transcript-Hash(ClientHello...server Finished).
func (s *MainSecret) ServerTraffic(transcriptHash []byte) Secret {
	return DeriveSecret(s.Hash, s.Secret.Bytes(), "s ap traffic", transcriptHash)
}

// Exporter returns exporter_secret, given
// Transcript-Hash(ClientHello...server Finished).
func (s *MainSecret) Exporter(transcriptHash []byte) Secret {
	return DeriveSecret(s.Hash, s.Secret.Bytes(), "exp master", transcriptHash)
}

// Traffic returns ClientTraffic, ServerTraffic and Exporter, for less than the
// three.
func (s *MainSecret) Traffic(transcriptHash []byte) (client, server, exporter Secret) {
	var x Expander
	x.Start(s.Hash, s.Secret.Bytes())
	return x.Secret("c ap traffic", transcriptHash), x.Secret("s ap traffic", transcriptHash), x.Secret("exp master", transcriptHash)
}

// Resumption returns resumption_secret, given
// Transcript-Hash(ClientHello...client Finished).
func (s *MainSecret) Resumption(transcriptHash []byte) Secret {
	return DeriveSecret(s.Hash, s.Secret.Bytes(), "res master", transcriptHash)
}

// extract is HKDF-Extract with this rule:
//
// "If a given secret is not available, then the 0-value consisting of a string
// of Hash.length bytes set to zeros is used." RFC 9846, Section 7.1.
//
// The salt needs no such care: HMAC pads its key with zeros.
func extract(h cipher.Hash, salt Secret, ikm []byte) Secret {
	var zeros [cipher.MaxHashSize]byte
	if ikm == nil {
		ikm = zeros[:h.Size()]
	}
	return Extract(h, salt.Bytes(), ikm)
}

// derived is the step between two stages.
func derived(h cipher.Hash, s *Secret) Secret {
	none := hashOfNothing(h)
	return DeriveSecret(h, s.Bytes(), "derived", none.Bytes())
}

var (
	nothing256 = digest(cipher.SHA256, nil)
	nothing384 = digest(cipher.SHA384, nil)
)

// constants are what a handshake without a PSK starts with, which is no secret.
type constants struct{ early, derived Secret }

var (
	constants256 = newConstants(cipher.SHA256)
	constants384 = newConstants(cipher.SHA384)
)

func newConstants(h cipher.Hash) (c constants) {
	c.early = extract(h, Secret{}, nil)
	c.derived = derived(h, &c.early)
	return c
}

func withoutPSK(h cipher.Hash) *constants {
	if h == cipher.SHA256 {
		return &constants256
	}
	return &constants384
}

// hashOfNothing is Transcript-Hash("").
func hashOfNothing(h cipher.Hash) Secret {
	if h == cipher.SHA256 {
		return nothing256
	}
	return nothing384
}
