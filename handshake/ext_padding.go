package handshake

// AppendPadding appends the padding extension with n zero bytes of data. It
// panics unless 0 <= n <= 65535. RFC 7685.
func AppendPadding(x Extensions, n int) Extensions {
	return AppendExtension(x, ExtPadding, make([]byte, n))
}
