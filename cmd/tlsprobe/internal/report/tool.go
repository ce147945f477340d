package report

import (
	"runtime/debug"
	"strings"

	"github.com/tlsengine/tlsengine/trace"
)

// Tool is the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit"`
}

// ThisTool is this program, from its build information.
func ThisTool() Tool {
	t := Tool{Name: "tlsprobe", Version: "devel"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	if v := strings.Trim(info.Main.Version, "()"); v != "" {
		t.Version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			t.Commit = s.Value
		}
	}
	return t
}

// TraceOf puts connections into a trace of this program's.
func TraceOf(connections ...*trace.Connection) *trace.Trace {
	tool := ThisTool()
	return &trace.Trace{
		Schema: trace.Schema, Tool: &trace.Tool{Name: tool.Name, Version: tool.Version, Commit: tool.Commit},
		Secrets: true, Connections: connections,
	}
}
