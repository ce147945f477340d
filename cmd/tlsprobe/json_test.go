package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
	"golang.org/x/crypto/ocsp"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
)

// rules are what holds in every document, whatever its schema says.
type rules struct {
	t    *testing.T
	what string
}

const (
	snakeCase = `^[a-z0-9]+(_[a-z0-9]+)*$`
	timeLike  = `^\d{4}-\d\d-\d\dT`
	timeRule  = `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`
)

// onlyOf reports whether a text has no letters but these.
func onlyOf(s, letters string) bool { return strings.Trim(s, letters) == "" }

const hexLetters, base64Letters = "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

func (r rules) check(path, key string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if hex, ok := v["hex"].(string); ok {
			require.Regexp(r.t, `^0x[0-9a-f]+$`, hex, "%s: %s", r.what, path)
			require.Contains(r.t, v, "id", path)
			require.Contains(r.t, v, "name", path)
		}
		for name, member := range v {
			require.Regexp(r.t, snakeCase, name, "%s: %s", r.what, path)
			r.check(path+"."+name, name, member)
		}
	case []any:
		for _, item := range v {
			r.check(path+"[]", key, item)
		}
	case float64:
		if strings.HasSuffix(key, "_us") {
			require.Equal(r.t, v, float64(int64(v)), "%s: %s", r.what, path)
		}
	case string:
		require.False(r.t, len(v) > 128 && onlyOf(v, hexLetters), "%s: %s is hex of more than 64 bytes", r.what, path)
		if isTime, _ := regexp.MatchString(timeLike, v); isTime && !slices.Contains([]string{"value", "old", "new"}, key) { // that of a field is for people
			require.Regexp(r.t, timeRule, v, "%s: %s", r.what, path)
		}
		if len(v) > 64 && onlyOf(v, base64Letters) && !longName(key) {
			require.True(r.t, key == "b64" || strings.HasSuffix(key, "_b64"), "%s: %s is base64: %s", r.what, path, v)
		}
	}
}

// longName reports whether a key is of hex or text that may look like base64.
func longName(key string) bool {
	return slices.Contains([]string{"value", "out", "hash", "public", "private", "theirs", "shared", "id", "log_id", "path", "before", "after", "expected", "got", "name", "exporter"}, key)
}

// TestDocumentsKeepToTheCommonRules: keys in snake_case, "schema" first, times
// in UTC with microseconds, no more than 64 bytes in hex, code points with id,
// hex and name.
func TestDocumentsKeepToTheCommonRules(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	fx := newFixtures(t)
	trace := filepath.Join(fx.dir, "rules.json")
	lines := []string{
		"connect {engine} --ca-file {ca} --exporter EXPORTER-a:64", "connect {engine} --ca-file {ca} --exporter EXPORTER-a:65 --get /", "connect {tls12} --ca-file {ca} --resume --certs",
		"connect {closed}", "connect {http}", "connect {selfsigned}", "cert {engine} --ca-file {ca}", "cert {ca}", "show {engine} --ca-file {ca} --resume",
		"demo --resume --client-cert", "demo --groups SecP384r1MLKEM1024 --suites TLS_AES_256_GCM_SHA384", "explain 40", "explain hex 1603010005010000010016", "explain X25519MLKEM768",
		"version", "vectors --run ^rfc5869", "vectors {forged}", "vectors {hello}", "diff {demotrace} {forged}",
	}
	for i, flags := range []string{"--groups SecP384r1MLKEM1024", "--groups secp521r1 --client-cert --resume", "--max-version 1.2 --suites ECDHE-ECDSA-AES256-GCM-SHA384 --groups P-521,P-256", "--force-hrr --key-update"} {
		name := trace + string(rune('a'+i))
		call(t, append([]string{"demo", "--save-trace", name}, strings.Fields(flags)...)...)
		lines = append(lines, "show "+name, "show "+name+" --redact", "vectors "+name)
	}
	fx.demo()
	for _, line := range lines {
		var out, said bytes.Buffer
		run(append(strings.Fields(fx.expand(line)), "--json"), strings.NewReader(""), &out, &said)
		require.NotZero(t, out.Len(), "%s: %s", line, &said)
		checkJSON(t, out.Bytes())
		var v any
		require.NoError(t, json.Unmarshal(out.Bytes(), &v))
		rules{t, line}.check("$", "", v)
	}
}

// What TLS 1.2 has more than 64 bytes of is in base64, and read as it was
// written; and so are shared secrets of the largest groups.
func TestTracesKeepLongSecrets(t *testing.T) {
	for flags, id := range map[string]string{"--max-version 1.2 --suites ECDHE-ECDSA-AES256-GCM-SHA384": "key_block", "--groups SecP384r1MLKEM1024": "shared"} {
		name := filepath.Join(t.TempDir(), "trace.json")
		call(t, append([]string{"demo", "--save-trace", name}, strings.Fields(flags)...)...)
		require.Contains(t, call(t, "show", name, "--json"), `"value_b64": "`)
		require.Contains(t, call(t, "vectors", name), "1 passed, 0 failed, 0 skipped", id)
	}
}

