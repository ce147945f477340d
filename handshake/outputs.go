package handshake

import "github.com/tlsengine/tlsengine/keyschedule"

// outputs is the ordered list of effects of the steps since it was last
// taken.
type outputs struct {
	list   []Output
	flight []byte // the messages; Data of the list points in here
	sent   bool   // a message went out since the last OutFlight
}

// flightRoom is for a flight without its certificates and hybrid key share.
const flightRoom = 512

// reserve makes room for a flight of so many bytes.
func (o *outputs) reserve(n int) {
	if o.flight == nil {
		o.flight = make([]byte, 0, n)
	}
}

// room is where the next message goes: put together there, it is not copied.
func (o *outputs) room() []byte { return o.flight[len(o.flight):] }

// Take returns what the machine wants done, in order, and forgets it.
func (c *common) Take() []Output {
	list := c.out.list
	c.out.list, c.out.flight = nil, nil
	return list
}

// outputRoom is for the outputs of all steps but a few.
const outputRoom = 8

func (o *outputs) add(out Output) {
	if o.list == nil {
		o.list = make([]Output, 0, outputRoom)
	}
	o.list = append(o.list, out)
}

func (c *common) signal(kind OutputKind) { c.out.add(Output{Kind: kind}) }

func (c *common) signalData(kind OutputKind, data []byte) {
	c.out.add(Output{Kind: kind, Data: data})
}

// say sends a message at an epoch, and adds it to the transcript. Messages of
// one epoch that follow each other become one output.
func (c *common) say(epoch Epoch, t MessageType, msg []byte) {
	if c.cfg.Rewrite != nil {
		msg = c.cfg.Rewrite(t, msg)
	}
	c.tellSent(epoch, msg)
	c.transcript.add(msg)
	c.emit(epoch, msg)
}

// emit sends a message that the transcript does not have to know.
func (c *common) emit(epoch Epoch, msg []byte) {
	o := &c.out
	o.sent = true
	start := len(o.flight)
	o.flight = append(o.flight, msg...)
	if n := len(o.list); n > 0 && o.list[n-1].Kind == OutMessage && o.list[n-1].Epoch == epoch {
		last := &o.list[n-1]
		last.Data = o.flight[start-len(last.Data):]
		return
	}
	o.add(Output{Kind: OutMessage, Epoch: epoch, Data: o.flight[start:]})
}

// sendKeys and recvKeys are K_send and K_recv of RFC 9846, Appendix A.
func (c *common) sendKeys(e Epoch, s keyschedule.Secret) *Keys { return c.newKeys(OutSendKeys, e, s) }
func (c *common) recvKeys(e Epoch, s keyschedule.Secret) *Keys { return c.newKeys(OutRecvKeys, e, s) }

func (c *common) newKeys(kind OutputKind, e Epoch, s keyschedule.Secret) *Keys {
	keys := &Keys{Epoch: e, Version: VersionTLS13, Suite: c.facts.Suite, Secret: s}
	if e == Initial {
		keys.Suite = nil
	}
	c.out.add(Output{Kind: kind, Epoch: e, Keys: keys})
	return keys
}

// endOfFlight says that now the peer must speak, when it must and something
// was sent.
func (m *Machine) endOfFlight() {
	if m.out.sent && !m.state.Awaits() {
		m.out.sent = false
		m.signal(OutFlight)
	}
}

// logSecret gives a secret to the key log: RFC 9850.
func (c *common) logSecret(label string, s *keyschedule.Secret) {
	if c.cfg.KeyLog != nil {
		c.cfg.KeyLog(label, c.keys.clientRandom[:], s.Bytes())
	}
}
