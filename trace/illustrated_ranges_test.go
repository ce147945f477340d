package trace

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/dissect"
)

// labelled are the lengths of the runs of bytes that the page "The Illustrated
// TLS 1.3 Connection" puts a label on: one row for each record, and what is
// inside it. They are 103, and 9 of the rows are decrypted.
var labelled = []struct {
	record               int
	wire, inner, message []int
}{
	{1, []int{5, 4, 2, 32, 33, 10, 2, 2, 28, 8, 26, 4, 4, 4, 34, 7, 6, 42}, nil, nil}, // ClientHello
	{2, []int{5, 4, 2, 32, 33, 2, 1, 2, 6, 40}, nil, nil},                             // ServerHello
	{3, []int{6}, nil, nil},                                           // change_cipher_spec
	{4, []int{5, 7, 16}, []int{6, 1}, []int{4, 2}},                    // EncryptedExtensions
	{5, []int{5, 819, 16}, []int{818, 1}, []int{4, 1, 3, 3, 805, 2}},  // Certificate
	{6, []int{5, 265, 16}, []int{264, 1}, []int{4, 260}},              // CertificateVerify
	{7, []int{5, 53, 16}, []int{52, 1}, []int{4, 48}},                 // Finished
	{8, []int{6}, nil, nil},                                           // change_cipher_spec
	{9, []int{5, 53, 16}, []int{52, 1}, []int{4, 48}},                 // Finished
	{10, []int{5, 5, 16}, []int{4, 1}, []int{4}},                      // application data
	{11, []int{5, 218, 16}, []int{217, 1}, []int{4, 4, 4, 9, 194, 2}}, // NewSessionTicket
	{12, []int{5, 218, 16}, []int{217, 1}, []int{4, 4, 4, 9, 194, 2}},
	{13, []int{5, 5, 16}, []int{4, 1}, []int{4}}, // application data
}

// labelledCertificate are those of its page of the certificate.
var labelledCertificate = []int{4, 4, 5, 10, 15, 2, 13, 21, 32, 2, 13, 30, 294, 4, 16, 31, 33, 15, 261}

// ends are the places in a run of bytes where one of our leaves ends.
type ends map[int]bool

func (e ends) add(at int, fields []dissect.Field) {
	root := dissect.Field{Fields: fields}
	for leaf := range root.Leaves() {
		e[at+leaf.Off+leaf.Len] = true
	}
}

// leavesOf are the ends of the leaves of a record on the wire and of what is in
// it: messages in clear lie on the wire.
func leavesOf(c *Connection, r *Record) (wire, inner ends) {
	wire, inner = ends{}, ends{}
	wire.add(0, r.Fields)
	if r.Inner != nil {
		inner.add(0, dissect.Inner(c.Slice(r.Inner.Span)).Fields)
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		switch at := m.At[0]; {
		case r.Inner != nil && at.Buf == r.Inner.Buf:
			inner.add(at.Off, m.Fields)
		case at.Buf == r.At.Buf && at.Off >= r.At.Off && at.Off < r.At.Off+r.At.Len:
			wire.add(at.Off-r.At.Off, m.Fields)
		}
	}
	return wire, inner
}

// cuts requires that runs of those lengths, one behind the other, each begin
// and end where one of our leaves does. It returns where they end.
func (e ends) cuts(t *testing.T, widths []int, what string, record int) (at int) {
	for i, n := range widths {
		at += n
		require.True(t, e[at], "record %d, %s: range %d ends at %d, in the middle of a leaf", record, what, i, at)
	}
	return at
}

