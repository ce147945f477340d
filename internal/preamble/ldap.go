package preamble

import "fmt"

// ldap speaks RFC 4511, Section 4.14: an extended request with the object
// identifier of StartTLS, and a response with a result code.
type ldap struct{}

const startTLS = "1.3.6.1.4.1.1466.20037"

func (ldap) open() string {
	request := string([]byte{0x77, 2 + byte(len(startTLS)), 0x80, byte(len(startTLS))}) + startTLS
	return string([]byte{0x30, 3 + byte(len(request)), 0x02, 0x01, 0x01}) + request
}

func (ldap) next(in []byte) (n int, out string, done bool, err *Error) {
	if in[0] != 0x30 {
		return 0, "", false, unexpected(string(in))
	}
	n, body, ok := berElement(in)
	if !ok {
		return 0, "", false, unexpected(string(in))
	}
	if n == 0 {
		return 0, "", false, nil
	}
	// LDAPMessage ::= SEQUENCE { messageID, extendedResp [APPLICATION 24] { resultCode, … } }
	used, _, ok := berElement(body)
	if !ok || used == 0 || body[0] != 0x02 {
		return 0, "", false, unexpected(string(in))
	}
	body = body[used:]
	if used, response, ok := berElement(body); ok && used > 0 && body[0] == 0x78 {
		if used, code, ok := berElement(response); ok && used > 0 && response[0] == 0x0a && len(code) == 1 {
			return n, "", code[0] == 0, ldapResult(code[0])
		}
	}
	return 0, "", false, unexpected(string(in))
}

// ldapResult is the error that a result code is; nil for success.
func ldapResult(code byte) *Error {
	line := fmt.Sprintf("resultCode %d", code)
	switch code {
	case 0:
		return nil
	case 2: // protocolError: the object identifier is not known
		return notOffered(line)
	case 51, 52: // busy, unavailable
		return limited(line)
	}
	return refused(line)
}

// berElement is the content of the element in front and how long all of it
// is: 0 if it is not all there yet. ok is false for a length no sane server
// sends.
func berElement(in []byte) (n int, content []byte, ok bool) {
	if len(in) < 2 {
		return 0, nil, true
	}
	header, size := 2, int(in[1])
	if in[1] >= 0x80 {
		width := int(in[1] & 0x7f)
		if width == 0 || width > 4 {
			return 0, nil, false
		}
		if len(in) < 2+width {
			return 0, nil, true
		}
		size = 0
		for _, b := range in[2 : 2+width] {
			size = size<<8 | int(b)
		}
		header += width
	}
	if size > MaxBytes {
		return 0, nil, false
	}
	if len(in) < header+size {
		return 0, nil, true
	}
	return header + size, in[header : header+size], true
}
