package vectors

import (
	"bytes"
	"crypto/sha256"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesAreWrittenAsTheyAreRead(t *testing.T) {
	err := fs.WalkDir(embedded, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := embedded.ReadFile(path)
		require.NoError(t, err)
		f, err := Parse(path, text)
		require.NoError(t, err)
		require.Equal(t, string(text), string(f.Append(nil)), path)
		return nil
	})
	require.NoError(t, err)
}

func TestMalformedFilesAreRefusedWithTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"# t\nabc\n":                          `f: line 2: "abc" has no name`,
		"# t\n-- x\n":                         `f: line 2: section title "-- x" does not have the form "-- title --"`,
		"# t\na: 1\na: 2\n":                   `f: line 3: field "a" appears twice`,
		"  00\n":                              `f: line 1: nothing to continue`,
		"-- client message x --\na: 00\n00\n": `f: line 3: "00" has no name`,
	} {
		_, err := Parse("f", []byte(text))
		require.EqualError(t, err, want)
	}
}

func TestMalformedTracesAreRefusedWithTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"a: xyz\n":                                    `f: line 1: "a" is not hex: encoding/hex: invalid byte: U+0078 'x'`,
		"-- peer key x25519 --\n":                     `f: line 1: step of "peer", want client or server`,
		"-- client lock x25519 --\n":                  `f: line 1: unknown kind of step "lock"`,
		"-- client finished --\nsame as: server\n":    `f: line 1: no step "finished" of "server" to be the same as`,
		"-- client finished --\nsame as: client\n":    `f: line 1: no step "finished" of "client" to be the same as`,
		"-- client extract early --\n\nsecret: abc\n": `f: line 1: line 3: "secret" is not hex: encoding/hex: odd length hex string`,
	} {
		f, err := Parse("f", []byte(text))
		require.NoError(t, err)
		_, err = NewTrace(f)
		require.EqualError(t, err, want)
	}
}

func TestRFC8448IsComplete(t *testing.T) {
	traces, err := Traces()
	require.NoError(t, err)
	type shape struct {
		name                      string
		steps, same, values, recs int
	}
	var got []shape
	for _, tr := range traces {
		s := shape{name: tr.Name, steps: len(tr.Steps), recs: len(tr.Records())}
		for _, step := range tr.Steps {
			if step.SameAs != "" {
				s.same++
			} else {
				s.values += len(step.Values)
			}
		}
		got = append(got, s)
	}
	// Counted in the text of the RFC: "{client}" and "{server}" headings,
	// those that say "same as", "(n octets)" values with the "0 (all zero
	// octets)" salts, and "complete record" values.
	require.Equal(t, []shape{
		{"3-simple-1rtt", 55, 17, 109, 9},
		{"4-resumed-0rtt", 60, 20, 125, 10},
		{"5-hello-retry-request", 54, 16, 106, 8},
		{"6-client-authentication", 52, 16, 101, 6},
		{"7-compatibility-mode", 51, 16, 102, 8},
	}, got)
}

func TestTracesGiveWhatAReplayNeeds(t *testing.T) {
	traces, err := Traces()
	require.NoError(t, err)
	for _, tr := range traces {
		for _, end := range []Role{Client, Server} {
			hello := tr.Messages(end)
			require.NotEmpty(t, hello, tr.Name)
			first := hello[0]
			if tr.Name == "5-hello-retry-request" && end == Server {
				first = hello[1]
			}
			require.Equal(t, first[6:38], tr.Random(end), tr.Name)
			for _, m := range hello {
				require.Equal(t, len(m)-4, int(m[1])<<16|int(m[2])<<8|int(m[3]), "%s: whole messages", tr.Name)
			}
		}
		require.Len(t, tr.Secret("c hs traffic"), 32)
		require.Nil(t, tr.Secret("no such"))
	}
	require.NotEmpty(t, traces[0].PrivateKey(Client, "x25519"))
	require.NotEmpty(t, traces[2].PrivateKey(Server, "P-256"))
	require.Len(t, traces[3].Signature(Client), 128)
	require.Nil(t, traces[1].Signature(Server))
	_, err = traces[3].RSAKey()
	require.ErrorIs(t, err, ErrNoKey)
}

func TestTheServersRSAKeyIsTheOneInItsCertificate(t *testing.T) {
	traces, err := Traces()
	require.NoError(t, err)
	for _, i := range []int{0, 2, 4} {
		key, err := traces[i].RSAKey()
		require.NoError(t, err)
		cert := traces[i].Step(Server, Message, "Certificate").Get("")
		require.True(t, bytes.Contains(cert, key.N.Bytes()))
	}
}

func TestResumptionUsesTheTicketOfTheFirstHandshake(t *testing.T) {
	traces, err := Traces()
	require.NoError(t, err)
	full, resumed := traces[0], traces[1]
	require.Equal(t, full.Secret("resumption"), resumed.Step(Client, Extract, "early").Get("ikm"))
	ticket := full.Step(Server, Message, "NewSessionTicket").Get("")
	// The identity is all of the ticket after lifetime, age_add and nonce.
	identity := ticket[4+4+4+3+2 : 4+4+4+3+2+0xb2]
	require.True(t, bytes.Contains(resumed.Messages(Client)[0], identity))
	binder := resumed.Step(Client, Binder, "")
	hash := sha256.Sum256(binder.Get("prefix"))
	require.Equal(t, hash[:], binder.Get("binder hash"))
	require.True(t, bytes.HasSuffix(resumed.Messages(Client)[0], binder.Get("finished")))
}
