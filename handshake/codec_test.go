package handshake

import (
	"bytes"
	"encoding/hex"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// unhex reads hexadecimal with spaces for the eye. "xx*n" stands for n bytes.
func unhex(s string) []byte {
	out := []byte{}
	for word := range strings.FieldsSeq(s) {
		digits, times, repeated := strings.Cut(word, "*")
		b, err := hex.DecodeString(digits)
		if err != nil {
			panic(err)
		}
		n := 1
		if repeated {
			n = 0
			for _, d := range times {
				n = 10*n + int(d-'0')
			}
		}
		out = append(out, bytes.Repeat(b, n)...)
	}
	return out
}

// codec is a parser with its inverse: of the body of a message, or of the data
// of an extension. Everything here has one encoding, so that what parses comes
// out as it went in.
type codec struct {
	name string
	// again parses b, and encodes what it found.
	again func(b []byte) ([]byte, error)
	// valid are some inputs that parse, at the bounds of each vector.
	valid []string
	// invalid are inputs that do not, each with its reason; what is not
	// told by the bounds is told by the name of the case.
	invalid map[string]refusal
	// cut says whether the first n bytes of a valid input parse all the same;
	// nil: never.
	cut func(valid []byte, n int) bool
	// free says that every input is valid.
	free bool
	// lossy says that some valid inputs are not encoded as they came.
	lossy bool
}

type refusal struct {
	input  string
	reason alert.Reason
}

func malformed(input string) refusal          { return refusal{input, alert.Malformed} }
func malformedExtension(input string) refusal { return refusal{input, alert.MalformedExtension} }

// message makes a codec of a message out of its two functions.
func message[M any, P interface {
	*M
	Append([]byte) []byte
}](name string, t MessageType, parse func([]byte) (M, error)) codec {
	return codec{name: name, again: func(b []byte) ([]byte, error) {
		m, err := parse(b)
		if err != nil {
			return nil, err
		}
		msg := P(&m).Append([]byte("before"))
		got, body, err := SplitMessage(msg[len("before"):])
		if err != nil || got != t {
			panic("the message has a wrong header")
		}
		return body, nil
	}}
}

// extension makes a codec of an extension out of its two functions.
func extension[V any](name string, t ExtensionType, parse func([]byte) (V, error), add func(Extensions, V) Extensions) codec {
	return codec{name: name, again: func(b []byte) ([]byte, error) {
		v, err := parse(b)
		if err != nil {
			return nil, err
		}
		x := add(AppendEmpty(nil, 0xFAFA), v)
		data, ok := x.Get(t)
		if !ok || len(x) != 8+len(data) {
			panic("the extension is not where it was put")
		}
		return data, nil
	}}
}

func (c codec) with(valid []string, invalid map[string]refusal) codec {
	c.valid, c.invalid = valid, invalid
	return c
}

// test says what holds for every codec.
func (c codec) test(t *testing.T) {
	for i, s := range c.valid {
		b := unhex(s)
		before := bytes.Clone(b)
		again, err := c.again(b)
		require.NoError(t, err, "valid input %d parses", i)
		require.Equal(t, before, again, "valid input %d is encoded as it came", i)
		require.Equal(t, before, b, "parsing changes nothing")

		if c.free {
			continue
		}
		for n := range prefixes(len(b)) {
			_, err := c.again(b[:n:n])
			if c.cut != nil && c.cut(b, n) {
				require.NoError(t, err, "what is optional may be missing (input %d)", i)
				continue
			}
			requireReason(t, err, "no strict prefix of a valid input parses (input %d, %d of %d bytes)", i, n, len(b))
		}
		_, err = c.again(append(b, 0))
		requireReason(t, err, "nothing may be left over (input %d)", i)
	}
	for name, r := range c.invalid {
		_, err := c.again(unhex(r.input))
		requireReason(t, err, name)
		require.Equal(t, r.reason, err.(*alert.Error).Reason, name)
	}
}

// prefixes yields the lengths below n: all of them, or enough of them at both
// ends if they are very many.
func prefixes(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if (i < 300 || i > n-300 || i%251 == 0) && !yield(i) {
				return
			}
		}
	}
}

// requireReason demands a refusal of ours that tells the peer something.
func requireReason(t *testing.T, err error, sentence string, args ...any) {
	t.Helper()
	args = append([]any{sentence}, args...)
	require.Error(t, err, args...)
	require.IsType(t, (*alert.Error)(nil), err, args...)
	require.NotEqual(t, alert.InternalError, err.(*alert.Error).Alert, args...)
}

// fuzz looks for an input that parses and is encoded otherwise, or that panics.
func (c codec) fuzz(f *testing.F) {
	for _, s := range c.valid {
		if b := unhex(s); len(b) < 1000 {
			f.Add(b)
		}
	}
	for _, r := range c.invalid {
		if b := unhex(r.input); len(b) < 1000 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		again, err := c.again(b)
		if err != nil {
			requireReason(t, err, "a refusal is ours")
			return
		}
		if c.lossy {
			again, err = c.again(again)
			require.NoError(t, err, "what was encoded parses")
			b = again
		}
		require.True(t, bytes.Equal(b, again), "%x parses and is encoded as %x", b, again)
	})
}

func TestCodecs(t *testing.T) {
	for _, c := range slicesOf(messages13, messages12, extensions) {
		t.Run(c.name, c.test)
	}
}

func slicesOf(lists ...[]codec) (all []codec) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// named returns the codec of that name, for the fuzz targets.
func named(name string) codec {
	for _, c := range slicesOf(messages13, messages12, extensions) {
		if c.name == name {
			return c
		}
	}
	panic("no codec is called " + name)
}

func collect[T any](seq iter.Seq[T]) (all []T) {
	for v := range seq {
		all = append(all, v)
	}
	return all
}
