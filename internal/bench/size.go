package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// binarySize is the size of a minimal client, stripped, on either stack.
func binarySize() []result {
	dir := must(os.MkdirTemp("", "tlsengine-bench"))
	defer os.RemoveAll(dir)
	ours, peer := built(dir, "engine"), built(dir, "cryptotls")
	r := result{name: "binary-size", ours: kilobytes(ours), peer: kilobytes(peer), ratio: float64(ours) / float64(peer)}
	return []result{r.toldOnly()}
}

func built(dir, program string) int64 {
	out := filepath.Join(dir, program)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "github.com/tlsengine/tlsengine/internal/bench/minimal/"+program)
	if said, err := cmd.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, said))
	}
	return must(os.Stat(out)).Size()
}

func kilobytes(n int64) string { return fmt.Sprintf("%dkB", n/1000) }
