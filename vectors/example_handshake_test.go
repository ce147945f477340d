package vectors_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/vectors"
)

// A client plays its part of a recorded handshake again. It draws the recorded
// random bytes, so it must say what was said then; what the server said is
// given to it as it was.
func ExampleHandshakes() {
	all, err := vectors.Handshakes()
	if err != nil {
		panic(err)
	}
	h := all[slices.IndexFunc(all, func(h *vectors.Handshake) bool { return h.Name == "tls13-key-update" })]
	fmt.Println(h.Title)

	root, err := x509.ParseCertificate(h.Client.RootCertificate)
	if err != nil {
		panic(err)
	}
	cfg := &tlsengine.Config{
		Rand: bytes.NewReader(h.Client.Rand), Time: func() time.Time { return h.Time },
		Roots: x509.NewCertPool(), ServerName: h.Client.ServerName, Tickets: -1,
		Suites: []*cipher.Suite{cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)},
		Groups: []*group.Group{group.Lookup(group.X25519)},
	}
	cfg.Roots.AddCert(root)
	client, err := tlsengine.NewClient(cfg)
	if err != nil {
		panic(err)
	}
	var out []byte
	for _, r := range h.Records {
		switch {
		case r.Sender == vectors.Server:
			for ev, err := range client.Feed(bytes.Clone(r.Record)) {
				if err != nil {
					panic(err)
				}
				fmt.Println("client:", ev.Kind)
			}
			continue
		case client.Owes() || len(out) > 0:
			out = client.Flush(out) // of the handshake
		case r.Type == "application_data":
			out, err = client.Send(out, r.Payload)
		case r.Type == "handshake":
			out, err = client.UpdateKeys(out, handshake.KeyUpdateRequest(r.Payload[4]))
		case r.Type == "alert":
			out = client.Close(out)
		}
		if err != nil || !bytes.HasPrefix(out, r.Record) {
			panic("the client says something else")
		}
		out = out[len(r.Record):]
	}
	exported, err := client.Export(vectors.ExporterLabel, []byte(vectors.ExporterContext), 32)
	fmt.Println("the same keys:", err == nil && bytes.Equal(exported, h.Outcome.Exporter))
	// Output:
	// TLS 1.3: KeyUpdate
	// client: FlightDone
	// client: HandshakeDone
	// client: FlightDone
	// client: KeyUpdated
	// client: Data
	// client: KeyUpdated
	// client: Data
	// client: Data
	// client: PeerClosed
	// the same keys: true
}
