package pki

import (
	"crypto/x509"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// Trust is the flags that say whom to trust, and when.
type Trust struct {
	caFiles  []string
	caDirs   []string
	noSystem bool
	at       time.Time

	pool *x509.CertPool
	own  map[string]string // raw certificate: the flag it came by
}

// Flags adds the flags.
func (a *Trust) Flags(s *flags.Set) {
	f := s.Strings(&a.caFiles, "ca-file", "FILE", "trust the certificates of this file too")
	f.Files = true
	s.Strings(&a.caDirs, "ca-dir", "DIR", "trust the certificates of the files of this directory too").Files = true
	s.Switch(&a.noSystem, "no-system-roots", "do not trust the roots of the system")
	s.Add(&flags.Flag{Name: "at", Arg: "TIME", Help: "verify as of this time: 2026-11-21 or 2026-11-21T15:04:05Z", Set: func(v string) (err error) {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
			if a.at, err = time.Parse(layout, v); err == nil {
				return nil
			}
		}
		return fault.UsageError("value", "want a date or a time, as in 2026-11-21 or 2026-11-21T15:04:05Z")
	}})
}

// Load reads the anchors. Files must hold certificates; in a directory files
// without any are passed over.
func (a *Trust) Load() error {
	a.pool, a.own = x509.NewCertPool(), map[string]string{}
	if !a.noSystem {
		if pool, err := x509.SystemCertPool(); err == nil {
			a.pool = pool
		}
	}
	for _, file := range a.caFiles {
		certs, err := Certificates(file)
		if err != nil {
			return err
		}
		a.add(certs, "--ca-file")
	}
	for _, dir := range a.caDirs {
		files, err := directory(dir)
		if err != nil {
			return err
		}
		for _, file := range files {
			if certs, err := Certificates(file); err == nil {
				a.add(certs, "--ca-dir")
			}
		}
	}
	if a.noSystem && len(a.own) == 0 {
		return fault.UsageError("conflict", "--no-system-roots without --ca-file or --ca-dir trusts nobody")
	}
	return nil
}

// Asked reports whether the flags name anchors.
func (a *Trust) Asked() bool { return len(a.own) > 0 }

func (a *Trust) add(certs []*x509.Certificate, flag string) {
	for _, cert := range certs {
		a.pool.AddCert(cert)
		a.own[string(cert.Raw)] = flag
	}
}

// Time is when verification takes place.
func (a *Trust) Time(now time.Time) time.Time {
	if a.at.IsZero() {
		return now
	}
	return a.at
}

// source says where a root came from.
func (a *Trust) source(root *x509.Certificate) string {
	if flag, ok := a.own[string(root.Raw)]; ok {
		return flag
	}
	return "the system"
}
