package ladder

import (
	"fmt"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/record"
)

// shown is how much of application data is shown, in bytes.
const shown = 40

// Reader makes lines of what a [Watch] sees.
type Reader struct {
	version handshake.Version
}

// Line is the arrow of an item; false for records, which are no messages.
func (r *Reader) Line(it Item) (Line, bool) {
	l := Line{Dir: it.Dir, Epoch: it.Epoch, Size: len(it.Bytes), Type: -1}
	switch it.Kind {
	case Message:
		l.Name = dissect.MessageName(it.Bytes)
		l.Type = int(it.Bytes[0])
		l.Detail = r.message(it.Bytes)
	case Alert:
		l.Name = "alert"
		l.Detail = alertDetail(it.Bytes)
	case ChangeCipherSpec:
		l.Name = "change_cipher_spec"
		if r.version != handshake.VersionTLS12 {
			l.Detail = []string{"for middleboxes"}
		}
	case Data:
		l.Name = "application data"
		l.Detail = []string{`"` + text.Bytes(it.Bytes, shown) + `"`}
	case Sealed:
		l.Name = "record that was not opened"
	default:
		return Line{}, false
	}
	return l, true
}

// Records is the detail of a record, for those who want to see each.
func Records(it Item) string {
	h, _ := record.ParseHeader(it.Bytes)
	return fmt.Sprintf("record: %v, version 0x%04x, %s", h.Type, h.Version, text.Plural(h.Length, "byte"))
}

func alertDetail(content []byte) []string {
	level, a, err := record.ParseAlert(content)
	if err != nil {
		return []string{"malformed"}
	}
	kind := "fatal"
	if level == 1 {
		kind = "warning"
	}
	return []string{fmt.Sprintf("%s, %s (%d)", kind, registry.Alerts.Label(uint32(a)), uint8(a))}
}

// message is what a handshake message says. What does not parse says nothing:
// the sides themselves refuse it, with the reason.
func (r *Reader) message(msg []byte) []string {
	t, body, err := handshake.SplitMessage(msg)
	if err != nil {
		return nil
	}
	switch t {
	case handshake.MsgClientHello:
		return clientHello(body)
	case handshake.MsgServerHello:
		return r.serverHello(body)
	case handshake.MsgEncryptedExtensions:
		return encryptedExtensions(body)
	case handshake.MsgCertificateRequest:
		return r.certificateRequest(body)
	case handshake.MsgCertificate:
		return r.certificate(body)
	case handshake.MsgCertificateVerify:
		return certificateVerify(body)
	case handshake.MsgServerKeyExchange:
		return serverKeyExchange(body)
	case handshake.MsgNewSessionTicket:
		return r.ticket(body)
	case handshake.MsgKeyUpdate:
		return keyUpdate(body)
	}
	return nil
}
