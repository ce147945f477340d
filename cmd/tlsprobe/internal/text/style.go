package text

// Style says how text may look.
type Style struct {
	Color bool
	ASCII bool
}

func (s Style) paint(code, t string) string {
	if !s.Color || t == "" {
		return t
	}
	return "\x1b[" + code + "m" + t + "\x1b[0m"
}

// Bold is for what the eye should find first.
func (s Style) Bold(t string) string { return s.paint("1", t) }

// Dim is for what may be passed over.
func (s Style) Dim(t string) string { return s.paint("2", t) }

// Good is for what holds.
func (s Style) Good(t string) string { return s.paint("32", t) }

// Bad is for what does not hold.
func (s Style) Bad(t string) string { return s.paint("31", t) }

// Warn is for what needs a look.
func (s Style) Warn(t string) string { return s.paint("33", t) }

// Client and Server tell the two sides apart.
func (s Style) Client(t string) string { return s.paint("36", t) }

// Server is the other side.
func (s Style) Server(t string) string { return s.paint("35", t) }
