package record_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/vectors"
)

// types are the content types by the names of the traces.
var types = map[string]record.ContentType{
	"change_cipher_spec": record.ChangeCipherSpec,
	"alert":              record.Alert,
	"handshake":          record.Handshake,
	"application_data":   record.ApplicationData,
}

// TestRecordsOfRFC8448 replays every record of the five traces: sealed by the
// sender's keys it is the record on the wire, opened by the receiver's it is
// the payload.
func TestRecordsOfRFC8448(t *testing.T) {
	traces, err := vectors.Traces()
	require.NoError(t, err)
	require.Len(t, traces, 5)
	for _, trace := range traces {
		t.Run(trace.Title, func(t *testing.T) { replay(t, trace) })
	}
}

func replay(t *testing.T, trace *vectors.Trace) {
	suite := suiteOf(t, trace.Suite)
	type end struct {
		w record.Writer
		r record.Reader // of what the end sent
	}
	ends := map[vectors.Role]*end{vectors.Client: {}, vectors.Server: {}}
	protected := 0
	for i := range trace.Steps {
		step := &trace.Steps[i]
		e := ends[step.Role]
		switch step.Kind {
		case vectors.Keys:
			if len(step.Name) > 6 && step.Name[len(step.Name)-6:] == " write" {
				keys := keysOf(suite, step.Get("key"), step.Get("iv"))
				e.w.SetKeys(suite, keys)
				e.r.SetKeys(suite, keys)
			}
		case vectors.Record:
			typ, payload, wire := types[step.Name], step.Get("payload"), step.Get("record")
			e.w.SetVersion(uint16(wire[1])<<8 | uint16(wire[2]))
			sealed, err := e.w.Append(nil, typ, payload)
			require.NoError(t, err, "%v", step)
			require.Equal(t, hex.EncodeToString(wire), hex.EncodeToString(sealed), "%v", step)

			n, rec, err := e.r.Next(sealed)
			require.NoError(t, err, "%v", step)
			require.Equal(t, len(wire), n)
			require.Equal(t, typ, rec.Type)
			require.Equal(t, payload, rec.Data, "%v", step)
			if rec.Protected {
				protected++
			}
		}
	}
	require.GreaterOrEqual(t, protected, 3)
}

func suiteOf(t *testing.T, name string) *cipher.Suite {
	for _, s := range cipher.Suites() {
		if s.String() == name {
			return s
		}
	}
	t.Fatalf("no suite %q", name)
	return nil
}

func keysOf(suite *cipher.Suite, key, iv []byte) keyschedule.Keys {
	k := keyschedule.Keys{KeyLen: uint8(suite.KeyLen), IVLen: uint8(suite.IVLen)}
	copy(k.Key[:], key)
	copy(k.IV[:], iv)
	return k
}

// TestRecordsOfTLS12 has records computed by pyca/cryptography from the
// formulas of RFC 5246, Section 6.2.3.3, RFC 5288, Section 3, and RFC 7905,
// Section 2. The keys are 00 01 02 …, the IVs a0 a1 a2 ….
func TestRecordsOfTLS12(t *testing.T) {
	const g128, g256, cc = cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
	for _, c := range []struct {
		id   cipher.ID
		seq  uint64
		typ  record.ContentType
		wire string
	}{
		{g128, 0, record.Handshake, "160303002b0000000000000000fe35abbd36fa5d0c38e648511ebd15800ae7ad2b039df8749eb3cc978e082b47513299"},
		{g128, 1, record.ApplicationData, "170303002b0000000000000001321979d21df11e33ec4c2465b473fa46779d61e86b69aaa43780c555a98ad94afb844b"},
		{g128, 0x0102030405060708, record.ApplicationData, "170303002b01020304050607086855feea4abdf5a7ed8795727773582fdb58fb84eb548d6de1eeac517f5e9d12176e5a"},
		{g256, 0, record.Handshake, "160303002b000000000000000068d139165211dcdfd21bd9413ead0bfbf4ff65151e2d5af10f3b8253ae2e4dab636f59"},
		{g256, 1, record.ApplicationData, "170303002b0000000000000001c4c7ddae1d01afd770facf18141c63aa2b75e190f4aea937adacee69f38ab03acd752d"},
		{g256, 0x0102030405060708, record.ApplicationData, "170303002b01020304050607088292278485ce137a2d466a81b9023b9a1e479007b3d835f8bdbf1bbef8819c8ac33568"},
		{cc, 0, record.Handshake, "160303002378c31d7f3c93abcecb2f9166938d93dbfb31ab9af981aed684dfb12e0e44a2eb224755"},
		{cc, 1, record.ApplicationData, "1703030023061da9d39e082a8e7fb00b453cd2705a7672e7217c24c5ac8b2e082f209ee0fd825400"},
		{cc, 0x0102030405060708, record.ApplicationData, "1703030023d2972176a2fe57f5dedc8e283c902a46137ff366ee5098faa38c7352465c7863d6c05b"},
	} {
		suite := cipher.Lookup(c.id)
		var key, iv []byte
		for i := range suite.KeyLen {
			key = append(key, byte(i))
		}
		for i := range suite.IVLen {
			iv = append(iv, 0xa0+byte(i))
		}
		state := record.State{Suite: c.id, Keys: keysOf(suite, key, iv), Sequence: c.seq}
		var w record.Writer
		var r record.Reader
		require.NoError(t, w.Restore(record.WriterState{State: state}, suite))
		require.NoError(t, r.Restore(record.ReaderState{State: state}, suite))

		sealed, err := w.Append(nil, c.typ, []byte("the quick brown fox"))
		require.NoError(t, err)
		require.Equal(t, c.wire, hex.EncodeToString(sealed), "%v, record %d", suite, c.seq)
		_, rec, err := r.Next(sealed)
		require.NoError(t, err)
		require.Equal(t, "the quick brown fox", string(rec.Data))
		require.Equal(t, c.typ, rec.Type)
	}
}
