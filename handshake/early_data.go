package handshake

// EarlyDataStatus says what became of early data, and why.
type EarlyDataStatus uint8

// What may become of early data. The first is that of a Config without it.
const (
	EarlyDataDisabled       EarlyDataStatus = iota
	EarlyDataOffered                        // client: the server has not answered yet
	EarlyDataAccepted                       // it was, or is being, taken
	EarlyDataOldVersion                     // the version agreed on has none
	EarlyDataNoSession                      // the client offered nothing to resume
	EarlyDataNotResumed                     // the server did not resume what was offered
	EarlyDataUnsupported                    // the session does not allow it
	EarlyDataDeclined                       // server: the client offered none; client: the server took none
	EarlyDataRetried                        // a HelloRetryRequest came between
	EarlyDataALPNMismatch                   // the application protocol is not the session's
	EarlyDataCipherMismatch                 // the cipher suite is not the session's
	EarlyDataTicketAge                      // the ticket's age is not what the client says
	EarlyDataReplay                         // it was seen before, or that cannot be ruled out
)

var earlyDataNames = [...]string{
	"disabled", "offered", "accepted", "older version", "no session offered", "session not resumed",
	"not supported by the session", "declined by the peer", "hello retry request", "ALPN mismatch",
	"cipher suite mismatch", "ticket age skew", "possible replay",
}

// String says it in words.
func (s EarlyDataStatus) String() string {
	if int(s) < len(earlyDataNames) {
		return earlyDataNames[s]
	}
	return "invalid early data status"
}

// EarlyAccepted reports whether early data was taken.
func (f Facts) EarlyAccepted() bool { return f.EarlyData == EarlyDataAccepted }
