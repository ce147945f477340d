package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/roff"
)

// have skips a test that needs a program which is not there. CI must have it.
func have(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("%s is not installed", program)
}

// manPages writes all pages and returns their files.
func manPages(t *testing.T) []string {
	dir := t.TempDir()
	require.Empty(t, call(t, "man", "--dir", dir))
	files, err := filepath.Glob(filepath.Join(dir, "*.1"))
	require.NoError(t, err)
	require.Len(t, files, len(commands())+1)
	return files
}

func TestManualPagesSayWhatHelpSays(t *testing.T) {
	plain := strings.NewReplacer(`\-`, "-", `\fB`, "", `\fI`, "", `\fR`, "", `\(aq`, "'", `\[u2026]`, "…", `\(ti`, "~", `\(ha`, "^", `\e`, `\`, `\&`, "", `\(ga`, "`")
	for _, c := range commands() {
		page := plain.Replace(call(t, "man", c.name))
		require.Contains(t, page, "tlsprobe-"+c.name+" - "+c.summary)
		for _, f := range (&probe{}).flagSet(c.make()).Flags {
			require.Contains(t, page, "--"+f.Name, c.name)
			require.Contains(t, page, strings.ReplaceAll(f.Help, "`", ""), c.name)
		}
		for line := range strings.Lines(c.help) {
			require.Contains(t, page, strings.TrimSpace(strings.ReplaceAll(line, "`", "")), c.name)
		}
	}
	whole := plain.Replace(call(t, "man"))
	for _, c := range commands() {
		require.Contains(t, whole, c.summary)
	}
	for _, name := range topicNames {
		require.Contains(t, whole, strings.ToUpper(strings.ReplaceAll(name, "-", " ")))
	}
}

// TestManualPagesAreSound has mandoc look for mistakes in the pages.
func TestManualPagesAreSound(t *testing.T) {
	have(t, "mandoc")
	out, err := exec.Command("mandoc", append([]string{"-T", "lint", "-W", "warning"}, manPages(t)...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, string(out))
}

func TestManualPagesShow(t *testing.T) {
	have(t, "mandoc")
	show := exec.Command("mandoc", "-T", "ascii", "-O", "width=200")
	show.Stdin = strings.NewReader(call(t, "man", "show"))
	out, err := show.Output()
	require.NoError(t, err)
	bare := strings.ReplaceAll(string(out), "_\b", "")
	for i := strings.IndexByte(bare, '\b'); i > 0; i = strings.IndexByte(bare, '\b') {
		bare = bare[:i-1] + bare[i+1:] // bold is a letter typed twice
	}
	require.Contains(t, bare, "tlsprobe-show - a handshake with every byte explained")
	require.Contains(t, bare, "tlsprobe show capture.pcapng --keylog keys.log")
	require.Contains(t, bare, "-o, --output FILE")
}

func TestRoffEscapes(t *testing.T) {
	require.Equal(t, `\e\-\(ti\(ha\(aq\(ga\[u2026]"`, roff.Escape("\\-~^'`…\""))
	p := roff.New("x", "2026-11-21", "a 1.0", "y")
	p.Section("TEXT")
	p.Text(".PP is text\n\n  .in is too\n\n'so is this `and --this`")
	require.Equal(t, `.TH X 1 "2026-11-21" "a 1.0" "User Commands"
.SH NAME
x \- y
.SH TEXT
\&.PP is text
.PP
.RS 4
.nf
\&.in is too
.fi
.RE
.PP
\(aqso is this \fBand \-\-this\fR
`, p.String())
}
