package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

const versionHelp = `
With -v also which settings are in force besides the defaults, and where they
come from: the environment (TLSPROBE_<FLAG>) or the config file.
`

// version is the command of that name.
type version struct{}

func (*version) flags(*flags.Set) {}

// versionReport is its answer.
type versionReport struct {
	Schema   string           `json:"schema"`
	Tool     report.Tool      `json:"tool"`
	Go       string           `json:"go"`
	Config   string           `json:"config"`
	Settings []versionSetting `json:"settings"`
}

type versionSetting struct {
	Flag  string `json:"flag"`
	Value string `json:"value"`
	From  string `json:"from"`
}

func (*version) run(p *probe, args []string) error {
	if err := noArguments("version", args); err != nil {
		return err
	}
	rep := versionReport{Schema: "tlsprobe.version/1", Tool: report.ThisTool(), Go: runtime.Version(), Config: p.configName()}
	var err error
	if rep.Settings, err = p.settings(); err != nil {
		return err
	}
	if p.json {
		return p.answerJSON(rep)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "tlsprobe %s", rep.Tool.Version)
	if rep.Tool.Commit != "" {
		fmt.Fprintf(&b, " (%.12s)", rep.Tool.Commit)
	}
	fmt.Fprintf(&b, ", %s %s/%s\n", rep.Go, runtime.GOOS, runtime.GOARCH)
	if p.verbose > 0 {
		fmt.Fprintf(&b, "config file  %s\n", rep.Config)
		for _, s := range rep.Settings {
			fmt.Fprintf(&b, "%-12s %s (%s)\n", s.Flag, s.Value, s.From)
		}
	}
	return p.answerText(b.String())
}

// redacted is a value without the user and the password of a URL.
func redacted(value string) string {
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		scheme, rest = "", value
	}
	at := strings.LastIndex(rest, "@")
	if at < 0 || !ok && !strings.Contains(rest[:at], ":") {
		return value
	}
	if ok {
		scheme += "://"
	}
	return scheme + "...@" + rest[at+1:]
}

// settings are the flags that the environment or the config file sets.
func (p *probe) settings() ([]versionSetting, error) {
	list := []versionSetting{}
	_, lines, err := p.configFile()
	if err != nil {
		return nil, err
	}
	for _, f := range allFlags().Flags {
		value, from := p.getenv(flags.EnvName(f.Name)), "environment"
		if value == "" {
			from = "file"
			for _, line := range lines {
				if line.Name == f.Name {
					value = line.Value
				}
			}
		}
		if value != "" {
			list = append(list, versionSetting{f.Name, redacted(value), from})
		}
	}
	return list, nil
}
