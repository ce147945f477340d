package handshake

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// SnapshotInfo is what a snapshot says about its engine to somebody who has
// yet to choose a Config for it.
type SnapshotInfo struct {
	Client        bool
	QUIC          bool // of a QUICConn, not an Engine
	State         State
	HandshakeDone bool
	Failed        bool // the engine had failed before it was frozen

	// ServerName is a client's Config.ServerName, or what a server's client
	// asked for; "" if that is not known yet, or nothing.
	ServerName string

	Version Version   // 0: not agreed on yet
	Suite   cipher.ID // 0: not agreed on yet
	ALPN    string    // "": not agreed on yet, or none
}

// ReadMachineInfo reads the front of what Freezer.Machine wrote.
func ReadMachineInfo(b []byte) (SnapshotInfo, error) {
	r := wire.NewReader(b)
	who, carrier, state, ended := role(r.Uint8()), Carrier(r.Uint8()), State(r.Uint8()), r.Uint8()
	own := string(r.Vector16())
	info := SnapshotInfo{
		Client: who == clientRole, QUIC: carrier == QUIC, State: state, Failed: ended == 1,
		HandshakeDone: state == Connected || state == Connected12,
		Version:       Version(r.Uint16()), Suite: cipher.ID(r.Uint16()),
	}
	r.Bytes(6) // group and schemes
	info.ALPN, info.ServerName = string(r.Vector8()), string(r.Vector16())
	if info.Client {
		info.ServerName = own
	}
	if r.Failed() || who > serverRole || carrier > QUIC || state >= numStates {
		return SnapshotInfo{}, ErrSnapshotDamaged
	}
	return info, nil
}
