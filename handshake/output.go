package handshake

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// Epoch says under which keys a message travels: RFC 9846, Section 7.1. The
// numbers are those of QUIC's encryption levels in crypto/tls and BoringSSL.
type Epoch uint8

// The epochs, in the order in which they come.
const (
	Initial     Epoch = iota // no keys
	EarlyData                // client_early_traffic_secret
	Handshake                // …_handshake_traffic_secret
	Application              // …_application_traffic_secret_N
)

var epochNames = [...]string{"initial", "early data", "handshake", "application"}

// String names the epoch.
func (e Epoch) String() string {
	if int(e) < len(epochNames) {
		return epochNames[e]
	}
	return "invalid epoch"
}

// OutputKind says what a carrier has to do with an [Output].
type OutputKind uint8

// The kinds of output. What a carrier has no use for it skips.
const (
	OutMessage           OutputKind = iota + 1 // send Data, whole handshake messages, under Epoch's keys
	OutChangeCipherSpec                        // send a change_cipher_spec record
	OutSendKeys                                // from here on send under these keys
	OutRecvKeys                                // from here on receive under these keys
	OutUpdateRecvKeys                          // the peer updated its keys: the next generation receives
	OutUpdateSendKeys                          // the peer asked for an update: answer with KeyUpdate
	OutSkipEarlyData                           // drop records that are early data we refused
	OutEarlyDataAccepted                       // client: the server takes the early data
	OutEarlyDataRejected                       // client: the early data was not taken
	OutParameters                              // QUIC: Data is the peer's transport parameters
	OutDone                                    // the handshake is complete
	OutFlight                                  // a flight is complete: now the peer must speak
	OutSession                                 // client: Data is a session to keep
	OutConfig                                  // server: another Config is in force
)

// Keys are what protects one direction from some moment on.
type Keys struct {
	Epoch   Epoch
	Version Version
	Suite   *cipher.Suite      // nil at Initial
	Secret  keyschedule.Secret // TLS 1.3: the traffic secret
	Block   keyschedule.Keys   // TLS 1.2: key and IV out of the key block

	EarlyLimit uint32 // EarlyData, sending: the most bytes that may be sent
	HalfRTT    bool   // Application, sending, server: data may go before the handshake is done
}

// Output is one thing a step of the machine makes happen. A carrier carries
// the list out in order; the machine itself performs nothing.
type Output struct {
	Kind  OutputKind
	Epoch Epoch  // of a message
	Data  []byte // the receiver's from then on
	Keys  *Keys
}
