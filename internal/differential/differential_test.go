package differential

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"testing/cryptotest"

	"github.com/tlsengine/tlsengine/internal/race"
)

// tally counts what the cases came to.
type tally struct {
	same, refused, incomparable int
	explained                   map[string]int
}

func TestTheEngineDoesAsCryptoTLS(t *testing.T) {
	first, cases := uint64(0), uint64(1400)
	if race.Enabled {
		cases = 200
	}
	if n, err := strconv.ParseUint(os.Getenv("TLSENGINE_DIFFERENTIAL"), 10, 64); err == nil {
		cases = n
	}
	if n, err := strconv.ParseUint(os.Getenv("TLSENGINE_CASE"), 10, 64); err == nil {
		first, cases = n, 1
	}
	count := tally{explained: map[string]int{}}
	for n := first; n < first+cases; n++ {
		t.Run(strconv.FormatUint(n, 10), func(t *testing.T) {
			// crypto/tls draws from here what it does not draw from its Config.
			cryptotest.SetGlobalRandom(t, n)
			compare(t, newSetup(n), &count)
		})
	}
	t.Logf("%d cases: %d the same (%d refused), %d not comparable", cases, count.same, count.refused, count.incomparable)
	for _, name := range slices.Sorted(maps.Keys(count.explained)) {
		t.Logf("%6d %s", count.explained[name], name)
	}
}

func compare(t *testing.T, s *setup, count *tally) {
	ours, theirs := s.ours(), s.theirs()
	if testing.Verbose() && os.Getenv("TLSENGINE_CASE") != "" {
		t.Logf("%v\nengine: %v %q\n  %q\n%q\ncrypto/tls: %v %q\n  %q\n%q\n", s, ours, ours.why, ours.edited, ours.log, theirs, theirs.why, theirs.edited, theirs.log)
	}
	switch name := explain(s, ours, theirs); {
	case len(s.edits) > 0 && !equal(ours.edited, theirs.edited):
		count.incomparable++
	case ours.same(theirs.outcome):
		count.same++
		if ours.refused {
			count.refused++
		}
	case name != "":
		count.explained[name]++
	default:
		t.Errorf("%v    on %q\n    engine:     %v (reason=%d:%v; %s)\n    crypto/tls: %v (%s)", s, ours.edited, ours, ours.reason, ours.reason, ours.why, theirs, theirs.why)
	}
}

func equal(a, b []string) bool { return slices.Equal(a, b) }
