package alert

import (
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
