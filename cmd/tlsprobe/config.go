package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// maxConfig is how long a config file may be, in bytes.
const maxConfig = 64 << 10

// configFile reads $XDG_CONFIG_HOME/tlsprobe/config, if it is there. Its flags
// must exist in some command.
func (p *probe) configFile() (name string, lines []flags.Line, err error) {
	name = p.configName()
	if name == "" {
		return "", nil, nil
	}
	b, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return name, nil, nil
	case err != nil:
		return name, nil, fault.InputError("config", "%s: %v", name, plain(err))
	case len(b) > maxConfig:
		return name, nil, fault.InputError("config", "%s is longer than %d bytes", name, maxConfig)
	}
	lines, err = flags.ParseFile(name, string(b))
	if err != nil {
		return name, nil, err
	}
	known := allFlags()
	for _, line := range lines {
		if what := flags.Absent(line.Name); what != "" {
			return name, nil, fault.InputError("config", "%s: line %d: %s: this version has no %s", name, line.Number, line.Name, what)
		}
		if known.Lookup(line.Name) == nil {
			f := fault.InputError("config", "%s: line %d: no command has a flag %q", name, line.Number, line.Name)
			if near := flags.Nearest(line.Name, known.Names()); near != "" {
				f = f.WithHint("did you mean %s?", near)
			}
			return name, nil, f
		}
	}
	return name, lines, nil
}

// configName is where the config file is, "" if there is nowhere.
func (p *probe) configName() string {
	dir := p.getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // "If an implementation encounters a relative path … it should consider the path invalid and ignore it."
		home := p.getenv("HOME")
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "tlsprobe", "config")
}

// allFlags are those of every command.
func allFlags() *flags.Set {
	all := &flags.Set{}
	for _, c := range commands() {
		for _, f := range (&probe{}).flagSet(c.make()).Flags {
			if all.Lookup(f.Name) == nil {
				all.Add(f)
			}
		}
	}
	return all
}
