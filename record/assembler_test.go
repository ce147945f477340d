package record

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// message is a handshake message of that type with a body of n bytes.
func message(msgType byte, n int) []byte {
	m := []byte{msgType, byte(n >> 16), byte(n >> 8), byte(n)}
	for i := range n {
		m = append(m, byte(i*7+int(msgType)))
	}
	return m
}

// assemble feeds stream to an Assembler in pieces of the given size, reusing
// the memory of each, and returns what came out.
func assemble(t testing.TB, a *Assembler, stream []byte, size int) (msgs [][]byte, err error) {
	for len(stream) > 0 {
		piece := bytes.Clone(stream[:min(size, len(stream))])
		stream = stream[len(piece):]
		require.NoError(t, a.Add(piece))
		for {
			msg, ok, err := a.Next()
			if err != nil {
				return msgs, err
			}
			if !ok {
				break
			}
			msgs = append(msgs, bytes.Clone(msg))
		}
		clear(piece)
	}
	return msgs, nil
}

func TestAssemblerReturnsTheSameMessagesHoweverTheyAreCut(t *testing.T) {
	want := [][]byte{message(1, 300), message(2, 0), message(11, 70000), message(20, 32), message(4, 1)}
	stream := bytes.Join(want, nil)
	for _, size := range []int{1, 2, 3, 4, 5, 7, 100, 303, 304, 305, 1 << 14, len(stream)} {
		var a Assembler
		got, err := assemble(t, &a, stream, size)
		require.NoError(t, err)
		require.Equal(t, want, got, "pieces of %d bytes", size)
		require.True(t, a.Aligned())
		require.Nil(t, a.held, "nothing is held once everything is read")
	}
}

func TestAssemblerIsAlignedOnlyWhenNothingIsUnread(t *testing.T) {
	var a Assembler
	require.True(t, a.Aligned())
	require.NoError(t, a.Add(append(message(2, 10), 8)))
	require.False(t, a.Aligned(), "a message is unread")
	_, ok, err := a.Next()
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, a.Aligned(), "the first byte of the next message came along")
	_, ok, _ = a.Next()
	require.False(t, ok)
	require.False(t, a.Aligned())
	require.NoError(t, a.Add([]byte{0, 0, 0}))
	_, ok, _ = a.Next()
	require.True(t, ok)
	require.True(t, a.Aligned())
}

func TestAssemblerTakesWholeMessagesWithoutACopy(t *testing.T) {
	in := bytes.Join([][]byte{message(8, 100), message(20, 32)}, nil)
	var a Assembler
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if a.Add(in) != nil {
			t.Fatal("refused")
		}
		first, ok1, _ := a.Next()
		second, ok2, _ := a.Next()
		_, ok3, _ := a.Next()
		if !ok1 || !ok2 || ok3 || &first[0] != &in[0] || &second[0] != &in[104] {
			t.Fatal("messages were copied")
		}
	}))
}

func TestMaxMessageIsJudgedAtTheHeader(t *testing.T) {
	limits := []struct {
		name           string
		message, chain int
		msgType        byte
		max            int
	}{
		{"DefaultMaxMessage", 0, 0, 1, DefaultMaxMessage},
		{"DefaultMaxCertificate", 0, 0, typeCertificate, DefaultMaxCertificate},
		{"DefaultMaxCertificate, compressed", 0, 0, typeCompressedCertificate, DefaultMaxCertificate},
		{"set", 1000, 500, 1, 1000},
		{"set, certificate", 1000, 500, typeCertificate, 500},
	}
	for _, l := range limits {
		t.Run(l.name, func(t *testing.T) {
			var a Assembler
			a.SetLimits(l.message, l.chain)
			_, err := assemble(t, &a, message(l.msgType, l.max), 1<<14)
			require.NoError(t, err)

			for _, size := range []int{1, 2, 4} {
				var a Assembler
				a.SetLimits(l.message, l.chain)
				before, err := assemble(t, &a, append(message(20, 12), message(l.msgType, l.max+1)[:4]...), size)
				requireReason(t, alert.MessageTooLong, err)
				require.Len(t, before, 1, "what arrived before is not lost")
			}
		})
	}
}

func TestAssemblerHoldsNoMoreThanItReceived(t *testing.T) {
	const stalled = 10_000
	as := make([]Assembler, stalled)
	begun := message(1, 60_000)[:200]
	before := liveHeap()
	for i := range as {
		require.NoError(t, as[i].Add(begun))
		_, ok, err := as[i].Next()
		require.NoError(t, err)
		require.False(t, ok)
	}
	per := (liveHeap() - before) / stalled
	require.Less(t, per, int64(300), "bytes held for 200 bytes of a message that announces 60,000")
	runtime.KeepAlive(as)
}

