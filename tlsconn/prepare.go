package tlsconn

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"sync"

	tls "github.com/tlsengine/tlsengine"
)

// Prepare returns the Config as this package uses it for clients: with the
// system's roots where it has none and asks nobody, and logging keys where
// SSLKEYLOGFILE says so and nothing else is logged. cfg may be nil and is not
// changed.
func Prepare(cfg *tls.Config) (*tls.Config, error) {
	var out tls.Config
	if cfg != nil {
		out = *cfg
	}
	if out.Roots == nil && out.Ask&tls.AskVerdict == 0 {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, err
		}
		out.Roots = roots
	}
	if path := os.Getenv("SSLKEYLOGFILE"); path != "" && out.KeyLog == nil {
		out.KeyLog = keyLog(path)
	}
	return &out, nil
}

var keyLogMutex sync.Mutex

// keyLog appends the lines of RFC 9850 to a file.
func keyLog(path string) func(label string, clientRandom, secret []byte) {
	return func(label string, clientRandom, secret []byte) {
		keyLogMutex.Lock()
		defer keyLogMutex.Unlock()
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return
		}
		defer f.Close()
		fmt.Fprintf(f, "%s %s %s\n", label, hex.EncodeToString(clientRandom), hex.EncodeToString(secret))
	}
}
