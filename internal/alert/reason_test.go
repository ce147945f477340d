package alert

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryReasonHasANameOfItsOwn(t *testing.T) {
	for r := Unspecified; r < numReasons; r++ {
		require.NotEmpty(t, r.String())
		require.Equal(t, r, ReasonNamed(r.String()), "reason %d is the only one called %q", r, r)
	}
	require.Equal(t, Unspecified, ReasonNamed("a reason of a later version"))
}

func TestAReasonOfALaterVersion(t *testing.T) {
	require.Equal(t, InternalError, numReasons.Alert())
	require.Contains(t, numReasons.String(), "reason(")
}

func TestAnErrorWithoutADetailSaysItsReason(t *testing.T) {
	e := &Error{Alert: DecryptError, Reason: BadFinished}
	require.Equal(t, BadFinished.String()+" (alert decrypt_error)", e.Error())
}

func TestALongTextIsCut(t *testing.T) {
	e := Internal.Wrap(errors.New(strings.Repeat("x", 10_000)), "so it is")
	require.Less(t, len(e.Error()), maxText+100)
	require.Contains(t, e.Error(), "xxx... (alert internal_error)")
}
