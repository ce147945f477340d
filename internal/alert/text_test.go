package alert

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever a cause says, the text of an error can stand in a log.
func TestTextOfAnErrorIsOnePrintableLine(t *testing.T) {
	err := Internal.Wrap(errors.New("names \"a\" and \x1b[31m\nb\xff\u00e9"), "it")
	require.Equal(t, `it: names "a" and \x1b[31m\nb\xff\u00e9 (alert internal_error)`, err.Error())
	long := Internal.Wrap(errors.New(strings.Repeat("x", 10_000)), "it")
	require.Less(t, len(long.Error()), 600)
	require.Contains(t, long.Error(), "x... (alert internal_error)")
}
