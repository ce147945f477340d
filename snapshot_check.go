package tlsengine

import "github.com/tlsengine/tlsengine/handshake"

// sound reports whether an engine that was read could be one: each half has
// the keys that the handshake is past, or is about to get them, and counters
// are within their limits.
func (a *active) sound() bool {
	r, s := &a.recv, &a.send
	if a.m.Carrier() != handshake.Records {
		return false
	}
	if r.err == nil && (r.warnings > MaxWarningAlerts || r.quiet > MaxQuietMessages || r.ccs > MaxChangeCipherSpecs) {
		return false
	}
	if (r.err != nil) != a.m.Ended() || r.err != nil && s.err == nil && a.mail.err == nil {
		return false
	}
	return a.keysSound()
}

// keysSound reports whether the keys of both halves are, or will be when all
// outputs are carried out, those of where the handshake is.
func (a *active) keysSound() bool {
	recv, send := a.recv.keys, a.send.keys
	if (a.send.done || a.send.update) && !protects(send) {
		return false
	}
	done := a.send.done
	for _, list := range [][]handshake.Output{a.mail.items, a.recv.outputs} {
		for i := range list {
			switch o := &list[i]; o.Kind {
			case handshake.OutRecvKeys:
				recv = o.Keys
			case handshake.OutSendKeys:
				send = o.Keys
			case handshake.OutUpdateRecvKeys:
				if !protects(recv) || recv.Version != VersionTLS13 {
					return false
				}
			case handshake.OutDone, handshake.OutUpdateSendKeys:
				if !protects(send) || o.Kind == handshake.OutUpdateSendKeys && send.Version != VersionTLS13 {
					return false
				}
				done = true
			}
		}
	}
	if a.recv.err != nil {
		return true
	}
	if done != a.m.Done() {
		return false
	}
	return !done || protects(recv) && protects(send) && recv.Version == a.m.Facts().Version && send.Version == recv.Version
}

func protects(k *handshake.Keys) bool { return k != nil && k.Suite != nil }
