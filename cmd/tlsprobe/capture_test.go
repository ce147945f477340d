package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/trace"
)

func init() {
	makers["capture"] = func(fx *fixtures) string { return fx.capture("capture.pcapng", "") }
	makers["withkeys"] = func(fx *fixtures) string {
		fx.expand("{capture}")
		return fx.capture("withkeys.pcapng", fx.read(fx.made["keys"]))
	}
	makers["cutoff"] = func(fx *fixtures) string {
		whole := fx.read(fx.expand("{capture}"))
		return fx.file("cutoff.pcapng", whole[:len(whole)-40])
	}
	makers["otherkeys"] = func(fx *fixtures) string {
		return fx.file("other.log", fmt.Sprintf("# of another connection\nCLIENT_HANDSHAKE_TRAFFIC_SECRET %064d %064d\n", 1, 2))
	}
	makers["brokenkeys"] = func(fx *fixtures) string { return fx.file("broken.log", "\nCLIENT_RANDOM 00 11\n") }
	makers["future"] = func(fx *fixtures) string {
		return fx.file("future.json", `{"schema":"tlsprobe.trace/2","secrets":true,"connections":[]}`)
	}
	makers["halftrace"] = func(fx *fixtures) string {
		whole := fx.read(fx.made["demotrace"])
		return fx.file("half.json", whole[:len(whole)/2])
	}
	makers["badtrace"] = func(fx *fixtures) string {
		return fx.file("bad.json", strings.Replace(fx.read(fx.made["demotrace"]), `"off": 5,`, `"off": 6,`, 1))
	}
	makers["clientbytes"] = func(fx *fixtures) string { return fx.file("c2s.bin", string(fx.demo().wire(trace.C2S))) }
	makers["serverbytes"] = func(fx *fixtures) string { return fx.file("s2c.bin", string(fx.demo().wire(trace.S2C))) }
	makers["privatekeys"] = func(fx *fixtures) string {
		k := fx.demo().KeyExchanges[0]
		return fx.file("private.txt", fmt.Sprintf("# of the client\n\nX25519MLKEM768: %x\n", []byte(k.Ours.Private)))
	}
	makers["notls"] = func(fx *fixtures) string {
		return fx.file("notls.pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00")
	}
	makers["longfile"] = func(fx *fixtures) string {
		name := fx.file("long.pcap", "")
		require.NoError(fx.t, os.Truncate(name, 2<<30)) // it takes no room
		return name
	}
}

func (fx *fixtures) read(name string) string {
	b, err := os.ReadFile(name)
	require.NoError(fx.t, err)
	return string(b)
}

// demoTrace is a connection of the demo, the trace of which is {demotrace} and
// its key log {keys}.
type demoTrace struct{ *trace.Connection }

func (fx *fixtures) demo() demoTrace {
	name := filepath.Join(fx.dir, "demotrace.json")
	if fx.made["demotrace"] == "" {
		require.Equal(fx.t, 0, run([]string{"demo", "--seed", "07", "--save-trace", name, "-o", filepath.Join(fx.dir, "demo.txt")}, strings.NewReader(""), io.Discard, io.Discard))
		fx.made["demotrace"] = name
	}
	tr, _, err := readTrace(name, trace.CaptureOptions{})
	require.NoError(fx.t, err)
	d := demoTrace{tr.Connections[0]}
	random := d.Bytes(&d.Messages[0])[6:38]
	var log strings.Builder
	for _, s := range d.Secrets {
		if s.KeyLog != "" {
			fmt.Fprintf(&log, "%s %x %x\n", s.KeyLog, random, []byte(s.Out))
		}
	}
	fx.made["keys"] = fx.file("keys.log", log.String())
	return d
}

func (d demoTrace) wire(dir string) (b []byte) {
	for i := range d.Records {
		if r := &d.Records[i]; r.Dir == dir {
			b = append(b, d.Slice(r.At)...)
		}
	}
	return b
}

// capture writes the demo's connection as a .pcapng file, each record in a
// segment of its own, in raw IP packets; with a key log in it, if there is one.
func (fx *fixtures) capture(name, keyLog string) string {
	d := fx.demo()
	le := binary.LittleEndian
	block := func(typ uint32, body []byte) []byte {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		size := uint32(12 + len(body))
		return le.AppendUint32(append(le.AppendUint32(le.AppendUint32(nil, typ), size), body...), size)
	}
	file := block(0x0a0d0d0a, append(le.AppendUint32(nil, 0x1a2b3c4d), make([]byte, 12)...))
	file = append(file, block(1, []byte{101, 0, 0, 0, 0, 0, 0, 0})...)
	if keyLog != "" {
		body := le.AppendUint32(le.AppendUint32(nil, 0x544c534b), uint32(len(keyLog)))
		file = append(file, block(10, append(body, keyLog...))...)
	}
	seq := map[string]uint32{trace.C2S: 1, trace.S2C: 1}
	for i := range d.Records {
		r := &d.Records[i]
		data := d.Slice(r.At)
		p := make([]byte, 40, 40+len(data))
		p[0], p[9] = 0x45, 6
		binary.BigEndian.PutUint16(p[2:], uint16(40+len(data)))
		from, to, sport, dport := byte(1), byte(2), uint16(40000), uint16(443)
		if r.Dir == trace.S2C {
			from, to, sport, dport = to, from, dport, sport
		}
		copy(p[12:], []byte{192, 0, 2, from, 192, 0, 2, to})
		binary.BigEndian.PutUint16(p[20:], sport)
		binary.BigEndian.PutUint16(p[22:], dport)
		binary.BigEndian.PutUint32(p[24:], seq[r.Dir])
		p[32], p[33] = 5<<4, 0x18
		seq[r.Dir] += uint32(len(data))
		p = append(p, data...)
		body := append(le.AppendUint32(nil, 0), make([]byte, 8)...)
		le.PutUint32(body[8:], uint32(i*1000))
		body = le.AppendUint32(le.AppendUint32(body, uint32(len(p))), uint32(len(p)))
		file = append(file, block(6, append(body, p...))...)
	}
	return fx.file(name, string(file))
}
