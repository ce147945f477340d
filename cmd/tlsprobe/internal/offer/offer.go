// Package offer is the flags that say what a side speaks: versions, suites,
// groups, signature schemes, application protocols.
package offer

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/signature"
)

// Offer is the values of those flags.
type Offer struct {
	MinVersion, MaxVersion tlsengine.Version
	Suites                 []*cipher.Suite
	Groups                 []*group.Group
	Signatures             []*signature.Algorithm
	ALPN                   []string

	Foreign bool     // a client's: what the engine does not speak can be offered too
	Notes   []string // what the user may want to know of the lists

	suites, groups, sigalgs []string
}

// Flags adds the flags.
func (o *Offer) Flags(s *flags.Set) {
	o.version(s, &o.MinVersion, "min-version", "lowest TLS version, 1.2 or 1.3")
	o.version(s, &o.MaxVersion, "max-version", "highest TLS version, 1.2 or 1.3")
	s.List(&o.suites, "suites", "LIST", "cipher suites, names or hex; +x adds, -x removes; order is preference")
	s.List(&o.groups, "groups", "LIST", "key exchange groups, as for --suites")
	s.List(&o.sigalgs, "sigalgs", "LIST", "signature algorithms, as for --suites")
	s.List(&o.ALPN, "alpn", "LIST", "application protocols, in order of preference")
}

func (o *Offer) version(s *flags.Set, to *tlsengine.Version, name, help string) {
	f := s.Add(&flags.Flag{Name: name, Arg: "VERSION", Help: help, Choices: []string{"1.2", "1.3"}})
	f.Set = func(v string) error {
		e, ok := registry.Versions.Find(v)
		switch {
		case v == "1.2" || ok && e.ID == uint32(tlsengine.VersionTLS12):
			*to = tlsengine.VersionTLS12
		case v == "1.3" || ok && e.ID == uint32(tlsengine.VersionTLS13):
			*to = tlsengine.VersionTLS13
		case v == "1.0" || v == "1.1" || v == "3.0" || v == "2.0":
			return fault.UsageError("value", "not spoken: want 1.2 or 1.3")
		default:
			return fault.UsageError("value", "want 1.2 or 1.3")
		}
		return nil
	}
}

// Resolve turns the lists into what the engine takes, and checks that they go
// together. It is called once, after all flags are read.
func (o *Offer) Resolve() error {
	if o.MinVersion != 0 && o.MaxVersion != 0 && o.MinVersion > o.MaxVersion {
		return fault.UsageError("conflict", "--min-version %s is above --max-version %s", short(o.MinVersion), short(o.MaxVersion))
	}
	for _, name := range o.ALPN {
		if len(name) > 255 {
			return fault.UsageError("value", "--alpn: a name is longer than 255 bytes")
		}
	}
	var err error
	if o.Suites, err = resolve(o, suiteList, o.suites); err != nil {
		return err
	}
	if o.Groups, err = resolve(o, groupList, o.groups); err != nil {
		return err
	}
	if o.Signatures, err = resolve(o, schemeList, o.sigalgs); err != nil {
		return err
	}
	return o.suitesFit()
}

// suitesFit reports whether there is a suite for one of the versions, and
// leaves out a version that there is none for: offered, it could only fail.
func (o *Offer) suitesFit() error {
	if o.Suites == nil {
		return nil
	}
	low, high := max(o.MinVersion, tlsengine.VersionTLS12), tlsengine.VersionTLS13
	if o.MaxVersion != 0 {
		high = o.MaxVersion
	}
	has := map[tlsengine.Version]bool{}
	for _, s := range o.Suites {
		if v := tlsengine.Version(s.Version); low <= v && v <= high {
			has[v] = true
		}
	}
	switch {
	case len(has) == 0:
		return fault.UsageError("conflict", "--suites has no suite for TLS %s", span(low, high))
	case !has[tlsengine.VersionTLS13]:
		o.MaxVersion = tlsengine.VersionTLS12
	case !has[tlsengine.VersionTLS12]:
		o.MinVersion = tlsengine.VersionTLS13
	}
	return nil
}

func span(low, high tlsengine.Version) string {
	if low == high {
		return short(low)
	}
	return short(low) + " to " + short(high)
}

func short(v tlsengine.Version) string { return fmt.Sprintf("1.%d", v&0xff-1) }

// Apply puts the offer into a Config.
func (o *Offer) Apply(cfg *tlsengine.Config) {
	cfg.MinVersion, cfg.MaxVersion = o.MinVersion, o.MaxVersion
	cfg.Suites, cfg.Groups, cfg.Signatures = o.Suites, o.Groups, o.Signatures
	cfg.ALPN = o.ALPN
	if o.Foreign && o.Groups != nil {
		cfg.KeyShares = o.shares()
	}
}

// SuiteNames writes the list of suites.
func (o *Offer) SuiteNames() string { return write(suiteList, o.Suites) }

// GroupNames writes the list of groups.
func (o *Offer) GroupNames() string { return write(groupList, o.Groups) }

// SchemeNames writes the list of signature schemes.
func (o *Offer) SchemeNames() string { return write(schemeList, o.Signatures) }

func write[T any](k kind[T], list []T) string {
	words := make([]string, 0, len(list))
	for _, one := range list {
		words = append(words, k.table.Label(k.id(one)))
	}
	return strings.Join(words, " ")
}
