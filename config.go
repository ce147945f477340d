package tlsengine

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"github.com/tlsengine/tlsengine/handshake"
)

// Config says how one side behaves; see its fields.
type Config = handshake.Config

// Credential is a certificate chain and what can sign with its key.
type Credential = handshake.Credential

// Version is a ProtocolVersion: VersionTLS12 or VersionTLS13.
type Version = handshake.Version

// The versions that are spoken.
const (
	VersionTLS12 = handshake.VersionTLS12
	VersionTLS13 = handshake.VersionTLS13
)

// ClientAuth says what a server wants of its clients.
type ClientAuth = handshake.ClientAuth

// What a server may want of its clients.
const (
	NoClientCert      = handshake.NoClientCert
	RequestClientCert = handshake.RequestClientCert
	RequireClientCert = handshake.RequireClientCert
)

// Question is a set of questions that a Config leaves to the application.
type Question = handshake.Question

// The questions; see [Config.Ask].
const (
	AskConfig         = handshake.AskConfig
	AskTicket         = handshake.AskTicket
	AskCredential     = handshake.AskCredential
	AskVerdict        = handshake.AskVerdict
	AskVerdictResumed = handshake.AskVerdictResumed
	AskResume         = handshake.AskResume
)

// TicketKeys seal a server's sessions into tickets.
type TicketKeys = handshake.TicketKeys

// NewTicketKeys returns keys that make and rotate themselves.
func NewTicketKeys() *TicketKeys { return handshake.NewTicketKeys() }

// SessionCache keeps the sessions of TLS 1.2 clients that take no tickets.
type SessionCache = handshake.SessionCache

// NewSessionMemory returns a [SessionCache] for one process that keeps at most
// so many sessions.
func NewSessionMemory(most int) SessionCache { return handshake.NewSessionMemory(most) }

// ChainMemory remembers the chains that were verified and found good.
type ChainMemory = handshake.ChainMemory

// NewChainMemory returns a memory of at most so many chains, for
// [Config.Chains].
func NewChainMemory(most int) *ChainMemory { return handshake.NewChainMemory(most) }

// AntiReplay tells fresh early data from replayed early data.
type AntiReplay = handshake.AntiReplay

// NewReplayMemory returns an [AntiReplay] for one process that remembers at
// most so many ClientHellos.
func NewReplayMemory(most int) AntiReplay { return handshake.NewReplayMemory(most) }

// SessionInfo is what a session says about itself.
type SessionInfo = handshake.SessionInfo

// ReadSession says what is in a session, the Data of an EventNewSession.
func ReadSession(session []byte) (SessionInfo, error) { return handshake.ReadSession(session) }

// AttachToSession returns a session with the application's own data in it (at
// most 65535 bytes), in place of what was attached before. ReadSession gives
// it back.
func AttachToSession(session, data []byte) ([]byte, error) {
	return handshake.AttachToSession(session, data)
}

// NewCredential returns the credential of a chain in DER, the leaf first, and
// the leaf's key. A nil signer leaves signing to the application.
func NewCredential(chain [][]byte, signer crypto.Signer) (*Credential, error) {
	return handshake.NewCredential(chain, signer)
}

// CredentialFromPEM reads a chain and a private key (PKCS #8, SEC 1 or PKCS
// #1). Both may be in the same file.
func CredentialFromPEM(chainPEM, keyPEM []byte) (*Credential, error) {
	var chain [][]byte
	for block, rest := pem.Decode(chainPEM); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			chain = append(chain, block.Bytes)
		}
	}
	if len(chain) == 0 {
		return nil, errors.New("no CERTIFICATE block in the PEM data")
	}
	key, err := SignerFromPEM(keyPEM)
	if err != nil {
		return nil, err
	}
	return NewCredential(chain, key)
}

// SignerFromPEM reads the first private key (PKCS #8, SEC 1 or PKCS #1).
func SignerFromPEM(keyPEM []byte) (crypto.Signer, error) {
	for block, rest := pem.Decode(keyPEM); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = parsePKCS8(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
		return nil, errors.New("the private key cannot sign")
	}
	return nil, errors.New("no PRIVATE KEY block in the PEM data")
}
