package ladder

import (
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/names"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

// Messages are lines in JSON.
func Messages(lines []Line) []report.Message {
	out := make([]report.Message, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		m := report.Message{Dir: names.Direction(l.Dir), Name: l.Name, Epoch: l.Epoch.String(), Length: l.Size}
		if l.Type >= 0 {
			m.Type = &l.Type
		}
		out = append(out, m)
	}
	return out
}
