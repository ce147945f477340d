package main

import (
	"context"
	"io"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fixtures are what the scripts name in braces. Each is made when it is first
// named.
type fixtures struct {
	t    *testing.T
	dir  string
	made map[string]string
}

func newFixtures(t *testing.T) *fixtures {
	return &fixtures{t: t, dir: t.TempDir(), made: map[string]string{}}
}

// makers make fixtures.
var makers = map[string]func(fx *fixtures) string{
	"dir": func(fx *fixtures) string { return fx.dir },
}

var braces = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// expand puts fixtures in place of their names.
func (fx *fixtures) expand(s string) string {
	return braces.ReplaceAllStringFunc(s, func(name string) string {
		name = name[1 : len(name)-1]
		if _, ok := fx.made[name]; !ok {
			maker := makers[name]
			require.NotNil(fx.t, maker, "no fixture %q", name)
			fx.made[name] = maker(fx)
		}
		return fx.made[name]
	})
}

// probe is a run of the program.
func (fx *fixtures) probe(stdin io.Reader, stdout, stderr io.Writer) *probe {
	return &probe{ctx: context.Background(), stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
}
