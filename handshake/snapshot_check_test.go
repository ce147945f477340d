package handshake

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMachineIsFrozenWithoutOutputs(t *testing.T) {
	m, err := NewClient(&Config{ServerName: "server.test"}, Records, nil)
	require.NoError(t, err)
	require.NoError(t, m.Start())
	f := NewFreezer(nil)
	f.Machine(m)
	_, err = f.Done()
	require.ErrorContains(t, err, "outputs have not been taken")
	m.Take()
	f = NewFreezer(nil)
	f.Machine(m)
	_, err = f.Done()
	require.NoError(t, err)
}

func TestAPartTooLongForASnapshotIsAnError(t *testing.T) {
	f := NewFreezer(nil)
	f.Opaque16(make([]byte, 1<<16))
	_, err := f.Done()
	require.ErrorContains(t, err, "too long for a snapshot")
}

// A version that was agreed on before anything was.
func TestAMachineAheadOfItsStateIsDamaged(t *testing.T) {
	cfg := &Config{Ask: AskConfig, ServerName: "server.test"}
	c, err := NewClient(cfg, Records, nil)
	require.NoError(t, err)
	require.NoError(t, c.Start())
	s, err := NewServer(cfg, Records, nil)
	require.NoError(t, err)
	require.NoError(t, s.Message(c.Take()[0].Data))
	require.Equal(t, AwaitConfig, s.State())
	s.Take()
	for _, v := range []Version{VersionTLS12, 0} {
		s.facts.Version = v
		f := NewFreezer(nil)
		f.Machine(s)
		b, err := f.Done()
		require.NoError(t, err)
		thawer := NewThawer(cfg, 1, b)
		if thawer.Machine(); v == 0 {
			require.NoError(t, thawer.Done())
		} else {
			require.ErrorIs(t, thawer.Done(), ErrSnapshotDamaged)
		}
	}
}
