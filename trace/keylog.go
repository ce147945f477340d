package trace

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
)

// KeyLog is the secrets of a key log file (RFC 9850), by the random of the
// ClientHello and by label.
type KeyLog map[[32]byte]map[string][]byte

// maxSecret is the longest secret in a key log, in bytes.
const maxSecret = 64

// ParseKeyLog reads a key log. Empty lines, comments and labels that are not
// known are skipped; a line of another form is an error that names it.
func ParseKeyLog(b []byte) (KeyLog, error) {
	log := KeyLog{}
	n := 0
	for line := range bytes.Lines(b) {
		n++
		text := strings.TrimSpace(string(line))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		words := strings.Fields(text)
		if len(words) != 3 {
			return nil, fmt.Errorf("line %d of the key log has %d words, not 3", n, len(words))
		}
		if words[0] == "RSA" || words[0] == "PMS_CLIENT_RANDOM" {
			continue // premaster secrets, by other names
		}
		random, err := hex.DecodeString(words[1])
		secret, err2 := hex.DecodeString(words[2])
		if err != nil || err2 != nil || len(random) != 32 || len(secret) == 0 || len(secret) > maxSecret {
			return nil, fmt.Errorf("line %d of the key log: %s wants 32 bytes and a secret in hex", n, quote(words[0]))
		}
		of := [32]byte(random)
		if log[of] == nil {
			log[of] = map[string][]byte{}
		}
		log[of][words[0]] = secret
	}
	return log, nil
}

// and is both key logs in one.
func (log KeyLog) and(other KeyLog) KeyLog {
	both := KeyLog{}
	for _, l := range []KeyLog{log, other} {
		for random, secrets := range l {
			if both[random] == nil {
				both[random] = map[string][]byte{}
			}
			maps.Copy(both[random], secrets)
		}
	}
	return both
}

// Has reports whether there are secrets of a connection in the key log.
func (log KeyLog) Has(c *Connection) bool {
	for i := range c.Messages {
		if b := c.Bytes(&c.Messages[i]); c.Messages[i].Type == msgClientHello && len(b) >= 38 && log[[32]byte(b[6:38])] != nil {
			return true
		}
	}
	return false
}
