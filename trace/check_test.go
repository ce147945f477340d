package trace_test

import (
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/trace"
)

// copyOf is a connection that can be changed without changing the other.
func copyOf(t *testing.T, c *trace.Connection) *trace.Connection {
	j, err := json.Marshal(c)
	require.NoError(t, err)
	var other trace.Connection
	require.NoError(t, json.Unmarshal(j, &other))
	return &other
}

// blamed is what Check says of a connection after a change.
func blamed(t *testing.T, c *trace.Connection, change func(*trace.Connection)) string {
	other := copyOf(t, c)
	change(other)
	return fmt.Sprint(trace.Check(other).Mismatches)
}

// lastByteOf changes the last byte of a message of that name, as the trace has
// it: that of a signature, a binder, a MAC.
func lastByteOf(t *testing.T, name, dir string) func(*trace.Connection) {
	return func(c *trace.Connection) {
		for i := range c.Messages {
			if m := &c.Messages[i]; m.Name == name && m.Dir == dir {
				at := m.At[len(m.At)-1]
				c.Buffers[at.Buf].Bytes[at.Off+at.Len-1] ^= 1
				return
			}
		}
		require.Fail(t, "no "+name)
	}
}

// TestCheckComputesEachProof changes one byte of each thing that proves
// something, and wants it named; what the other side's bytes prove stays.
func TestCheckComputesEachProof(t *testing.T) {
	cred, roots := credential(t)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys(),
		ClientAuth: tlsengine.RequireClientCert, Roots: roots}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example", Credentials: []*tlsengine.Credential{cred}}

	first := connect(t, client, server, "")
	c := first.told[0].Connection()
	require.Empty(t, trace.Check(c).Mismatches)
	require.Contains(t, blamed(t, c, lastByteOf(t, "CertificateVerify", trace.S2C)), "CertificateVerify: the signature is not one of")
	require.Contains(t, blamed(t, c, lastByteOf(t, "CertificateVerify", trace.C2S)), "CertificateVerify: the signature is not one of")
	require.Contains(t, blamed(t, c, lastByteOf(t, "Finished", trace.C2S)), "Finished: computed")
	require.Contains(t, blamed(t, c, func(c *trace.Connection) { c.KeyExchanges[0].Shared[7] ^= 1 }), "key exchange 0, the shared secret: computed")
	require.Contains(t, blamed(t, c, func(c *trace.Connection) { c.KeyExchanges[0].Ours.Public[3] ^= 1 }), "key exchange 0, the public key: computed")
	require.Contains(t, blamed(t, c, func(c *trace.Connection) { c.KeyExchanges[0].Ours.Private = make([]byte, 5) }), "its private key is none of the group")
	require.Contains(t, blamed(t, c, func(c *trace.Connection) { c.KeyExchanges[0].Theirs = c.KeyExchanges[0].Theirs[:9] }), "cannot be used")
	require.Contains(t, blamed(t, c, func(c *trace.Connection) { c.Messages[2].Transcript.Before[0] ^= 1 }), "transcript before message 2, EncryptedExtensions")

	again := *client
	again.Session = first.sessions[0]
	c = connect(t, &again, server, "").told[0].Connection()
	require.Empty(t, trace.Check(c).Mismatches)
	require.Contains(t, blamed(t, c, lastByteOf(t, "ClientHello", trace.C2S)), "message 0, binder under binder: computed")

	server.MaxVersion, again.Session = tlsengine.VersionTLS12, nil
	c = connect(t, &again, server, "").told[1].Connection()
	require.Empty(t, trace.Check(c).Mismatches)
	require.Contains(t, blamed(t, c, lastByteOf(t, "ServerKeyExchange", trace.S2C)), "ServerKeyExchange: the signature is not one of")
	require.Contains(t, blamed(t, c, lastByteOf(t, "CertificateVerify", trace.C2S)), "CertificateVerify: the signature is not one of")
}

// TestCheckTakesAnyCurveInTLS12, as the schemes of TLS 1.2 say no more than
// the hash: RFC 8422, Section 5.1.1.
func TestCheckTakesAnyCurveInTLS12(t *testing.T) {
	cred, roots := credentialOn(t, elliptic.P384())
	sha256 := []*signature.Algorithm{signature.Lookup(signature.ECDSASecp256r1SHA256)}
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, MaxVersion: tlsengine.VersionTLS12,
		ClientAuth: tlsengine.RequireClientCert, Roots: roots, Signatures: sha256}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example", Credentials: []*tlsengine.Credential{cred}, Signatures: sha256}
	c := connect(t, client, server, "").told[1].Connection()
	require.Empty(t, trace.Check(c).Mismatches)
	require.Contains(t, blamed(t, c, lastByteOf(t, "ServerKeyExchange", trace.S2C)), "ServerKeyExchange: the signature is not one of")
	require.Contains(t, blamed(t, c, lastByteOf(t, "CertificateVerify", trace.C2S)), "CertificateVerify: the signature is not one of")
}

