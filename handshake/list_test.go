package handshake

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/group"
)

func fields(s string) map[string]bool {
	set := map[string]bool{}
	for _, f := range strings.Split(s, ", ") {
		set[f] = true
	}
	return set
}

func TestListsGiveBackWhatWentIn(t *testing.T) {
	l := List16Of(group.X25519, group.P256)
	require.Equal(t, List16[group.ID](unhex("001d 0017")), l)
	require.Equal(t, 2, l.Len())
	require.Equal(t, group.P256, l.At(1))
	require.True(t, l.Has(group.P256))
	require.False(t, l.Has(0x1d00), "elements are looked for at even places")
	require.False(t, l.Has(group.P384))
	require.Equal(t, []group.ID{group.X25519, group.P256}, l.Slice())
	require.Equal(t, l.Slice(), collect(l.All()))

	modes := List8Of(PSKDHEKE, PSKKE)
	require.True(t, modes.Has(PSKKE))
	require.False(t, modes.Has(2))
	require.Equal(t, []PSKKeyExchangeMode{PSKDHEKE, PSKKE}, collect(modes.All()))
	require.Equal(t, PSKKE, modes.At(1))
	require.Equal(t, 2, modes.Len())

	protocols := OpaqueList8Of("h2", "http/1.1")
	require.Equal(t, OpaqueList8(unhex("02 6832 08 687474702f312e31")), protocols)
	require.True(t, protocols.Has("h2"))
	require.False(t, protocols.Has("h"))
	require.False(t, protocols.Has(""))
	require.Equal(t, 2, protocols.Len())
	require.Equal(t, [][]byte{[]byte("h2"), []byte("http/1.1")}, collect(protocols.All()))

	names := OpaqueList16Of([]byte("a"), []byte("bc"))
	require.Equal(t, OpaqueList16(unhex("0001 61 0002 6263")), names)
	require.Equal(t, 2, names.Len())

	ids := []PSKIdentity{{Identity: []byte("a"), ObfuscatedTicketAge: 7}, {Identity: []byte("b")}}
	require.Equal(t, ids, collect(PSKIdentitiesOf(ids...).All()))

	filters, err := ParseOIDFilters(unhex("000b 01 55 0000 02 5555 0002 0303"))
	require.NoError(t, err)
	require.Equal(t, 2, count(maps.Keys(map[int]int{1: 1, 2: 2})))
	var oids [][]byte
	for oid := range filters.All() {
		oids = append(oids, oid)
	}
	require.Equal(t, [][]byte{unhex("55"), unhex("5555")}, oids)
}

func TestListsEndWhereTheyAreBroken(t *testing.T) {
	require.Equal(t, 1, OpaqueList8(unhex("01 61 05 62")).Len())
	require.Equal(t, 1, OpaqueList16(unhex("0001 61 0005 62")).Len())
	require.Equal(t, 1, PSKIdentities(unhex("0001 61 00000000 0001 62 00")).Len())
	require.Equal(t, 1, KeyShares(unhex("001d 0001 61 0017 0005 62")).Len())
	require.Equal(t, 1, Extensions(unhex("0001 0001 61 0002 0005 62")).Len())
	require.Equal(t, 1, List16[group.ID](unhex("001d 00")).Len())
}

func TestListsStopWhenTold(t *testing.T) {
	for range List16Of(group.X25519, group.P256).All() {
		break
	}
	for range OpaqueList8Of("a", "b").All() {
		break
	}
	for range List8Of(PSKKE, PSKDHEKE).All() {
		break
	}
	_, ok := KeyShares(unhex("001d 0001 61 0017 0001 62")).Get(group.X25519)
	require.True(t, ok)
}

func TestTooLongElementsPanicBeforeTheyAreSent(t *testing.T) {
	require.Panics(t, func() { OpaqueList8Of(make([]byte, 256)) })
	require.Panics(t, func() { OpaqueList16Of(make([]byte, 1<<16)) })
	require.Panics(t, func() { PSKIdentitiesOf(PSKIdentity{Identity: make([]byte, 1<<16)}) })
	require.Panics(t, func() { BlankBinders(256) })
}

func TestNamesOfOtherKindsAreSkipped(t *testing.T) {
	host, err := ParseServerName(unhex("000a 01 0003 aabbcc 00 0001 61"))
	require.NoError(t, err)
	require.Equal(t, "a", string(host))
	host, err = ParseServerName(unhex("0006 01 0003 aabbcc"))
	require.NoError(t, err)
	require.Nil(t, host)
}

func TestStatusOfOtherKindsIsNotRead(t *testing.T) {
	m, err := ParseStatusRequest(unhex("02 ffffff"))
	require.NoError(t, err)
	require.EqualValues(t, 2, m.StatusType)
	require.Nil(t, m.ResponderIDList)
}
