package handshake

import "math/bits"

// A State is a place where the handshake waits for exactly one thing: a
// message from the peer (Wait…, spelled as in RFC 9846, Appendix A), or an
// answer from the application (Await…, ours).
type State uint8

// The states of both roles. WAIT_FLIGHT2 and NEGOTIATED of the RFC's figures
// are junctions where nothing is waited for, so they are not states here. Their
// numbers are in snapshots: new ones come last.
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
	AwaitResume // resume it, and take early data?
	WaitEOED

	// The states of TLS 1.2, RFC 5246, Section 7.3, by the message awaited.
	Wait12Cert
	Wait12StatusSKE // CertificateStatus may be left out
	Wait12SKE
	Await12Verdict
	Wait12CRDone
	Wait12Done
	Await12Credential
	Await12Signature
	Wait12NST
	Wait12CCS
	Wait12Finished
	Connected12

	Await12Ticket
	Wait12CKE
	Wait12CV
	Await12Resume

	numStates
)

var stateNames = [numStates]string{
	Start: "START", WaitSH: "WAIT_SH", WaitEE: "WAIT_EE", WaitCertCR: "WAIT_CERT_CR", WaitCert: "WAIT_CERT",
	WaitCV: "WAIT_CV", AwaitVerdict: "AWAIT_VERDICT", WaitFinished: "WAIT_FINISHED",
	AwaitCredential: "AWAIT_CREDENTIAL", AwaitSignature: "AWAIT_SIGNATURE", Connected: "CONNECTED",
	AwaitConfig: "AWAIT_CONFIG", AwaitParameters: "AWAIT_PARAMETERS", WaitCH2: "WAIT_CH2",
	AwaitTicket: "AWAIT_TICKET", AwaitResume: "AWAIT_RESUME", WaitEOED: "WAIT_EOED",
	Wait12Cert: "WAIT12_CERT", Wait12StatusSKE: "WAIT12_STATUS_SKE", Wait12SKE: "WAIT12_SKE",
	Await12Verdict: "AWAIT12_VERDICT", Wait12CRDone: "WAIT12_CR_DONE", Wait12Done: "WAIT12_DONE",
	Await12Credential: "AWAIT12_CREDENTIAL", Await12Signature: "AWAIT12_SIGNATURE",
	Wait12NST: "WAIT12_NST", Wait12CCS: "WAIT12_CCS", Wait12Finished: "WAIT12_FINISHED", Connected12: "CONNECTED12",
	Await12Ticket: "AWAIT12_TICKET", Wait12CKE: "WAIT12_CKE", Wait12CV: "WAIT12_CV",
	Await12Resume: "AWAIT12_RESUME",
}

// String is the RFC's spelling of the state.
func (s State) String() string {
	if s < numStates {
		return stateNames[s]
	}
	return "invalid state"
}

// awaits are the states whose input comes from the application.
var awaits = to(AwaitVerdict, AwaitCredential, AwaitSignature, AwaitConfig, AwaitParameters, AwaitTicket, AwaitResume,
	Await12Verdict, Await12Credential, Await12Signature, Await12Ticket, Await12Resume)

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

// nowhere is where an arrow leads that always refuses, for a reason of its own.
const nowhere states = 1 << 63

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
