package tlsengine

import (
	"sync"
	"sync/atomic"

	"github.com/tlsengine/tlsengine/handshake"
)

// mailbox carries what the receiving half makes the sending half do: messages
// and keys in order, an alert, the end. It is all that the halves share.
type mailbox struct {
	full atomic.Bool // there is something in items, update or alert
	owes atomic.Bool // some of it becomes bytes

	updated atomic.Bool // the peer changed its keys since this was last looked at

	mu      sync.Mutex
	items   []handshake.Output
	alert   *Alert // the fatal alert that ends the connection
	err     error  // what ended it
	stopped bool   // the sending half says nothing more: nothing becomes bytes

	config *Config // whose shape the records have that follow OutConfig
}

// mailRoom is for what a flight makes the sending half do.
const mailRoom = 6

// post puts an output into the mailbox.
func (b *mailbox) post(o handshake.Output) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// A peer may ask for any number of updates before it is answered once.
	if o.Kind == handshake.OutUpdateSendKeys && len(b.items) > 0 && b.items[len(b.items)-1].Kind == o.Kind {
		return
	}
	if n := len(b.items); n > 0 && o.Kind == handshake.OutMessage && b.items[n-1].Kind == o.Kind && b.items[n-1].Epoch == o.Epoch {
		b.items[n-1].Data = append(b.items[n-1].Data, o.Data...) // one record holds them
	} else {
		if b.items == nil {
			b.items = make([]handshake.Output, 0, mailRoom)
		}
		b.items = append(b.items, o)
	}
	b.full.Store(true)
	if becomesBytes(o.Kind) && !b.stopped {
		b.owes.Store(true)
	}
}

func becomesBytes(k handshake.OutputKind) bool {
	return k == handshake.OutMessage || k == handshake.OutChangeCipherSpec
}

// end tells the sending half that the connection is over, and with which
// alert the peer is to hear of it; nil if the peer knows.
func (b *mailbox) end(err error, a *Alert) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err, b.alert = err, a
	b.full.Store(true)
	if a != nil {
		b.owes.Store(!b.stopped)
	} else {
		b.items = nil
		b.owes.Store(false)
	}
}

// stop says that the sending half is closed.
func (b *mailbox) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	b.owes.Store(false)
}

// reshape posts the Config that records have the shape of from here on. There
// is one such change at most.
func (b *mailbox) reshape(cfg *Config) {
	b.config = cfg
	b.post(handshake.Output{Kind: handshake.OutConfig})
}

// take empties the mailbox. Who looks often looks at full first.
func (b *mailbox) take() (items []handshake.Output, a *Alert, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	items, a, err = b.items, b.alert, b.err
	b.items, b.alert = nil, nil
	b.full.Store(b.err != nil)
	b.owes.Store(false)
	return items, a, err
}
