package vectors

// An Event is something that the application of a side is told.
type Event struct {
	// Record is the index, in Records, of what the side has received then.
	Record int
	Kind   EventKind
	Data   []byte // of EventData and EventEarlyData
}

// EventKind says what an [Event] is.
type EventKind string

// The kinds of Event.
const (
	EventData      EventKind = "data"
	EventEarlyData EventKind = "early data" // that the server takes
	EventFinished  EventKind = "finished"   // the peer's Finished
	EventTicket    EventKind = "ticket"     // a NewSessionTicket
	EventKeyUpdate EventKind = "key update" // the peer has new keys
	EventClosed    EventKind = "closed"     // close_notify
)

// Events returns what the application of a side is told, in order. Of TLS 1.3 a
// server's own Finished, and so its first data, may be before the client's.
func (h *Handshake) Events(of Role) []Event {
	const newSessionTicket, finished, keyUpdate = 4, 20, 24
	var list []Event
	finishedBefore := false
	for i, r := range h.Records {
		if r.Sender == of {
			continue
		}
		switch {
		case r.Type == "application_data" && finishedBefore:
			list = append(list, Event{i, EventData, r.Payload})
		case r.Type == "application_data" && h.Outcome.EarlyData == "accepted":
			list = append(list, Event{i, EventEarlyData, r.Payload})
		case r.Type == "alert":
			list = append(list, Event{Record: i, Kind: EventClosed})
		case r.Type == "handshake" || h.QUIC:
			for _, typ := range h.endingIn(i) {
				switch typ {
				case newSessionTicket:
					list = append(list, Event{Record: i, Kind: EventTicket})
				case finished:
					list, finishedBefore = append(list, Event{Record: i, Kind: EventFinished}), true
				case keyUpdate:
					list = append(list, Event{Record: i, Kind: EventKeyUpdate})
				}
			}
		}
	}
	return list
}

// endingIn are the types of the handshake messages that end in a record.
func (h *Handshake) endingIn(record int) (types []byte) {
	sender, before := h.Records[record].Sender, 0
	for _, r := range h.Records[:record] {
		if r.Sender == sender && (r.Type == "handshake" || h.QUIC) {
			before += len(r.Payload)
		}
	}
	after, end := before+len(h.Records[record].Payload), 0
	for _, m := range h.Messages(sender) {
		if end += len(m); before < end && end <= after {
			types = append(types, m[0])
		}
	}
	return types
}
