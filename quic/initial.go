package quic

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// MaxConnectionID is the length of the longest connection ID in bytes
// (RFC 9000, Section 17.2).
const MaxConnectionID = 20

// InitialSecrets returns the secrets of the Initial packets of both sides
// (RFC 9001, Section 5.2). They follow from the Destination Connection ID of
// the client's first Initial packet, or of its first after a Retry: anybody on
// the path can compute them.
//
// The error is [ErrVersion] or [ErrConnectionID].
func InitialSecrets(v Version, destinationConnectionID []byte) (client, server keyschedule.Secret, err error) {
	p := v.params()
	if p == nil {
		return client, server, ErrVersion
	}
	if len(destinationConnectionID) > MaxConnectionID {
		return client, server, ErrConnectionID
	}
	initial := p.salt.Extract(destinationConnectionID)
	var x keyschedule.Expander
	x.Start(cipher.SHA256, initial.Bytes())
	return x.Secret("client in", nil), x.Secret("server in", nil), nil
}

// InitialKeys returns the Keys of [InitialSecrets]: the client's are for the
// packets that the client sends.
func InitialKeys(v Version, destinationConnectionID []byte) (client, server *Keys, err error) {
	cs, ss, err := InitialSecrets(v, destinationConnectionID)
	if err != nil {
		return nil, nil, err
	}
	if client, err = NewKeys(v, initialSuite(), cs.Bytes()); err != nil {
		return nil, nil, err
	}
	if server, err = NewKeys(v, initialSuite(), ss.Bytes()); err != nil {
		return nil, nil, err
	}
	return client, server, nil
}

// "Initial packets use AEAD_AES_128_GCM" RFC 9001, Section 5.
func initialSuite() *cipher.Suite { return cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256) }