// A server's session that is kept by its id is no ticket.
func TestSessionIDsAreNoTickets(t *testing.T) {
	fx := newFixtures(t)
	address := fx.sServer("-www", "-tls1_2", "-no_ticket")
	out := call(t, "connect", address, "--ca-file", fx.expand("{ca}"), "--json", "--resume")
	var rep struct {
		Result, Second struct {
			Session struct {
				Tickets []any
				ID      *string `json:"session_id"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &rep))
	require.Empty(t, rep.Result.Session.Tickets)
	require.NotNil(t, rep.Result.Session.ID)
	require.Regexp(t, `^[0-9a-f]{64}$`, *rep.Result.Session.ID)
	require.Contains(t, call(t, "connect", address, "--ca-file", fx.expand("{ca}")), "session id")
}

// A stapled response is read, not only counted.
func TestCertShowsWhatTheStapleSays(t *testing.T) {
	fx := newFixtures(t)
	for status, want := range map[int]string{ocsp.Good: "good as of ", ocsp.Revoked: "revoked on "} {
		address := fx.engine(func(h *visit.Host) {
			cred := *h.Config.Credentials[0]
			leaf, err := x509.ParseCertificate(cred.Chain[0])
			require.NoError(t, err)
			now := time.Now().UTC().Truncate(time.Second)
			response := ocsp.Response{Status: status, SerialNumber: leaf.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(time.Hour), RevokedAt: now}
			cred.Staple, err = ocsp.CreateResponse(fx.ca.Cert, fx.ca.Cert, response, fx.ca.Key())
			require.NoError(t, err)
			h.Config.Credentials[0] = &cred
		})
		out := call(t, "cert", address, "--ca-file", fx.expand("{ca}"))
		require.Contains(t, out, "OCSP staple   "+want)
		require.Contains(t, out, ", signed by the issuer\n")
		out = call(t, "connect", address, "--ca-file", fx.expand("{ca}"), "--json")
		checkJSON(t, []byte(out))
		require.Contains(t, out, `"signed": "yes"`)
	}
}

// TestConnectHasTheKeysThatWerePromised: those of a report of one connection,
// in whatever kind it was; more may come, none may go.
func TestConnectHasTheKeysThatWerePromised(t *testing.T) {
	fx := newFixtures(t)
	want := map[string]string{
		"":                       "schema tool target exit timing result verification certificates bytes",
		"tool":                   "name version commit",
		"target":                 "input host port address sni starttls proxy transport",
		"timing":                 "dns_us connect_us starttls_us handshake_us total_us round_trips",
		"result":                 "version suite group signature alpn resumed hrr psk early_data ech ems secure_renegotiation session client_auth ocsp scts compression raw_public_key delegated_credential",
		"result.ech":             "offered accepted retry_configs_b64 public_name",
		"result.session":         "tickets session_id",
		"result.client_auth":     "requested authorities",
		"result.compression":     "certificate",
		"result.session.tickets": "lifetime_s max_early_data length",
		"verification":           "ok errors chain name",
		"verification.errors":    "code message cert",
		"certificates":           "pem subject issuer serial not_before not_after days_left names key signature sha256 spki_sha256",
		"certificates.key":       "type bits curve",
		"bytes":                  "in out",
	}
	for _, line := range []string{"{engine}", "{tls12}", "{private}", "{retry}", "{expired}"} {
		var out, said bytes.Buffer
		run([]string{"connect", fx.expand(line), "--ca-file", fx.expand("{ca}"), "--json"}, strings.NewReader(""), &out, &said)
		var doc any
		require.NoError(t, json.Unmarshal(out.Bytes(), &doc), "%s", &said)
		for path, names := range want {
			v := doc
			for key := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' }) {
				v = first(v.(map[string]any)[key])
				if v == nil {
					break
				}
			}
			if v == nil {
				continue // no ticket came, no error
			}
			for name := range strings.FieldsSeq(names) {
				require.Contains(t, v, name, "%s: %s", line, path)
			}
		}
	}
}

// first is the first item of a list, or what is no list.
func first(v any) any {
	list, ok := v.([]any)
	switch {
	case !ok:
		return v
	case len(list) == 0:
		return nil
	}
	return list[0]
}

// Readers pass over keys that they do not know, wherever they are.
func TestUnknownKeysAreIgnored(t *testing.T) {
	fx := newFixtures(t)
	fx.demo()
	text := fx.read(fx.made["demotrace"])
	for _, key := range []string{`"secrets": true,`, `"role": "client",`, `"off": 5,`, `"hash": "SHA-256",`} {
		require.Contains(t, text, key)
		text = strings.ReplaceAll(text, key, `"later": {"a": [1, null]}, `+key)
	}
	name := fx.file("later.json", text)
	require.Equal(t, "1 passed, 0 failed, 0 skipped\n", call(t, "vectors", name))
	require.Equal(t, call(t, "show", fx.made["demotrace"]), call(t, "show", name))
}
