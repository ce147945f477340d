package keyschedule

import (
	"errors"

	"github.com/tlsengine/tlsengine/cipher"
)

// ErrExport says that an exporter was asked for more than there is, or with
// a label it cannot take.
var ErrExport = errors.New("keyschedule: exporter label or length out of bounds")

// NextTraffic returns application_traffic_secret_N+1 (RFC 9846, Section 7.2).
func NextTraffic(h cipher.Hash, s Secret) Secret {
	return DeriveSecret(h, s.Bytes(), "traffic upd", nil)
}

// VerifyData returns the verify_data of a Finished message (RFC 9846, Section
// 4.5.3): baseKey is the sender's handshake traffic secret, or after the
// handshake its application traffic secret. With a binder_key for baseKey it
// is a PSK binder (Section 4.3.11.2).
func VerifyData(h cipher.Hash, baseKey Secret, transcriptHash []byte) Secret {
	finished := DeriveSecret(h, baseKey.Bytes(), "finished", nil)
	var m mac
	m.start(h, finished.Bytes())
	return m.sum(transcriptHash)
}

// ResumptionPSK returns the PSK of the ticket with that ticket_nonce, which is
// at most 255 bytes (RFC 9846, Section 4.7.1).
func ResumptionPSK(h cipher.Hash, resumption Secret, nonce []byte) Secret {
	return DeriveSecret(h, resumption.Bytes(), "resumption", nonce)
}

// Export is TLS-Exporter (RFC 9846, Section 7.5), and returns length bytes.
// The exporter secret is [MainSecret.Exporter], or the early one where the
// application asked for that by name. No context is the same as an empty one.
//
// The error is [ErrExport]: length is above 255 hashes, or the label is longer
// than [MaxLabel].
func Export(h cipher.Hash, exporter Secret, label string, context []byte, length int) ([]byte, error) {
	if length < 0 || length > 255*h.Size() || len(label) > MaxLabel {
		return nil, ErrExport
	}
	none, context1 := hashOfNothing(h), digest(h, context)
	s := DeriveSecret(h, exporter.Bytes(), label, none.Bytes())
	out := make([]byte, length)
	ExpandLabel(h, s.Bytes(), "exporter", context1.Bytes(), out)
	return out, nil
}
