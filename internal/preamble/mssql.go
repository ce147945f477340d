package preamble

import (
	"encoding/binary"
	"errors"
)

// mssql speaks the pre-login of MS-TDS, Section 2.2.6.5. The handshake behind
// it travels inside packets: see TDS.
type mssql struct{ reply []byte }

// Types of TDS packets and values of its ENCRYPTION option.
const (
	tdsResponse        = 0x04
	tdsPreLogin        = 0x12
	tdsHeader          = 8
	tdsLast            = 0x01
	optionEncryption   = 0x01
	optionEnd          = 0xff
	encryptOn          = 0x01
	encryptUnsupported = 0x02
)

func (*mssql) open() string {
	// Three options, each a token, an offset and a length, then their data.
	options := "\x00\x00\x10\x00\x06" + "\x01\x00\x16\x00\x01" + "\x02\x00\x17\x00\x01" + "\xff"
	data := "\x0f\x00\x00\x00\x00\x00" + string(rune(encryptOn)) + "\x00" // version, ENCRYPTION, no instance
	return string(appendTDS(nil, []byte(options+data)))
}

func (s *mssql) next(in []byte) (n int, out string, done bool, err *Error) {
	if len(in) < tdsHeader {
		return 0, "", false, nil
	}
	n = int(binary.BigEndian.Uint16(in[2:]))
	if in[0] != tdsResponse && in[0] != tdsPreLogin || n < tdsHeader || n > MaxBytes {
		return 0, "", false, unexpected(string(in))
	}
	if len(in) < n {
		return 0, "", false, nil
	}
	s.reply = append(s.reply, in[tdsHeader:n]...)
	if in[1]&tdsLast == 0 {
		return n, "", false, nil
	}
	encryption, ok := tdsOption(s.reply, optionEncryption)
	switch {
	case !ok:
		return 0, "", false, unexpected(string(s.reply))
	case encryption == encryptUnsupported:
		return 0, "", false, notOffered("ENCRYPT_NOT_SUP")
	}
	return n, "", true, nil
}

// tdsOption is the first byte of a pre-login option.
func tdsOption(b []byte, token byte) (value byte, ok bool) {
	for i := 0; i+5 <= len(b) && b[i] != optionEnd; i += 5 {
		off, size := int(binary.BigEndian.Uint16(b[i+1:])), int(binary.BigEndian.Uint16(b[i+3:]))
		if b[i] == token && size >= 1 && off < len(b) {
			return b[off], true
		}
	}
	return 0, false
}

// TDS puts TLS records into TDS packets and takes them out again, for the
// handshake with SQL Server. After the handshake the records travel bare. The
// zero TDS is ready.
type TDS struct {
	left int // bytes of the current packet's data that have not come yet
	head []byte
}

// maxTDS is the largest packet before the login has agreed on another size.
const maxTDS = 4096

// Wrap appends tls to dst in packets.
func (*TDS) Wrap(dst, tls []byte) []byte { return appendTDS(dst, tls) }

func appendTDS(dst, data []byte) []byte {
	for id := byte(0); len(data) > 0; id++ {
		n := min(len(data), maxTDS-tdsHeader)
		status := byte(0)
		if n == len(data) {
			status = tdsLast
		}
		dst = append(dst, tdsPreLogin, status)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n+tdsHeader))
		dst = append(dst, 0, 0, id, 0) // SPID, packet id, window
		dst = append(dst, data[:n]...)
		data = data[n:]
	}
	return dst
}

var errTDS = errors.New("the handshake is not inside TDS packets")

// Unwrap appends to dst what the packets in in hold. in may be cut anywhere;
// all of it is taken.
func (t *TDS) Unwrap(dst, in []byte) ([]byte, error) {
	for len(in) > 0 {
		if t.left == 0 {
			n := min(len(in), tdsHeader-len(t.head))
			t.head = append(t.head, in[:n]...)
			in = in[n:]
			if len(t.head) < tdsHeader {
				break
			}
			size := int(binary.BigEndian.Uint16(t.head[2:]))
			if t.head[0] != tdsPreLogin && t.head[0] != tdsResponse || size <= tdsHeader {
				return dst, errTDS
			}
			t.left, t.head = size-tdsHeader, t.head[:0]
			continue
		}
		n := min(len(in), t.left)
		dst, in, t.left = append(dst, in[:n]...), in[n:], t.left-n
	}
	return dst, nil
}
