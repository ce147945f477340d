package preamble

import (
	"encoding/binary"
	"fmt"
)

// rdp speaks the start of MS-RDPBCGR: an X.224 connection request that asks for
// TLS or CredSSP, which begins with TLS, and the confirmation that chooses.
type rdp struct{}

func (rdp) open() string {
	// TPKT header, X.224 CR, RDP_NEG_REQ with PROTOCOL_SSL and PROTOCOL_HYBRID.
	return "\x03\x00\x00\x13" + "\x0e\xe0\x00\x00\x00\x00\x00" + "\x01\x00\x08\x00\x03\x00\x00\x00"
}

func (rdp) next(in []byte) (n int, out string, done bool, err *Error) {
	if len(in) < 4 {
		return 0, "", false, nil
	}
	n = int(binary.BigEndian.Uint16(in[2:]))
	if in[0] != 3 || n < 11 || n > MaxBytes {
		return 0, "", false, unexpected(string(in))
	}
	if len(in) < n {
		return 0, "", false, nil
	}
	if in[5] != 0xd0 { // X.224 connection confirm
		return 0, "", false, unexpected(string(in[:n]))
	}
	if n < 19 { // a server from before TLS answers without a choice
		return 0, "", false, notOffered("")
	}
	value := binary.LittleEndian.Uint32(in[15:])
	switch in[11] {
	case 2: // RDP_NEG_RSP
		if value == 0 {
			return 0, "", false, notOffered("standard RDP security was chosen")
		}
		return n, "", true, nil
	case 3: // RDP_NEG_FAILURE
		if value == 2 || value == 3 { // TLS is not allowed, or there is no certificate
			return 0, "", false, notOffered(fmt.Sprintf("failureCode %d", value))
		}
		return 0, "", false, refused(fmt.Sprintf("failureCode %d", value))
	}
	return 0, "", false, unexpected(string(in[:n]))
}
