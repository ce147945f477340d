package ladder

import (
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

// Messages are lines in JSON.
func Messages(lines []Line) []report.Message {
	out := make([]report.Message, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		m := report.Message{Dir: direction(l.Dir), Name: l.Name, Epoch: l.Epoch.String(), Length: l.Size}
		if l.Type >= 0 {
			m.Type = &l.Type
		}
		out = append(out, m)
	}
	return out
}

// direction is how a direction is written in JSON.
func direction(d Dir) string {
	if d == ToServer {
		return "c2s"
	}
	return "s2c"
}
