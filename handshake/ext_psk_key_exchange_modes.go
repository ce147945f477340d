package handshake

import (
	"strconv"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// PSKKeyExchangeMode is a PskKeyExchangeMode of RFC 9846, Section 4.3.9.
//
//	enum { psk_ke(0), psk_dhe_ke(1), (255) } PskKeyExchangeMode;
type PSKKeyExchangeMode uint8

// The two modes.
const (
	PSKKE    PSKKeyExchangeMode = 0 // the PSK alone: no forward secrecy
	PSKDHEKE PSKKeyExchangeMode = 1 // the PSK and a key exchange
)

// String is the RFC's spelling, or the number of an unknown mode.
func (m PSKKeyExchangeMode) String() string {
	switch m {
	case PSKKE:
		return "psk_ke"
	case PSKDHEKE:
		return "psk_dhe_ke"
	}
	return "mode(" + strconv.Itoa(int(m)) + ")"
}

// ParsePSKKeyExchangeModes parses the psk_key_exchange_modes extension. The
// list aliases data.
//
//	struct {
//	    PskKeyExchangeMode ke_modes<1..255>;
//	} PskKeyExchangeModes;
//
// RFC 9846, Section 4.3.9.
func ParsePSKKeyExchangeModes(data []byte) (List8[PSKKeyExchangeMode], error) {
	r := wire.NewReader(data)
	l := r.NonEmpty8()
	if !r.Done() {
		return nil, ExtPSKKeyExchangeModes.malformed()
	}
	return l, nil
}

// AppendPSKKeyExchangeModes appends the psk_key_exchange_modes extension.
func AppendPSKKeyExchangeModes(x Extensions, modes List8[PSKKeyExchangeMode]) Extensions {
	return appendOpaque8(x, ExtPSKKeyExchangeModes, modes)
}
