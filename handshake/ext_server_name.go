package handshake

import (
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

const (
	nameTypeHostName = 0
	maxHostName      = 255 // bytes: the longest name of DNS
)

// ParseServerName parses the server_name extension of a ClientHello, and
// returns the host name in it, which aliases data; nil if the client named only
// things of other kinds. (A server's answer is empty: [ParseEmpty].)
//
//	struct {
//	    NameType name_type;
//	    select (name_type) {
//	        case host_name: HostName;
//	    } name;
//	} ServerName;
//
//	enum {
//	    host_name(0), (255)
//	} NameType;
//
//	opaque HostName<1..2^16-1>;
//
//	struct {
//	    ServerName server_name_list<1..2^16-1>
//	} ServerNameList;
//
// RFC 6066, Section 3. Names of other kinds are skipped: "all future data
// structures associated with new NameTypes MUST begin with a 16-bit length
// field."
func ParseServerName(data []byte) ([]byte, error) {
	var host []byte
	outer := wire.NewReader(data)
	r := wire.NewReader(outer.NonEmpty16())
	for !r.Empty() {
		t, name := r.Uint8(), r.NonEmpty16()
		if t != nameTypeHostName {
			continue
		}
		// "The ServerNameList MUST NOT contain more than one name of the same
		// name_type." RFC 6066, Section 3.
		if host != nil {
			return nil, alert.BadServerName.Errorf("server_name holds more than one host_name")
		}
		host = name
	}
	if !r.Done() || !outer.Done() {
		return nil, ExtServerName.malformed()
	}
	if host != nil && !isHostName(host) {
		return nil, alert.BadServerName.Errorf("host_name in server_name is not a name of DNS")
	}
	return host, nil
}

// isHostName reports whether name is what RFC 6066 calls for: "a byte string
// using ASCII encoding without a trailing dot". An address passes: clients do
// send them, against that RFC, and mean no harm.
func isHostName(name []byte) bool {
	if len(name) > maxHostName || name[len(name)-1] == '.' {
		return false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// AppendServerName appends the server_name extension of a ClientHello. It
// panics if host is longer than the extension can say.
func AppendServerName[T ~string | ~[]byte](x Extensions, host T) Extensions {
	w := newExtension(x, ExtServerName, 5+len(host))
	w.Vector16(func() {
		w.Vector16(func() {
			w.Uint8(nameTypeHostName)
			w.Opaque16([]byte(host))
		})
	})
	return w.Result()
}
