package hook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/trace/hook"
)

// heard counts what it is told, by the name of the hook.
type heard map[string]int

func (h heard) Record(hook.Record)           { h["record"]++ }
func (h heard) Message(hook.Message)         { h["message"]++ }
func (h heard) Transcript([]byte)            { h["transcript"]++ }
func (h heard) KeyExchange(hook.KeyExchange) { h["key exchange"]++ }
func (h heard) Derive(hook.Derivation)       { h["derive"]++ }
func (h heard) State(string)                 { h["state"]++ }
func (h heard) Alert(hook.Alert)             { h["alert"]++ }

func tellAll(t hook.Tracer) {
	t.Record(hook.Record{})
	t.Message(hook.Message{})
	t.Transcript(nil)
	t.KeyExchange(hook.KeyExchange{})
	t.Derive(hook.Derivation{})
	t.State("")
	t.Alert(hook.Alert{})
}

func TestSeveralAreToldEachOnce(t *testing.T) {
	a, b := heard{}, heard{}
	tellAll(hook.Several(nil, a, hook.Nobody{}, b))
	require.Len(t, a, 7)
	require.Equal(t, a, b)
	for name, n := range a {
		require.Equal(t, 1, n, name)
	}
	require.Nil(t, hook.Several(nil, nil), "so that an engine has none to tell")
	require.Equal(t, a, hook.Several(nil, a), "one needs no list")
}

func TestEpochsHaveNames(t *testing.T) {
	require.Equal(t, "early_data", hook.EarlyData.String())
	require.Equal(t, "unknown", hook.Epoch(9).String())
}
