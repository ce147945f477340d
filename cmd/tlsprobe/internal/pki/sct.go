package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"time"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// oidSCTs is the extension with a certificate's timestamps: RFC 6962, Section 3.3.
var oidSCTs = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}

// SCT is a signed certificate timestamp: a log's word that it has the
// certificate. Its signature is by a key that is not known here.
type SCT struct {
	Log  [32]byte // hash of the log's key
	Time time.Time
}

// SCTs are the timestamps that a certificate holds, of version 1.
//
// "struct { SerializedSCT sct_list <1..2^16-1>; } SignedCertificateTimestampList;"
// RFC 6962, Section 3.3.
func SCTs(cert *x509.Certificate) (list []SCT) {
	for _, ext := range cert.Extensions {
		if !ext.Id.Equal(oidSCTs) {
			continue
		}
		var value []byte
		if rest, err := asn1.Unmarshal(ext.Value, &value); err != nil || len(rest) > 0 {
			return nil
		}
		list = append(list, parseSCTs(value)...)
	}
	return list
}

// parseSCTs reads a list of timestamps, as far as it goes.
func parseSCTs(value []byte) (list []SCT) {
	outer := wire.NewReader(value)
	all := wire.NewReader(outer.Vector16())
	for !all.Empty() {
		if sct, ok := parseSCT(all.NonEmpty16()); ok {
			list = append(list, sct)
		}
	}
	return list
}

// parseSCT reads the beginning of a timestamp.
//
// "struct { Version sct_version; LogID id; uint64 timestamp; …"
// RFC 6962, Section 3.2.
func parseSCT(b []byte) (sct SCT, ok bool) {
	const size = 1 + len(sct.Log) + 8
	if len(b) < size || b[0] != 0 {
		return SCT{}, false
	}
	copy(sct.Log[:], b[1:])
	ms := binary.BigEndian.Uint64(b[1+len(sct.Log):])
	const farthest = 253402300799999 // the year 9999, behind which there is no way to write it
	sct.Time = time.UnixMilli(int64(min(ms, farthest)))
	return sct, true
}