// TestIllustratedRanges: each labelled run of bytes of that page is made of
// leaves of ours, and each of its boxes has its like.
func TestIllustratedRanges(t *testing.T) {
	capture, log := illustrated(t, "tls13")
	tr, err := Capture(capture, CaptureOptions{KeyLog: log, Private: private()})
	c := one(t, tr, err)
	require.Len(t, c.Records, len(labelled))
	ranges, boxes := 0, 0
	for i, want := range labelled {
		r := &c.Records[i]
		wire, inner := leavesOf(c, r)
		require.Equal(t, r.At.Len, wire.cuts(t, want.wire, "wire", want.record), "all of the record")
		ranges += len(want.wire) + len(want.inner) + len(want.message)
		if want.inner == nil {
			continue
		}
		require.Equal(t, r.Inner.Len, inner.cuts(t, want.inner, "inner", want.record))
		require.Equal(t, r.Inner.Len-1, inner.cuts(t, want.message, "message", want.record))
		boxes++
		require.NotNil(t, c.FindSecret(r.AEAD.Key))
		require.NotNil(t, c.FindSecret(r.AEAD.IV))
		require.Equal(t, c.Slice(Span{r.At.Buf, r.At.Off, 5}), []byte(r.AEAD.AAD))
		require.Equal(t, Span{r.At.Buf, r.At.Off + r.At.Len - 16, 16}, r.AEAD.Tag)
	}
	require.Equal(t, 103, ranges, "labelled ranges")
	require.Equal(t, 9, boxes, "decryptions")

	leaves := ends{}
	der := c.Bytes(&c.Messages[3])[11 : 11+805]
	leaves.add(0, dissect.Certificate(der).Fields)
	require.Equal(t, len(der), leaves.cuts(t, labelledCertificate, "certificate", 5))
}

// TestIllustratedCalculations: the six calculations of that page, every value
// of which is in our trace.
func TestIllustratedCalculations(t *testing.T) {
	capture, _ := illustrated(t, "tls13")
	tr, err := Capture(capture, CaptureOptions{Private: private()})
	c := one(t, tr, err)
	value := func(b []byte) string { return hex.EncodeToString(b) }
	secret := func(id string) string { return value(c.FindSecret(id).Out) }

	// The key pairs of the client and of the server, and what they share. The
	// server's private key is not to be had from the network.
	k := c.KeyExchanges[0]
	require.Equal(t, "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254", value(k.Ours.Public))
	require.Equal(t, "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f", value(k.Ours.Private))
	require.Equal(t, "9fd7ad6dcff4298dd3f96d5b1b2af910a0535b1488d7f8fabb349a982880b615", value(k.Theirs))
	require.Equal(t, "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624", value(k.Shared))

	// The keys of the handshake, of both sides.
	require.Equal(t, "e05f64fcd082bdb0dce473adf669c2769f257a1c75a51b7887468b5e0e7a7de4f4d34555112077f16e079019d5a845bd", value(c.Messages[1].Transcript.After))
	for id, want := range map[string]string{
		"handshake": "bdbbe8757494bef20de932598294ea65b5e6bf6dc5c02a960a2de2eaa9b07c929078d2caa0936231c38d1725f179d299",
		"s_hs":      "23323da031634b241dd37d61032b62a4f450584d1f7f47983ba2f7cc0cdcc39a68f481f2b019f9403a3051908a5d1622",
		"c_hs":      "db89d2d6df0e84fed74a2288f8fd4d0959f790ff23946cdf4c26d85e51bebd42ae184501972f8d30c4a3e4a3693d0ef0",
		"s_hs.key":  "9f13575ce3f8cfc1df64a77ceaffe89700b492ad31b4fab01c4792be1b266b7f",
		"s_hs.iv":   "9563bc8b590f671f488d2da3",
		"c_hs.key":  "1135b4826a9a70257e5a391ad93093dfd7c4214812f493b3e3daae1eb2b1ac69",
		"c_hs.iv":   "4256d2e0e88babdd05eb2f27",

		// Those of application data.
		"s_ap_0.key": "01f78623f17e3edcc09e944027ba3218d57c8e0db93cd3ac419309274700ac27",
		"s_ap_0.iv":  "196a750b0c5049c0cc51a541",
		"c_ap_0.key": "de2f4c7672723a692319873e5c227606691a32d1c59d8b9f51dbb9352e9ca9cc",
		"c_ap_0.iv":  "bb007956f474b25de902432f",
	} {
		require.Equal(t, want, secret(id), id)
	}
	require.Equal(t, "fa6800169a6baac19159524fa7b9721b41be3c9db6f3f93fa5ff7e3db3ece204d2b456c51046e40ec5312c55a86126f5", value(c.Messages[5].Transcript.After))

	// What the two Finished messages say.
	for id, want := range map[int]string{
		5: "7e30eeccb6b23be6c6ca363992e842da877ee64715ae7fc0cf87f9e5032182b5bb48d1e33f9979055a160c8dbbb1569c",
		6: "bff56a671b6c659d0a7c5dd18428f58bdd38b184a3ce342d9fde95cbd5056f7da7918ee320eab7a93abd8f1c02454d27",
	} {
		require.Equal(t, want, value(c.Bytes(&c.Messages[id])[4:]))
	}
}
