package handshake

import (
	"errors"
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// What RFC 9001 makes different. The rest of it is where it happens: look for
// the carrier.

// quicEarlyData is what tickets under QUIC say of early data.
//
// "the max_early_data_size parameter is repurposed to hold a sentinel value
// 0xffffffff to indicate that the server is willing to accept QUIC 0-RTT
// data." RFC 9001, Section 4.6.1.
const quicEarlyData = 0xffffffff

// ErrParameters is returned for transport parameters of more than
// MaxParameters bytes.
var ErrParameters = errors.New("the transport parameters are too long")

// ErrNoALPN is returned for a QUIC client whose Config has no ALPN.
var ErrNoALPN = errors.New("a QUIC client needs ALPN")

var errNeedTLS13 = errors.New("QUIC needs TLS 1.3")

// checkCarrier reports what makes the Config unusable with the carrier.
func (cfg *Config) checkCarrier(carrier Carrier, parameters []byte) error {
	switch {
	case carrier != QUIC:
		return nil
	case !cfg.speaks(VersionTLS13):
		return errNeedTLS13
	case len(parameters) > MaxParameters:
		return ErrParameters
	}
	return nil
}

// checkTransport refuses a QUIC client that speaks to a server over records.
//
// "A fatal unsupported_extension alert MUST be sent by an implementation that
// supports this extension if the extension is received when the transport is
// not QUIC." RFC 9001, Section 8.2.
func (s *server) checkTransport(list Extensions) error {
	if s.carrier != QUIC && list.Has(ExtQUICTransportParameters) {
		return alert.ForbiddenExtension.Errorf("client sent quic_transport_parameters, and this is not QUIC")
	}
	return nil
}

// readParameters takes the peer's QUIC transport parameters.
//
// "endpoints that receive ClientHello or EncryptedExtensions messages without
// the quic_transport_parameters extension MUST close the connection with an
// error of type 0x016d". RFC 9001, Section 8.2.
func (c *common) readParameters(list Extensions) error {
	if c.carrier != QUIC {
		return nil
	}
	data, ok := list.Get(ExtQUICTransportParameters)
	if !ok {
		return alert.MissingRequiredExtension.Errorf("the peer sent no quic_transport_parameters")
	}
	c.signalData(OutParameters, slices.Clone(data))
	return nil
}
