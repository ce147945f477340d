package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// daemon is a server of somebody else's, which a test starts on ports of its
// own, as nobody, with a folder that is gone with it. Its configuration is in
// testdata/servers; what is in braces there and in the command line is filled
// in:
//
//	{conf}         the configuration
//	{dir}          the folder
//	{cert}, {key}  a certificate for localhost
//	{ca}           the root of it; {other-ca} is one of nothing
//	{user}         who runs it, and the {group}
//	{port-NAME}    a free port, the same for the same name
type daemon struct {
	program, source string
	conf            string // file in testdata/servers; may be empty
	args            string
	root            bool                           // only root may start it; it becomes {user} by itself
	first           func(t *testing.T, d *started) // before it is started
}

// started is a daemon that was started.
type started struct {
	*fixtures
	home   string
	values map[string]string
	ports  []int
}

var filled = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// fill fills in what is in braces.
func (d *started) fill(s string) string {
	return filled.ReplaceAllStringFunc(s, func(name string) string {
		name = name[1 : len(name)-1]
		if _, ok := d.values[name]; !ok {
			require.True(d.t, strings.HasPrefix(name, "port-"), "no value %q", name)
			port := testproc.FreePort(d.t)
			d.ports, d.values[name] = append(d.ports, port), strconv.Itoa(port)
		}
		return d.values[name]
	})
}

// at is the address of one of the daemon's ports.
func (d *started) at(port string) string {
	require.Contains(d.t, d.values, "port-"+port)
	return "localhost:" + d.values["port-"+port]
}

// startDaemons starts daemons that know each other's ports.
func startDaemons(t *testing.T, list ...daemon) *started {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	d := newHome(t)
	for _, x := range list {
		x.start(d)
	}
	return d
}

// newHome is the folder of daemons, and what they are given.
func newHome(t *testing.T) *started {
	d := &started{fixtures: newFixtures(t)}
	cred := d.credential(x509.ExtKeyUsageServerAuth, 90*24*time.Hour+time.Hour, "localhost")
	d.home = filepath.Join(d.dir, "home")
	require.NoError(t, os.Mkdir(d.home, 0o755))
	d.values = map[string]string{
		"dir": d.home, "ca": d.file("home/ca.pem", certPEM(d.ca.Cert.Raw)), "other-ca": d.file("home/other.pem", certPEM(newFixtures(t).ca.Cert.Raw)),
		"cert": d.file("home/cert.pem", chainPEM(cred.Chain)), "key": d.file("home/key.pem", keyPEM(t, cred)),
	}
	uid, gid := testproc.Nobody(t)
	u, err := user.LookupId(strconv.Itoa(uid))
	require.NoError(t, err)
	g, err := user.LookupGroupId(strconv.Itoa(gid))
	require.NoError(t, err)
	d.values["user"], d.values["group"] = u.Username, g.Name
	return d
}

// start starts a daemon and waits until it listens on all ports that were
// named so far.
func (x daemon) start(d *started) {
	t := d.t
	t.Helper()
	program := testproc.Find(t, x.program, x.source)
	if x.root && os.Getuid() != 0 {
		t.Skip(x.program + " is started by root only")
	}
	if x.conf != "" {
		text, err := os.ReadFile(filepath.Join("testdata", "servers", x.conf))
		require.NoError(t, err)
		d.values["conf"] = d.file("home/"+x.conf, d.fill(string(text)))
	}
	d.give()
	if x.root {
		require.NoError(t, os.Chown(d.values["conf"], 0, 0))
	}
	if x.first != nil {
		x.first(t, d)
	}
	cmd := d.command(program, x.args)
	if x.root {
		cmd.SysProcAttr = nil
	}
	testproc.Serve(t, cmd, d.ports...)
}

// command is a command that is run as nobody.
func (d *started) command(program, args string) *exec.Cmd {
	cmd := exec.Command(program, words(d.fill(args))...)
	cmd.Dir = d.home
	testproc.AsNobody(d.t, cmd)
	return cmd
}

// give gives the files to who runs the daemon, and lets it come to them.
func (d *started) give() {
	uid, gid := testproc.Nobody(d.t)
	for _, dir := range []string{filepath.Dir(d.dir), d.dir} {
		require.NoError(d.t, os.Chmod(dir, 0o711))
	}
	require.NoError(d.t, filepath.Walk(d.home, func(name string, _ os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(name, uid, gid)
	}))
}

// apt says how to get a Debian package.
func apt(name string) string { return fmt.Sprintf("apt-get install --no-install-recommends %s", name) }
