package tlsengine

import "strconv"

// EventKind says what an [Event] is about. Kinds that a caller does not know
// can be skipped.
type EventKind uint8

// The kinds of events.
const (
	// EventNone: bytes were eaten, and there is nothing to say about them.
	EventNone EventKind = iota

	// EventNeedMore ends the loop: Need more bytes complete a record. Nothing
	// was eaten.
	EventNeedMore

	// EventRequest ends the loop: [Engine.Pending] has a question, and
	// nothing is eaten until it is answered.
	EventRequest

	// EventPeerClosed ends the loop: the peer's close_notify was received. The
	// engine eats nothing more; what follows in the input is the caller's.
	// Before EventHandshakeDone it proves nothing, not even who said it.
	EventPeerClosed

	// EventData: Data is application data.
	EventData

	// EventEarlyData: Data is 0-RTT data. It may be a replay of what another
	// connection brought already: RFC 9846, Section 8.
	EventEarlyData

	// EventHandshakeDone: both sides have proved what they have to. Data may
	// be sent.
	EventHandshakeDone

	// EventFlightDone: what the engine owes now is a complete flight. After
	// it is flushed the peer must speak. Carriers inside packets use it.
	EventFlightDone

	// EventNewSession: Data is a session that a later Config.Session can
	// resume. It is the receiver's to keep, and secret.
	EventNewSession

	// EventKeyUpdated: the peer changed its keys.
	EventKeyUpdated

	// EventEarlyDataAccepted: the server takes the early data.
	EventEarlyDataAccepted

	// EventEarlyDataRejected: the server did not take the early data. What
	// was sent with SendEarly is lost, and may be sent again once the
	// handshake is done.
	EventEarlyDataRejected
)

var eventNames = [...]string{
	"None", "NeedMore", "Request", "PeerClosed", "Data", "EarlyData", "HandshakeDone", "FlightDone",
	"NewSession", "KeyUpdated", "EarlyDataAccepted", "EarlyDataRejected",
}

// String names the kind, without "Event" in front.
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return "event(" + strconv.Itoa(int(k)) + ")"
}

// Event is one thing that happened, or the reason why nothing more can
// happen now.
type Event struct {
	Kind EventKind

	// Data of EventData and EventEarlyData points into the input. That of
	// EventNewSession is the receiver's.
	Data []byte

	// Need of EventNeedMore is how many bytes are missing, at least 1.
	Need int
}

// Stops reports whether the loop over the input ends with this event: the
// engine eats nothing before it gets more bytes, an answer, or for ever.
func (ev Event) Stops() bool {
	return ev.Kind == EventNeedMore || ev.Kind == EventRequest || ev.Kind == EventPeerClosed
}
