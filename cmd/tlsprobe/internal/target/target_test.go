package target

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

func TestTargets(t *testing.T) {
	for in, want := range map[string]string{
		"example.com":               "example.com:443",
		"Example.COM:8443":          "example.com:8443",
		"[2001:db8::1]":             "[2001:db8::1]:443",
		"[::1]:8443":                "[::1]:8443",
		"127.0.0.1:1":               "127.0.0.1:1",
		"https://example.com":       "example.com:443",
		"https://example.com/":      "example.com:443",
		"IMAPS://mail.example.com":  "mail.example.com:993",
		"dot://[2001:db8::53]":      "[2001:db8::53]:853",
		"https://example.com:8443":  "example.com:8443",
		"unix:/run/tls.sock":        "unix:/run/tls.sock",
		"bücher.example:44":         "xn--bcher-kva.example:44",
		"a_b.example.":              "a_b.example.:443",
		"https://example.com/a/b?c": "example.com:443",
	} {
		got, err := Parse(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got.Address(), in)
	}
}

// TestSchemes has those of the specification, with their ports; the second list
// begins in the clear.
func TestSchemes(t *testing.T) {
	atOnce := map[string]int{
		"https": 443, "smtps": 465, "imaps": 993, "pop3s": 995, "ftps": 990, "ldaps": 636, "nntps": 563, "ircs": 6697, "dot": 853,
	}
	clear := map[string]int{
		"submission": 587, "smtp": 25, "imap": 143, "pop3": 110, "ftp": 21, "ldap": 389, "postgres": 5432, "mysql": 3306, "xmpp": 5222,
		"xmpp-server": 5269, "nntp": 119, "sieve": 4190, "irc": 6667, "lmtp": 24, "rdp": 3389, "mssql": 1433,
	}
	for _, in := range []map[string]int{atOnce, clear} {
		for name, port := range in {
			got, err := Parse(name + "://host.test")
			require.NoError(t, err, name)
			require.Equal(t, port, got.Port, name)
			_, starttls := clear[name]
			require.Equal(t, starttls, got.StartTLS == name, name)
			got, err = Parse(name + "://host.test:7")
			require.NoError(t, err, name)
			require.Equal(t, 7, got.Port, name)
		}
	}
}

func TestBlanksAroundATargetDoNotCount(t *testing.T) {
	got, err := Parse(" example.com:1\t")
	require.NoError(t, err)
	require.Equal(t, "example.com:1", got.Input)
}

func TestPartsOfATarget(t *testing.T) {
	got, err := Parse("https://bücher.example/a?b=c")
	require.NoError(t, err)
	require.Equal(t, "/a?b=c", got.Path)
	require.Equal(t, "bücher.example", got.Unicode)
	require.EqualError(t, got.MustBeBare(), "a target is a host and a port; drop /a?b=c")
	require.False(t, got.IsIP())
	for _, local := range []string{"localhost", "127.0.0.1:4", "[::1]", "unix:/x", "a.localhost"} {
		got, err = Parse(local)
		require.NoError(t, err)
		require.True(t, got.Loopback(), local)
	}
}

func TestWhatIsNoTargetIsNamed(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "an empty target",
		" ":                  "an empty target",
		"example.com:0":      `port "0" is not a number from 1 to 65535`,
		"example.com:65536":  `port "65536" is not a number from 1 to 65535`,
		"example.com:https":  `port "https" is not a number from 1 to 65535`,
		"example.com:":       "no port behind the colon",
		":443":               "no host before the port",
		"exa mple.com":       "a blank in the host",
		"[::1":               "the [ is not closed",
		"[localhost]":        "no IPv6 address between [ and ]",
		"[127.0.0.1]":        "no IPv6 address between [ and ]",
		"[::1]:":             "no port behind the colon",
		"example.com:+80":    `port "+80" is not a number from 1 to 65535`,
		"https://":           "no host",
		"://example.com":     "no scheme before ://",
		"a:1:2":              "more than one colon",
		"quic://example.com": "quic is TLS over UDP, and this program speaks TCP only",
		"h3://example.com":   "h3 is TLS over UDP, and this program speaks TCP only",
		"[::1]443":           "after ] only :port may follow",
		"2001:db8::1":        "more than one colon",
		"me@example.com":     "a target has no user name; drop what is before the @",
		"example.com/path":   "a target is a host and a port; drop /path",
		"http://example.com": "http is not TLS",
		"htps://example.com": `unknown scheme "htps"`,
		"unix:":              "no path behind unix:",
		"a..b":               "the host has an empty label",
		"a<b":                "the host has a character that no name has",
		"\xff.example":       "the host is not valid UTF-8",
		string(make64('a')):  "the host has a label longer than 63 bytes",
	} {
		_, err := Parse(in)
		require.EqualError(t, err, want, in)
		require.Equal(t, fault.Usage, fault.Of(err).Exit)
	}
}

func make64(b byte) []byte {
	out := make([]byte, 64)
	for i := range out {
		out[i] = b
	}
	return out
}

// The samples of RFC 3492, Section 7.1, those without mixed case.
func TestPunycode(t *testing.T) {
	for in, want := range map[string]string{
		"ليهمابتكلموشعربي؟":            "egbpdaj6bu4bxfgehfvwxn",
		"他们为什么不说中文":                    "ihqwcrb4cv8a8dqg056pqjye",
		"למההםפשוטלאמדבריםעברית":       "4dbcagdahymbxekheh6e0a7fei0b",
		"почемужеонинеговорятпорусски": "b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"3年b組金八先生":                     "3b-ww4c5e180e575a65lsy2b",
		"パフィーdeルンバ":                    "de-jg4avhby1noc0d",
		"そのスピードで":                      "d9juau41awczczp",
		"bücher":                       "bcher-kva",
	} {
		require.Equal(t, want, punycode(in), in)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("https://[::1]:443/x")
	f.Add("bücher.example:1")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		require.Equal(t, err == nil, got != nil && err == nil)
		if err == nil && got.Unix == "" {
			require.NotEmpty(t, got.Host)
			require.Positive(t, got.Port)
		}
	})
}
