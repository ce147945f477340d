package record

import (
	"strconv"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// ContentType is the type of a record's content. RFC 9846, Section 5.1.
type ContentType uint8

// The content types of RFC 9846, Section 5.1. Invalid is never on the wire: a
// [Record] of that type stands for bytes that were dropped.
const (
	Invalid          ContentType = 0
	ChangeCipherSpec ContentType = 20
	Alert            ContentType = 21
	Handshake        ContentType = 22
	ApplicationData  ContentType = 23
)

// String is the RFC's name of the type, or its number.
func (t ContentType) String() string {
	switch t {
	case Invalid:
		return "invalid"
	case ChangeCipherSpec:
		return "change_cipher_spec"
	case Alert:
		return "alert"
	case Handshake:
		return "handshake"
	case ApplicationData:
		return "application_data"
	}
	return "content_type(" + strconv.Itoa(int(t)) + ")"
}

// known reports whether the type may stand in a record's header.
func (t ContentType) known() bool { return t >= ChangeCipherSpec && t <= ApplicationData }

// Header is what stands before a record's body:
//
//	struct {
//	    ContentType type;
//	    ProtocolVersion legacy_record_version;
//	    uint16 length;
//	} TLSPlaintext, TLSCiphertext;
//
// RFC 9846, Sections 5.1 and 5.2.
type Header struct {
	Type    ContentType
	Version uint16 // legacy_record_version
	Length  int    // of the body, in bytes
}

// ParseHeader reads a header off the front of b. It is false if b holds less
// than [HeaderLen] bytes. Nothing is judged: that is the [Reader]'s work.
func ParseHeader(b []byte) (Header, bool) {
	if len(b) < HeaderLen {
		return Header{}, false
	}
	return Header{
		Type:    ContentType(b[0]),
		Version: uint16(b[1])<<8 | uint16(b[2]),
		Length:  int(b[3])<<8 | int(b[4]),
	}, true
}

// Append appends the header's five bytes to dst. Length must be less than 2^16.
func (h Header) Append(dst []byte) []byte {
	return append(dst, byte(h.Type), byte(h.Version>>8), byte(h.Version), byte(h.Length>>8), byte(h.Length))
}

// notTLS names what the first bytes of a connection are when they are not a
// record's header, or Unspecified. b holds at least a header's length.
func notTLS(b []byte) alert.Reason {
	switch string(b[:HeaderLen]) {
	case "CONNE":
		return alert.LooksLikeProxy
	case "POST ", "HEAD ", "OPTIO", "DELET", "PATCH", "TRACE", "PRI *", "HTTP/":
		return alert.LooksLikeHTTP
	}
	switch string(b[:4]) {
	case "GET ", "PUT ":
		return alert.LooksLikeHTTP
	}
	// An SSLv2 CLIENT-HELLO: two bytes of length with the top bit set, the
	// message's type, and the version offered. RFC 5246, Appendix E.2.
	if b[0]&0x80 != 0 && b[2] == 1 && (b[3] == 3 || b[3] == 0 && b[4] == 2) {
		return alert.LooksLikeSSLv2
	}
	if b[1] != 3 {
		return alert.NotTLS
	}
	return alert.Unspecified
}
