package report

import (
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSerialNumbersAreWholeBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "00", 10: "0a", 0x80: "80", 0x123: "0123", -5: "-05"} {
		require.Equal(t, want, Serial(&x509.Certificate{SerialNumber: big.NewInt(n)}))
	}
}
