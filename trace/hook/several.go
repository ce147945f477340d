package hook

// Nobody is a Tracer that does nothing. Who wants to hear of some steps only
// embeds it.
type Nobody struct{}

// Record does nothing.
func (Nobody) Record(Record) {}

// Message does nothing.
func (Nobody) Message(Message) {}

// Transcript does nothing.
func (Nobody) Transcript([]byte) {}

// KeyExchange does nothing.
func (Nobody) KeyExchange(KeyExchange) {}

// Derive does nothing.
func (Nobody) Derive(Derivation) {}

// State does nothing.
func (Nobody) State(string) {}

// Alert does nothing.
func (Nobody) Alert(Alert) {}

// Several is a Tracer that tells each of those that are not nil, in order; nil
// if there are none.
func Several(list ...Tracer) Tracer {
	var some several
	for _, t := range list {
		if t != nil {
			some = append(some, t)
		}
	}
	switch len(some) {
	case 0:
		return nil
	case 1:
		return some[0]
	}
	return some
}

type several []Tracer

func (s several) Record(r Record) {
	for _, t := range s {
		t.Record(r)
	}
}

func (s several) Message(m Message) {
	for _, t := range s {
		t.Message(m)
	}
}

func (s several) Transcript(hash []byte) {
	for _, t := range s {
		t.Transcript(hash)
	}
}

func (s several) KeyExchange(k KeyExchange) {
	for _, t := range s {
		t.KeyExchange(k)
	}
}

func (s several) Derive(d Derivation) {
	for _, t := range s {
		t.Derive(d)
	}
}

func (s several) State(name string) {
	for _, t := range s {
		t.State(name)
	}
}

func (s several) Alert(a Alert) {
	for _, t := range s {
		t.Alert(a)
	}
}
