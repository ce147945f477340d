package differential

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

func TestOutcomesDifferInWhatCounts(t *testing.T) {
	refused := outcome{refused: true, alert: 10}
	for what, other := range map[string]outcome{
		"goes on":               {alert: none},
		"sends another alert":   {refused: true, alert: 11},
		"sends none":            {refused: true, alert: none},
		"refuses when all done": {refused: true, alert: 10, done: true},
	} {
		require.False(t, refused.same(other), what)
	}
	require.True(t, refused.same(outcome{refused: true, alert: 10, why: "in other words"}))
	done := outcome{done: true, data: "peer", alert: none}
	require.False(t, done.same(outcome{done: true, alert: none}), "without the peer's data")
	require.False(t, done.same(outcome{done: true, data: "peer", told: true, alert: none}), "told of an alert")
}

func TestOnlyWhatIsMeantIsExplained(t *testing.T) {
	s := &setup{edits: make([]edit, 1)}
	goesOn := &report{outcome: outcome{done: true, data: "peer", alert: none}}
	refuses := func(why string) *report {
		return &report{outcome: outcome{refused: true, alert: int(alert.DecryptError), why: why, reason: alert.BadSignature}}
	}
	require.Empty(t, explain(s, goesOn, refuses("tls: invalid signature by the server certificate")), "the engine takes what crypto/tls refuses")
	require.Empty(t, explain(s, refuses("the peer's signature is wrong"), goesOn), "crypto/tls takes it")
	require.Empty(t, explain(s, refuses("the peer's signature is wrong"), refuses("tls: internal error")))
	require.NotEmpty(t, explain(s, refuses("the peer's signature is wrong"), &report{outcome: outcome{refused: true,
		alert: int(alert.IllegalParameter), why: "tls: invalid signature by the server certificate: bad"}}))
}

// Both subjects and the peer play as they are meant to, where nothing is edited.
func TestCasesWithoutEditsGoThrough(t *testing.T) {
	done := 0
	for n := range uint64(80) {
		s := newSetup(n)
		s.edits, s.own, s.resumed = nil, s.peer, s.resumed || n%2 == 0
		if s.auth != 0 {
			s.certificate = true
		}
		ours, theirs := s.ours(), s.theirs()
		require.True(t, ours.same(theirs.outcome) || explain(s, ours, theirs) != "", "%v\n%v\n%v", s, ours, theirs)
		if ours.done && ours.data == "peer" {
			done++
		}
	}
	require.Greater(t, done, 40)
}
