package trace

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wsField is a field or protocol in Wireshark's XML.
type wsField struct {
	Name   string    `xml:"name,attr"`
	Show   string    `xml:"showname,attr"`
	Size   int       `xml:"size,attr"`
	Pos    int       `xml:"pos,attr"`
	Value  string    `xml:"value,attr"`
	Fields []wsField `xml:"field"`
	Protos []wsField `xml:"proto"`
}

// wireshark has tshark dissect a capture, and returns the records of TLS in
// the order in which they were completed.
func wireshark(t *testing.T, capture []byte, keyLog string) (records []wsField) {
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("tshark is not installed")
		}
		t.Skip("tshark is not installed")
	}
	dir := t.TempDir()
	file, keys := filepath.Join(dir, "capture.pcap"), filepath.Join(dir, "keys.log")
	require.NoError(t, os.WriteFile(file, capture, 0o600))
	require.NoError(t, os.WriteFile(keys, []byte(keyLog), 0o600))
	cmd := exec.Command("tshark", "-n", "-r", file, "-o", "tls.keylog_file:"+keys, "-T", "pdml", "-J", "tls")
	cmd.Env = append(os.Environ(), "HOME="+dir)
	out, err := cmd.Output()
	require.NoError(t, err)
	var doc struct {
		Packets []struct {
			Protos []wsField `xml:"proto"`
		} `xml:"packet"`
	}
	require.NoError(t, xml.Unmarshal(out, &doc))
	for _, p := range doc.Packets {
		for _, proto := range p.Protos {
			if proto.Name != "tls" {
				continue
			}
			for _, f := range proto.Fields {
				if f.Name == "tls.record" {
					records = append(records, f)
				}
			}
		}
	}
	return records
}

// leaves calls f with each field that has bytes and is made of nothing smaller.
func (w *wsField) leaves(f func(*wsField)) {
	if len(w.Fields) == 0 && len(w.Protos) == 0 && w.Size > 0 {
		f(w)
		return
	}
	for i := range w.Fields {
		w.Fields[i].leaves(f)
	}
	for i := range w.Protos {
		w.Protos[i].leaves(f)
	}
}

// Leaves of Wireshark's that are none of ours, and why. What is finer with us
// is made of leaves of ours; what is coarser is a part of one.
var (
	wsFiner = map[string]string{
		"tls.handshake.extensions_key_share_key_exchange": "the two halves of a hybrid share",
		"tls.app_data":     "ciphertext and tag",
		"x509af.encrypted": "the two numbers in a signature",
	}
	wsCoarser = map[string]string{
		"tls.handshake.random_time":   "the first bytes of a random have not been a time for long",
		"tls.handshake.random_bytes":  "the same",
		"tls.handshake.sig_hash_hash": "in TLS 1.3 a scheme is one number: the half is \"unknown\"",
		"tls.handshake.sig_hash_sig":  "the same",
	}
)

// sameLeaves requires each leaf of Wireshark's to be a leaf of ours, at the
// same bytes. It returns how many there were, and the names of the others.
func sameLeaves(t *testing.T, c *Connection, records []wsField) (same int, others []string) {
	require.Len(t, records, len(c.Records))
	for i := range records {
		w, r := &records[i], &c.Records[i]
		require.Equal(t, r.At.Len, w.Size, "record %d", r.ID)
		var ours leafMap
		ours[0], ours[1] = leavesOf(c, r)
		w.leaves(func(f *wsField) {
			// On the wire it counts from the frame on, what was decrypted from 0.
			places := []Span{{0, f.Pos - w.Pos, f.Size}, {1, f.Pos, f.Size}}
			switch {
			case slices.ContainsFunc(places, ours.leaf):
				same++
			case wsFiner[f.Name] != "" && slices.ContainsFunc(places, ours.made):
			case wsCoarser[f.Name] != "" && slices.ContainsFunc(places, ours.part):
			default:
				others = append(others, fmt.Sprintf("record %d: %s at %d+%d: %s %.40s", r.ID, f.Name, f.Pos, f.Size, f.Show, f.Value))
			}
		})
	}
	return same, others
}

// leafMap is where the leaves of a record end (0), and those of what is in it (1).
type leafMap [2]ends

func (l leafMap) count(s Span) (inside int) {
	for at := s.Off + 1; at < s.Off+s.Len; at++ {
		if l[s.Buf][at] {
			inside++
		}
	}
	return inside
}

// made reports whether a run of bytes is made of whole leaves.
func (l leafMap) made(s Span) bool {
	return (s.Off == 0 || l[s.Buf][s.Off]) && l[s.Buf][s.Off+s.Len]
}

// leaf reports whether a run of bytes is one leaf.
func (l leafMap) leaf(s Span) bool { return l.made(s) && l.count(s) == 0 }

// part reports whether a run of bytes lies in one leaf.
func (l leafMap) part(s Span) bool { return s.Off >= 0 && l.count(s) == 0 }

func TestWiresharkSeesTheSameLeaves(t *testing.T) {
	d := talk(t, nil)
	capture := d.capture(1460, nil)
	records := wireshark(t, capture, d.keyLog.String())
	tr, err := Capture(capture, CaptureOptions{KeyLog: d.log(t)})
	same, others := sameLeaves(t, one(t, tr, err), records)
	require.Empty(t, others, strings.Join(others, "\n"))
	t.Logf("%d leaves of Wireshark's are ours", same)
	require.Greater(t, same, 100)
}

func TestWiresharkSeesTheSameLeavesOfTheIllustratedHandshake(t *testing.T) {
	capture, log := illustrated(t, "tls13")
	keyLog, err := os.ReadFile(filepath.Join(os.Getenv("TLSENGINE_VECTORS"), "illustrated", "tls13", "captures", "keylog.txt"))
	require.NoError(t, err)
	records := wireshark(t, capture, string(keyLog))
	tr, err := Capture(capture, CaptureOptions{KeyLog: log})
	same, others := sameLeaves(t, one(t, tr, err), records)
	require.Empty(t, others, strings.Join(others, "\n"))
	t.Logf("%d leaves of Wireshark's are ours", same)
	require.Greater(t, same, 200)
}
