package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// certFieldNames are the names that --field takes.
const certFieldNames = "days_left not_before not_after subject issuer serial names key signature sha256 spki_sha256 pin tlsa scts"

// certFields are the values of --field.
var certFields = map[string]func(*report.Certificate) string{
	"days_left":   func(c *report.Certificate) string { return strconv.Itoa(c.DaysLeft) },
	"not_before":  func(c *report.Certificate) string { return c.NotBefore.Format(time.RFC3339) },
	"not_after":   func(c *report.Certificate) string { return c.NotAfter.Format(time.RFC3339) },
	"subject":     func(c *report.Certificate) string { return text.Clean(c.Subject) },
	"issuer":      func(c *report.Certificate) string { return text.Clean(c.Issuer) },
	"serial":      func(c *report.Certificate) string { return c.Serial },
	"names":       func(c *report.Certificate) string { return text.Clean(strings.Join(c.Names, " ")) },
	"key":         func(c *report.Certificate) string { return c.Key.String() },
	"signature":   func(c *report.Certificate) string { return c.Signature },
	"sha256":      func(c *report.Certificate) string { return c.SHA256 },
	"spki_sha256": func(c *report.Certificate) string { return c.SPKI },
	"pin":         func(c *report.Certificate) string { return c.Pin() },
	"tlsa":        func(c *report.Certificate) string { return c.TLSA() },
	"scts":        func(c *report.Certificate) string { return strconv.Itoa(c.SCTs) },
}