// TestCheckBlamesRecordsOfACaptureThatNothingOpens: who watches with the keys
// says that a record is wrong; who took part in the connection does not.
func TestCheckBlamesRecordsOfACaptureThatNothingOpens(t *testing.T) {
	cred, roots := credential(t)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example"}
	c := connect(t, client, server, "").told[0].Connection()
	var wire [2][]byte
	for i, dir := range []string{trace.C2S, trace.S2C} {
		for _, b := range c.Buffers {
			if b.Kind == trace.KindWire && b.Dir == dir {
				wire[i] = b.Bytes
			}
		}
	}
	lines := &strings.Builder{}
	hello := c.Bytes(&c.Messages[0])
	for _, s := range c.Secrets {
		if s.KeyLog != "" {
			fmt.Fprintf(lines, "%s %x %x\n", s.KeyLog, hello[6:38], []byte(s.Out))
		}
	}
	log, err := trace.ParseKeyLog([]byte(lines.String()))
	require.NoError(t, err)
	seen := trace.Streams(wire[0], wire[1], trace.CaptureOptions{KeyLog: log}).Connections[0]
	require.Empty(t, trace.Check(seen).Mismatches)
	require.Greater(t, trace.Check(seen).Passed, 25)

	wire[0][len(wire[0])-1] ^= 1 // the tag of the client's Finished
	seen = trace.Streams(wire[0], wire[1], trace.CaptureOptions{KeyLog: log}).Connections[0]
	require.Contains(t, fmt.Sprint(trace.Check(seen).Mismatches), "no key that is known opens it")
	seen.Role = "client"
	require.Empty(t, trace.Check(seen).Mismatches)

	unknown := trace.Check(trace.Streams(wire[0], wire[1], trace.CaptureOptions{}).Connections[0])
	require.Empty(t, unknown.Mismatches)
	require.Greater(t, unknown.Skipped, 1, "records that no one has keys for")
}

// TestCheckOfATraceThatDoesNotFit: what has the form of a trace may say
// anything, and is only ever found to be wrong.
func TestCheckOfATraceThatDoesNotFit(t *testing.T) {
	cred, roots := credential(t)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}}
	client := &tlsengine.Config{Roots: roots, ServerName: "lab.example"}
	for _, version := range []tlsengine.Version{tlsengine.VersionTLS13, tlsengine.VersionTLS12} {
		server.MaxVersion = version
		c := connect(t, client, server, "").told[0].Connection()
		for i := range c.Messages {
			for _, change := range []func(m *trace.Message){
				func(m *trace.Message) { m.Transcript = &trace.Transcript{Hash: "MD5", After: []byte{1}} },
				func(m *trace.Message) {
					m.Transcript = &trace.Transcript{Hash: "SHA-256", Before: []byte{1}, After: []byte{1}}
				},
				func(m *trace.Message) { m.Type = 20 },
				func(m *trace.Message) {
					m.Type, m.At, m.Len = 20, []trace.Span{{Buf: m.At[0].Buf, Off: m.At[0].Off, Len: 2}}, 2
				},
				func(m *trace.Message) { m.Dir, m.Epoch = "c2s", "application" },
			} {
				was := c.Messages[i]
				change(&c.Messages[i])
				trace.Check(c)
				c.Messages[i] = was
			}
		}
		for i := range c.Buffers {
			was := c.Buffers[i].Bytes
			c.Buffers[i].Bytes = nil
			trace.Check(c)
			c.Buffers[i].Bytes = was
		}
		for i := range c.Secrets {
			for _, op := range []string{trace.OpExtract, trace.OpExpandLabel, trace.OpPRF, trace.OpSlice, "other"} {
				s := &c.Secrets[i]
				was := *s
				s.Op, s.Hash, s.Off, s.Len, s.Out = op, "SHA-384", -1, 1<<20, s.Out[:len(s.Out)/2]
				trace.Check(c)
				*s = was
			}
		}
	}
}
