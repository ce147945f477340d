package trace

import (
	"io"
	"testing"
)

func BenchmarkText(b *testing.B) {
	tr := ordinary(b)
	for b.Loop() {
		_ = Text(io.Discard, tr, TextOptions{})
	}
}

func BenchmarkHTML(b *testing.B) {
	tr := ordinary(b)
	for b.Loop() {
		_ = HTML(io.Discard, tr, PageOptions{})
	}
}

func BenchmarkCapture(b *testing.B) {
	d := talk(b, nil)
	file, log := d.capture(1460, nil), d.log(b)
	for b.Loop() {
		_, _ = Capture(file, CaptureOptions{KeyLog: log})
	}
}
