package preamble

import (
	"bytes"
	"encoding/binary"
)

// mysql speaks the MySQL protocol: the server's greeting says CLIENT_SSL, we
// answer with an SSLRequest packet, and TLS starts without another word.
type mysql struct{}

// Capabilities of the MySQL protocol.
const (
	clientLongPassword     = 0x00000001
	clientProtocol41       = 0x00000200
	clientSSL              = 0x00000800
	clientSecureConnection = 0x00008000
	clientPluginAuth       = 0x00080000
)

func (mysql) open() string { return "" }

func (mysql) next(in []byte) (n int, out string, done bool, err *Error) {
	if len(in) < 5 {
		return 0, "", false, nil
	}
	size := int(in[0]) | int(in[1])<<8 | int(in[2])<<16
	if size == 0 || size > MaxBytes || in[4] != 10 && in[4] != 0xff {
		return 0, "", false, unexpected(string(in))
	}
	if len(in) < 4+size {
		return 0, "", false, nil
	}
	greeting := in[4 : 4+size]
	if greeting[0] == 0xff { // an ERR packet: "Host … is not allowed", "Too many connections"
		text := string(greeting[min(3, len(greeting)):])
		if len(greeting) >= 3 && binary.LittleEndian.Uint16(greeting[1:]) == 1040 {
			return 0, "", false, limited(text)
		}
		return 0, "", false, refused(text)
	}
	// Behind the version and its NUL: thread id, 8 bytes of salt, a filler, and
	// the lower half of the capabilities.
	version := bytes.IndexByte(greeting, 0)
	if version < 0 || len(greeting) < version+1+4+8+1+2 {
		return 0, "", false, unexpected(string(greeting))
	}
	if binary.LittleEndian.Uint16(greeting[version+1+4+8+1:])&clientSSL == 0 {
		return 0, "", false, notOffered(string(greeting[1:version]))
	}
	request := []byte{32, 0, 0, in[3] + 1}
	request = binary.LittleEndian.AppendUint32(request, clientLongPassword|clientProtocol41|clientSSL|clientSecureConnection|clientPluginAuth)
	request = binary.LittleEndian.AppendUint32(request, 1<<24) // largest packet
	request = append(request, 45)                              // utf8mb4
	request = append(request, make([]byte, 23)...)
	return 4 + size, string(request), true, nil
}
