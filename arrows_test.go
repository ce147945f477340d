package tlsengine_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// TestMain fails when, after all tests of this package, there is an arrow in
// the diagrams that no engine took: an edge without a dialogue, or one that
// cannot be taken and so is not to be drawn. It says nothing when only some
// tests were run.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && allTests() {
		if missing := arrowsNotTaken(); len(missing) > 0 {
			fmt.Printf("these arrows of handshake/DIAGRAMS.md are never taken:\n\t%s\n", strings.Join(missing, "\n\t"))
			code = 1
		}
	}
	os.Exit(code)
}

// allTests reports whether no test was left out.
func allTests() bool {
	set := race.Enabled // which leaves out what is exhaustive
	flag.Visit(func(f *flag.Flag) {
		set = set || f.Name == "test.run" || f.Name == "test.skip" || f.Name == "test.list" || f.Name == "test.fuzz"
	})
	return !set
}

// arrowsNotTaken compares the drawn arrows, which a test of package handshake
// holds to the tables, with those taken.
func arrowsNotTaken() (missing []string) {
	taken := testpeer.Arrows()
	for _, arrow := range drawnArrows() {
		if !taken[arrow] {
			missing = append(missing, arrow)
		}
	}
	slices.Sort(missing)
	return missing
}

func drawnArrows() (all []string) {
	text, err := os.ReadFile("handshake/DIAGRAMS.md")
	if err != nil {
		panic(err)
	}
	role := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "## The "); ok {
			role = rest
		}
		if strings.Contains(line, " --> ") && !strings.Contains(line, "[*]") {
			all = append(all, role+": "+line)
		}
	}
	return all
}
