package flags

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type values struct {
	on      bool
	count   int
	name    string
	many    []string
	list    []string
	number  int
	size    int64
	timeout time.Duration
}

func newSet() (*Set, *values) {
	v, s := &values{}, &Set{}
	s.Switch(&v.on, "on", "")
	s.Count(&v.count, "verbose", "").Short = "v"
	s.File(&v.name, "output", "").Short = "o"
	s.Strings(&v.many, "proxy", "URL", "")
	s.List(&v.list, "suites", "LIST", "")
	s.Int(&v.number, "number", 1, 9, "")
	s.Size(&v.size, "max-reply", 0, 1<<30, "")
	s.Duration(&v.timeout, "timeout", time.Millisecond, time.Hour, "")
	return s, v
}

func TestFlagsAndArgumentsComeInAnyOrder(t *testing.T) {
	s, v := newSet()
	rest, err := s.Parse([]string{"first", "--on", "-vvo", "file", "second", "--suites=a, b,,c", "--proxy", "x", "--proxy", "y", "--", "--on", "-"})
	require.NoError(t, err)
	require.Equal(t, []string{"first", "second", "--on", "-"}, rest)
	require.Equal(t, &values{on: true, count: 2, name: "file", many: []string{"x", "y"}, list: []string{"a", "b", "c"}}, v)
	require.True(t, s.Given("on"))
	require.False(t, s.Given("number"))
}

func TestDashAloneIsAnArgument(t *testing.T) {
	s, _ := newSet()
	rest, err := s.Parse([]string{"-"})
	require.NoError(t, err)
	require.Equal(t, []string{"-"}, rest)
}

func TestValuesMayBeginWithADash(t *testing.T) {
	s, v := newSet()
	_, err := s.Parse([]string{"--suites", "-TLS_AES_128_GCM_SHA256", "-o-"})
	require.NoError(t, err)
	require.Equal(t, []string{"-TLS_AES_128_GCM_SHA256"}, v.list)
	require.Equal(t, "-", v.name)
}

func TestUnitsOfSizesAndTimes(t *testing.T) {
	for arg, want := range map[string]int64{"0": 0, "4096": 4096, "64k": 65536, "1MiB": 1 << 20, "2kb": 2000, "7b": 7} {
		s, v := newSet()
		_, err := s.Parse([]string{"--max-reply", arg})
		require.NoError(t, err, arg)
		require.Equal(t, want, v.size, arg)
	}
	for arg, want := range map[string]time.Duration{"2": 2 * time.Second, "300ms": 300 * time.Millisecond, "1m30s": 90 * time.Second} {
		s, v := newSet()
		_, err := s.Parse([]string{"--timeout", arg})
		require.NoError(t, err, arg)
		require.Equal(t, want, v.timeout, arg)
	}
}

func TestWrongCommandLinesNameTheFlagAndWhatItWants(t *testing.T) {
	for want, args := range map[string][]string{
		"unknown flag --onn":                                                   {"--onn"},
		"unknown flag -xv":                                                     {"-xv"},
		"--on takes no value":                                                  {"--on=true"},
		"--number needs a value: --number N":                                   {"--number"},
		"-o needs a value: -o FILE":                                            {"-o"},
		"--output needs a value: --output FILE":                                {"--output", "--on"},
		"--number 10: want a number from 1 to 9":                               {"--number", "10"},
		"--number x: want a number from 1 to 9":                                {"--number=x"},
		"--timeout 2h: want a time from 1ms to 1h0m0s, as in 500ms, 15s or 2m": {"--timeout", "2h"},
		"--max-reply -1: want a size from 0 to 1073741824 bytes, as in 4096, 64KiB or 1MiB": {"--max-reply", "-1"},
	} {
		s, _ := newSet()
		_, err := s.Parse(args)
		require.EqualError(t, err, want)
	}
}

func TestTheCommandLineGoesBeforeTheEnvironmentBeforeTheFile(t *testing.T) {
	s, v := newSet()
	_, err := s.Parse([]string{"--number", "1"})
	require.NoError(t, err)
	env := map[string]string{"TLSPROBE_NUMBER": "2", "TLSPROBE_MAX_REPLY": "2", "TLSPROBE_ON": "1"}
	require.NoError(t, s.Environment(func(name string) string { return env[name] }))
	lines, err := ParseFile("config", "# comment\n\nnumber = 3\r\nmax-reply=3\n--timeout = 3s\nother = x\n")
	require.NoError(t, err)
	require.NoError(t, s.Apply("config", lines))
	require.Equal(t, 1, v.number)
	require.EqualValues(t, 2, v.size)
	require.Equal(t, 3*time.Second, v.timeout)
	require.True(t, v.on)
	require.Equal(t, "environment", s.Lookup("max-reply").From)
	require.Equal(t, "file", s.Lookup("timeout").From)
}

func TestBadLinesOfAFileAreNamed(t *testing.T) {
	_, err := ParseFile("config", "number = 1\nnonsense\n")
	require.EqualError(t, err, `config: line 2: want "flag = value"`)
}

func TestNearestIsNotFarFetched(t *testing.T) {
	names := []string{"timeout", "connect-timeout", "suites", "sni"}
	require.Equal(t, "timeout", Nearest("timout", names))
	require.Equal(t, "suites", Nearest("suite", names))
	require.Equal(t, "connect-timeout", Nearest("connect", names))
	require.Equal(t, "", Nearest("xyzzyplugh", names))
}
