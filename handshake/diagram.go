package handshake

import (
	"strings"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// A diagram is a state machine as data: for each state and input, the arrow
// to take. What is not drawn is refused, in one place.
type diagram[M any] [numStates][numInputs]arrow[M]

// An arrow does all that happens up to the next wait and returns the state in
// which the machine then waits, which must be one of those drawn.
type arrow[M any] struct {
	do func(*M, *input) (State, error)
	to states
}

// step takes the arrow for an input. After an error the state is unchanged.
func (d *diagram[M]) step(m *M, s State, in *input) (State, error) {
	a := &d[s][in.kind]
	if a.do == nil {
		return s, d.unexpected(s, in.kind)
	}
	next, err := a.do(m, in)
	if err != nil {
		return s, err
	}
	if !a.to.has(next) {
		return s, alert.Internal.Errorf("arrow %v --%v--> %v is not drawn", s, in.kind, next)
	}
	return next, nil
}

// unexpected is the answer to everything that is not drawn.
//
// "A peer which receives a handshake message in an unexpected order MUST abort
// the handshake with an "unexpected_message" alert." RFC 9846, Section 4.
func (d *diagram[M]) unexpected(s State, got inputKind) error {
	reason := alert.UnexpectedMessageType
	// "A client that receives a post-handshake CertificateRequest message
	// without having sent the "post_handshake_auth" extension MUST send an
	// "unexpected_message" fatal alert." RFC 9846, Section 4.7.2.
	switch {
	case s == Connected && got == certificateRequest:
		reason = alert.PostHandshakeAuth
	case got == changeCipherSpec || d[s][changeCipherSpec].do != nil:
		reason = alert.UnexpectedRecord
	}
	return reason.Errorf("received %v in %v, expected %s", got, s, d.expected(s))
}

// expected names the inputs that a state takes.
func (d *diagram[M]) expected(s State) string {
	var names []string
	for k := inputKind(1); k < numInputs; k++ {
		if d[s][k].do != nil {
			names = append(names, k.String())
		}
	}
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, " or ")
}
