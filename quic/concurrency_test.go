package quic

import (
	"bytes"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
)

func TestManyGoroutinesMayUseTheSameKeys(t *testing.T) {
	for _, suite := range suites {
		keys := newKeysFor(t, suite)
		want := make([][]byte, 64)
		for i := range want {
			want[i] = sealOne(keys, int64(i))
		}
		var all sync.WaitGroup
		bad := make([]int, 3*atOnce)
		for g := range bad {
			all.Go(func() {
				for i := range 600 {
					number := int64((i + g) % len(want))
					packet := sealOne(keys, number)
					if !bytes.Equal(packet, want[number]) || !opens(keys, packet, number) {
						bad[g]++
					}
				}
			})
		}
		all.Wait()
		require.Equal(t, make([]int, len(bad)), bad, "%v: packets that differ, by goroutine", suite)
		require.Zero(t, keys.rooms.taken.Load(), "every room was given back")
	}
}

func sealOne(keys *Keys, number int64) []byte {
	packet := []byte{0x43, 0, 0, 0, byte(number), 'f', 'r', 'a', 'm', 'e', 's'}
	packet = keys.Seal(packet[:5], packet[:5], packet[5:], number)
	if keys.ProtectHeader(packet, 1) != nil {
		return nil
	}
	return packet
}

func opens(keys *Keys, packet []byte, want int64) bool {
	n, number, err := keys.UnprotectHeader(packet, 1, want-1)
	if err != nil || number != want {
		return false
	}
	payload, err := keys.Open(packet[n:n], packet[:n], packet[n:], number)
	return err == nil && string(payload) == "frames"
}

func TestMoreCallsThanRoomsStillGetOne(t *testing.T) {
	var s rooms
	seen := map[*room]bool{}
	var held []uint32
	for range atOnce + 3 {
		r, bit := s.take()
		require.False(t, seen[r], "a room is given to one call at a time")
		seen[r] = true
		held = append(held, bit)
	}
	for _, bit := range held {
		s.give(bit)
	}
	require.Zero(t, s.taken.Load())
}

func TestPacketsCostNoAllocation(t *testing.T) {
	for _, suite := range suites {
		keys := newKeysFor(t, suite)
		packet := make([]byte, 1200)
		sample := (*[SampleSize]byte)(packet)
		for name, f := range map[string]func(){
			"seal and open": func() {
				packet[0] = 0x43
				keys.Seal(packet[:20], packet[:20], packet[20:1200-Overhead], 1)
				_ = keys.ProtectHeader(packet, 16)
				n, number, _ := keys.UnprotectHeader(packet, 16, 0)
				_, _ = keys.Open(packet[n:n], packet[:n], packet[n:], number)
			},
			"failing open": func() { _, _ = keys.Open(packet[20:20], packet[:20], packet[20:], 1) },
			"mask":         func() { keys.Mask(sample) },
			"number":       func() { AppendPacketNumber(packet[:0], 1<<20, 7) },
		} {
			require.Zero(t, testing.AllocsPerRun(100, f), "%s, %v", name, suite)
		}
	}
}

func TestInitialKeysAreCheap(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	dcid := random(8)
	require.Zero(t, testing.AllocsPerRun(10, func() { _, _, _ = InitialSecrets(V1, dcid) }))
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() { _, _, _ = InitialKeys(V1, dcid) }), 12.0)
}
