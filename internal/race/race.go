// Package race tells tests whether the race detector is on: it allocates on
// its own, so tests that count allocations have nothing to count then.
package race
