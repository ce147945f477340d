//go:build !purego

package quic

import (
	"testing"

	"golang.org/x/sys/cpu"
)

func TestABurstIsProtectedWithoutAVX2(t *testing.T) {
	had := cpu.X86.HasAVX2
	if !had {
		t.Log("this processor has none: the other tests were without, too")
	}
	cpu.X86.HasAVX2 = false
	defer func() { cpu.X86.HasAVX2 = had }()
	TestABurstIsProtectedLikeItsPackets(t)
}
