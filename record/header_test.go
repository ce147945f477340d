package record

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

func TestHeaderIsReadAsItIsWritten(t *testing.T) {
	for _, h := range []Header{{Handshake, 0x0301, 0}, {ApplicationData, 0x0303, MaxCiphertext13}, {99, 0xffff, 0xffff}} {
		b := h.Append(nil)
		require.Len(t, b, HeaderLen)
		got, ok := ParseHeader(append(b, 1, 2, 3))
		require.True(t, ok)
		require.Equal(t, h, got)
		_, ok = ParseHeader(b[:4])
		require.False(t, ok)
	}
}

func TestFirstBytesThatAreNotTLSAreNamed(t *testing.T) {
	for in, want := range map[string]alert.Reason{
		"GET / HTTP/1.0":           alert.LooksLikeHTTP,
		"POST / HTTP/1.0":          alert.LooksLikeHTTP,
		"HEAD / HTTP/1.0":          alert.LooksLikeHTTP,
		"PUT / HTTP/1.0":           alert.LooksLikeHTTP,
		"OPTIONS *":                alert.LooksLikeHTTP,
		"PRI * HTTP/2.0":           alert.LooksLikeHTTP,
		"HTTP/1.1 400":             alert.LooksLikeHTTP,
		"CONNECT a:443":            alert.LooksLikeProxy,
		"blah blah":                alert.NotTLS,
		"SSH-2.0-":                 alert.NotTLS,
		"\x80\x2e\x01\x00\x02\x00": alert.LooksLikeSSLv2,
		"\x80\x2e\x01\x03\x01\x00": alert.LooksLikeSSLv2,
		"\x80\x2e\x02\x03\x01\x00": alert.NotTLS,
		"\x16\xff\xff\x00\x05":     alert.NotTLS,
		"\x16\x03\x01\x00\x05":     alert.Unspecified,
		"\x16\x03\xff\x00\x05":     alert.Unspecified,
	} {
		require.Equal(t, want.String(), notTLS([]byte(in)).String(), "%q", in)
	}
}

func TestAlertRecordHoldsExactlyOneAlert(t *testing.T) {
	level, a, err := ParseAlert(AppendAlert(nil, alert.Warning, alert.CloseNotify))
	require.NoError(t, err)
	require.Equal(t, alert.Warning, level)
	require.Equal(t, alert.CloseNotify, a)

	for _, bad := range [][]byte{{}, {2}, {2, 40, 2}, {2, 40, 2, 40}} {
		_, _, err := ParseAlert(bad)
		requireReason(t, alert.BadAlert, err)
	}
	_, _, err = ParseAlert([]byte{3, 0})
	requireReason(t, alert.UnknownAlert, err)
	_, a, err = ParseAlert([]byte{2, 250})
	require.NoError(t, err, "an unknown description is the caller's to judge")
	require.Equal(t, alert.Alert(250), a)
}

func TestContentTypesHaveTheirNames(t *testing.T) {
	for typ, want := range map[ContentType]string{Invalid: "invalid", ChangeCipherSpec: "change_cipher_spec", Alert: "alert", Handshake: "handshake", ApplicationData: "application_data", 99: "content_type(99)"} {
		require.Equal(t, want, typ.String())
	}
}
