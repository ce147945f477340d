package testpeer

import (
	"strings"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/picture"
)

// Thawed freezes an engine, and returns another that was thawed from the
// bytes. It checks that the one is ended and that the other is the same in
// every field.
func Thawed(t testing.TB, e *tlsengine.Engine) *tlsengine.Engine {
	t.Helper()
	cfg, before := e.Config(), picture.Of(e, picture.Engine)
	failed := e.Err() != nil // and so has forgotten its secrets
	data, err := e.Freeze(nil)
	if err != nil {
		t.Fatalf("an engine can be frozen at any moment: %v", err)
	}
	if _, _, err := e.Receive(nil); err != tlsengine.ErrFrozen {
		t.Fatalf("a frozen engine does nothing more: got %v, want %v", err, tlsengine.ErrFrozen)
	}
	other, err := tlsengine.Thaw(cfg, data)
	if err != nil {
		t.Fatalf("what was frozen can be thawed: %v", err)
	}
	diff := picture.Differences(before, picture.Of(other, picture.Engine))
	if len(diff) > 0 && !failed {
		t.Fatalf("nothing is lost or added in a snapshot:\n%s", strings.Join(diff, "\n"))
	}
	return other
}
