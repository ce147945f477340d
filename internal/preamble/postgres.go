package preamble

// postgres speaks the PostgreSQL protocol's SSLRequest: a length, a code, and
// one letter for an answer.
type postgres struct{}

func (postgres) open() string { return "\x00\x00\x00\x08\x04\xd2\x16\x2f" } // 1234, 5679

func (postgres) next(in []byte) (n int, out string, done bool, err *Error) {
	switch in[0] {
	case 'S':
		return 1, "", true, nil
	case 'N':
		return 1, "", false, notOffered("N")
	case 'E': // an ErrorResponse, from a server too old or too busy
		return len(in), "", false, refused(string(in))
	}
	return 0, "", false, unexpected(string(in))
}
