package record

import "github.com/tlsengine/tlsengine/internal/alert"

// ParseAlert reads the content of an alert record:
//
//	struct {
//	    AlertLevel level;
//	    AlertDescription description;
//	} Alert;
//
// RFC 9846, Section 6. The description is not judged; what a level means
// depends on the version, and is the caller's to know.
func ParseAlert(content []byte) (alert.Level, alert.Alert, error) {
	// "a record with an Alert type MUST contain exactly one message"
	// RFC 9846, Section 5.1.
	if len(content) != 2 {
		return 0, 0, alert.BadAlert.Errorf("alert record holds %d bytes, not 2", len(content))
	}
	level := alert.Level(content[0])
	if level != alert.Warning && level != alert.Fatal {
		return 0, 0, alert.UnknownAlert.Errorf("alert level is %d, neither warning nor fatal", content[0])
	}
	return level, alert.Alert(content[1]), nil
}

// AppendAlert appends the two bytes of an alert's content to dst: what
// [Writer.Append] takes as data of type [Alert].
func AppendAlert(dst []byte, level alert.Level, a alert.Alert) []byte {
	return append(dst, byte(level), byte(a))
}
