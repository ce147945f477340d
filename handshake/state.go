package handshake

import "math/bits"

// A State is a place where the handshake waits for exactly one thing: a
// message from the peer (Wait…, spelled as in RFC 9846, Appendix A), or an
// answer from the application (Await…, ours).
type State uint8

// The states of both roles. WAIT_FLIGHT2 and NEGOTIATED of the RFC's figures
// are junctions where nothing is waited for, so they are not states here.
const (
	Start State = iota // client: nothing sent; server: WAIT for the ClientHello

	WaitSH
	WaitEE
	WaitCertCR
	WaitCert
	WaitCV
	AwaitVerdict // is the peer's chain good?
	WaitFinished
	AwaitCredential // which chain and key to answer with?
	AwaitSignature  // sign this
	Connected

	AwaitConfig     // RECVD_CH: which Config, now that the ClientHello is known?
	AwaitParameters // QUIC: which transport parameters?
	WaitCH2
	AwaitTicket // whose ticket or PSK identity is this?
	WaitEOED

	numStates
)

var stateNames = [numStates]string{
	Start: "START", WaitSH: "WAIT_SH", WaitEE: "WAIT_EE", WaitCertCR: "WAIT_CERT_CR", WaitCert: "WAIT_CERT",
	WaitCV: "WAIT_CV", AwaitVerdict: "AWAIT_VERDICT", WaitFinished: "WAIT_FINISHED",
	AwaitCredential: "AWAIT_CREDENTIAL", AwaitSignature: "AWAIT_SIGNATURE", Connected: "CONNECTED",
	AwaitConfig: "AWAIT_CONFIG", AwaitParameters: "AWAIT_PARAMETERS", WaitCH2: "WAIT_CH2",
	AwaitTicket: "AWAIT_TICKET", WaitEOED: "WAIT_EOED",
}

// String is the RFC's spelling of the state.
func (s State) String() string {
	if s < numStates {
		return stateNames[s]
	}
	return "invalid state"
}

// awaits are the states whose input comes from the application.
var awaits = to(AwaitVerdict, AwaitCredential, AwaitSignature, AwaitConfig, AwaitParameters, AwaitTicket)

// Awaits reports whether the state waits for the application, not the peer.
func (s State) Awaits() bool { return awaits.has(s) }

// states is a set of states.
type states uint64

func to(list ...State) states {
	var set states
	for _, s := range list {
		set |= 1 << s
	}
	return set
}

func (set states) has(s State) bool { return set&(1<<s) != 0 }

// list gives the members in the order of their declaration.
func (set states) list() []State {
	out := make([]State, 0, bits.OnesCount64(uint64(set)))
	for s := State(0); s < numStates; s++ {
		if set.has(s) {
			out = append(out, s)
		}
	}
	return out
}
