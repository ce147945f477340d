package verify

import (
	"bytes"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/vectors"
)

// A recordCheck is the record layer of what one end sends: its own writer, and
// the other end's reader.
type recordCheck struct {
	writer record.Writer
	reader record.Reader
	begun  bool // a record was sent
}

func (r *recordCheck) setKeys(suite *cipher.Suite, keys keyschedule.Keys) {
	r.writer.SetKeys(suite, keys)
	r.reader.SetKeys(suite, keys)
}

var contentTypes = map[string]record.ContentType{
	"change_cipher_spec": record.ChangeCipherSpec,
	"alert":              record.Alert,
	"handshake":          record.Handshake,
	"application_data":   record.ApplicationData,
}

// record checks that the payload is what the end had to send, and seals and
// opens the record.
func (c *traceCheck) record(s *vectors.Step) {
	end := c.ends[s.Role]
	payload := s.Get("payload")
	typ, ok := contentTypes[s.Name]
	if !ok {
		c.fail("", "no content type of this name")
		return
	}
	if typ == record.Handshake {
		if end.hello != nil {
			c.completeHello(s)
		}
		c.value(s, "payload", end.flight)
		end.flight = nil
	}
	r := &end.records
	r.writer.SetVersion(record.RecordVersion)
	if s.Role == vectors.Client && !r.begun {
		r.writer.SetVersion(record.HelloRecordVersion)
	}
	r.begun = true
	sealed, err := r.writer.Append(nil, typ, payload)
	if err != nil {
		c.fail("payload", "%v", err)
		return
	}
	c.value(s, "record", sealed)
	c.open(s, r, typ)
}

func (c *traceCheck) open(s *vectors.Step, r *recordCheck, typ record.ContentType) {
	in := bytes.Clone(s.Get("record"))
	n, rec, err := r.reader.Next(in)
	switch {
	case err != nil:
		c.fail("record", "%v", err)
	case n != len(in):
		c.fail("record", "%d bytes of it are a record, of %d", n, len(in))
	case rec.Type != typ:
		c.fail("record", "it holds %v", rec.Type)
	default:
		c.value(s, "payload", rec.Data)
	}
}
