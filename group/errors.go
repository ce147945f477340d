package group

import (
	"errors"
	"fmt"
)

// ErrShare is in every error about a peer's share. The message says which check
// refused it.
var ErrShare = errors.New("unusable key share")

// ErrSeed says that Restore was given bytes that no key of the group has.
var ErrSeed = errors.New("group: not the seed of a key of this group")

// One error for each check. The same check in a hybrid gives the same error.
var (
	errLength   = fmt.Errorf("%w: wrong length", ErrShare)
	errPoint    = fmt.Errorf("%w: not a point of the curve", ErrShare)
	errLowOrder = fmt.Errorf("%w: a point of low order, the secret is all zero", ErrShare)
	errModulus  = fmt.Errorf("%w: an ML-KEM key with a coefficient not below the modulus", ErrShare)
)

var errRandom = errors.New("group: the random source keeps giving scalars out of range")
