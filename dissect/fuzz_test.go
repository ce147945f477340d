package dissect

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// FuzzDissect gives any bytes to every entry point: the tree must cover them.
func FuzzDissect(f *testing.F) {
	f.Add(clientHello1(), uint16(0), uint16(0), uint8(0))
	f.Add(unhex(f, selfSigned), uint16(0x0303), uint16(0xc02f), uint8(0))
	f.Add(unhex(f, "802e010002001500000010010080020080030080040080050080060040"), uint16(0), uint16(0), uint8(1))
	f.Add(unhex(f, "1603010004010000001503030002022817030300020000"), uint16(0x0304), uint16(0x1301), uint8(16))
	f.Add(msg(11, func(w *wire.Builder) { w.Uint8(0); w.Vector24(func() { w.Opaque24([]byte{0x30, 0}); w.Uint16(0) }) }), uint16(0x0304), uint16(0), uint8(0))
	f.Add(msg(12, func(w *wire.Builder) { w.Bytes([]byte{3, 0, 29, 1, 9, 4, 3, 0, 0}) }), uint16(0x0303), uint16(0xc02b), uint8(0))
	f.Add(msg(13, func(w *wire.Builder) { w.Bytes([]byte{1, 1, 0, 2, 4, 3, 0, 4, 0, 2, 0x30, 0}) }), uint16(0x0303), uint16(0), uint8(0))
	f.Add(msg(22, func(w *wire.Builder) { w.Bytes([]byte{1, 0, 0, 2, 0x30, 0}) }), uint16(0x0303), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, version, suite uint16, tag uint8) {
		for name, tree := range map[string]Field{
			"message":     Message(b, Context{Version: version, Suite: suite}),
			"raw key":     Message(b, Context{Version: version, Suite: suite, RawKey: true}),
			"record":      Record(b, nil),
			"protected":   Record(b, &Protection{NonceLen: int(tag) % 9, TagLen: int(tag)}),
			"inner":       Inner(b),
			"alert":       Alert(b),
			"ccs":         ChangeCipherSpec(b),
			"certificate": Certificate(b),
			"ech":         ECHConfigList(b),
			"ssl2":        SSL2(b),
			"any":         Any(b),
		} {
			require.Empty(t, check(&tree, len(b)), name)
			if name == "message" {
				j, err := json.Marshal(tree)
				require.NoError(t, err)
				var back Field
				require.NoError(t, json.Unmarshal(j, &back))
				require.Empty(t, check(&back, len(b)), "through JSON")
			}
		}
	})
}