func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestAssemblerMemoryIsBoundedAtEveryByte(t *testing.T) {
	var a Assembler
	stream := message(1, 60_000)
	for i := range stream {
		require.NoError(t, a.Add(stream[i:i+1]))
		_, _, err := a.Next()
		require.NoError(t, err)
		require.LessOrEqual(t, cap(a.held), max(4, min(2*(i+1), len(stream))))
	}
	require.True(t, a.Aligned())
}

func TestAssemblerCostIsLinearInOneBytePieces(t *testing.T) {
	stream := message(1, 60_000)
	allocs := testing.AllocsPerRun(1, func() {
		var a Assembler
		for i := range stream {
			if a.Add(stream[i:i+1]) != nil {
				t.Fatal("refused")
			}
			if _, _, err := a.Next(); err != nil {
				t.Fatal(err)
			}
		}
	})
	require.LessOrEqual(t, allocs, float64(25), "the buffer grows by a part of itself")
}

func TestRetainCostIsLinearInOneBytePieces(t *testing.T) {
	stream := message(1, 60_000)
	allocs := testing.AllocsPerRun(1, func() {
		var a Assembler
		for i := range stream { // nobody reads: a question is pending
			if a.Add(stream[i:i+1]) != nil {
				t.Fatal("refused")
			}
			a.Retain()
			if len(a.held) != i+1 || cap(a.held) > max(8, 2*(i+1)) {
				t.Fatal("held", i, cap(a.held))
			}
		}
	})
	require.LessOrEqual(t, allocs, float64(25), "the buffer grows by a part of itself")
}

func TestRetainLetsTheFragmentGo(t *testing.T) {
	want := [][]byte{message(8, 50), message(11, 60), message(15, 70)}
	in := bytes.Join(want, nil)
	in = append(in, 20, 0, 0)
	var a Assembler
	require.NoError(t, a.Add(in))
	msg, ok, _ := a.Next()
	require.True(t, ok)
	require.Equal(t, want[0], msg)
	a.Retain()
	clear(in)
	for _, w := range want[1:] {
		msg, ok, err := a.Next()
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, w, msg)
	}
	_, ok, _ = a.Next()
	require.False(t, ok)
	require.Equal(t, []byte{20, 0, 0}, a.Unread())
	require.LessOrEqual(t, cap(a.held), 4, "what has been read is let go")

	var thawed Assembler
	require.NoError(t, thawed.Add(a.Unread()))
	thawed.Retain()
	require.NoError(t, thawed.Add([]byte{0}))
	msg, ok, _ = thawed.Next()
	require.True(t, ok)
	require.Equal(t, []byte{20, 0, 0, 0}, msg)
}

func TestAssemblerRefusesACallerWhoNeverReads(t *testing.T) {
	var a Assembler
	fragment := message(1, 1<<14-4)
	var err error
	total := 0
	for range 100 {
		if err = a.Add(fragment); err != nil {
			break
		}
		total += len(fragment)
	}
	requireReason(t, alert.MessageTooLong, err)
	require.LessOrEqual(t, total, DefaultMaxCertificate+2*MaxPlaintext+messageHeaderLen)
}

// FuzzAssembler checks that messages do not depend on how the stream is cut,
// nor on whether the Assembler is frozen and thawed in between.
func FuzzAssembler(f *testing.F) {
	f.Add(bytes.Join([][]byte{message(1, 30), message(2, 0), message(11, 300)}, nil), []byte{1, 5, 200})
	f.Add([]byte{1, 0xff, 0xff, 0xff}, []byte{2})
	f.Add(message(20, 12)[:10], []byte{})
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		var whole Assembler
		want, wantErr := assemble(t, &whole, stream, max(1, len(stream)))

		var a Assembler
		var got [][]byte
		var gotErr error
		for i := 0; len(stream) > 0 && gotErr == nil; i++ {
			n := len(stream)
			if len(cuts) > 0 {
				n = min(n, 1+int(cuts[i%len(cuts)]))
			}
			var msgs [][]byte
			msgs, gotErr = assemble(t, &a, stream[:n], n)
			got, stream = append(got, msgs...), stream[n:]
			if n%3 == 0 && gotErr == nil {
				var thawed Assembler
				require.NoError(t, thawed.Add(bytes.Clone(a.Unread())))
				thawed.Retain()
				a = thawed
			}
		}
		require.Equal(t, want, got)
		require.Equal(t, wantErr, gotErr)
		if wantErr == nil {
			require.Equal(t, whole.Aligned(), a.Aligned())
			require.Equal(t, whole.Unread(), a.Unread())
		}
	})
}
