package signature

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
)

// digest returns what a scheme with that hash signs of message.
func digest(h crypto.Hash, message []byte) []byte {
	switch h {
	case crypto.SHA256:
		d := sha256.Sum256(message)
		return d[:]
	case crypto.SHA384:
		d := sha512.Sum384(message)
		return d[:]
	case crypto.SHA512:
		d := sha512.Sum512(message)
		return d[:]
	}
	return message
}
