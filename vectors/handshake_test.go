package vectors

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func handshakes(t *testing.T) map[string]*Handshake {
	t.Helper()
	list, err := Handshakes()
	require.NoError(t, err)
	all := map[string]*Handshake{}
	for _, h := range list {
		all[h.Name] = h
	}
	require.Len(t, all, len(list))
	return all
}

func TestEveryHandshakeIsWhole(t *testing.T) {
	all := handshakes(t)
	for _, h := range all {
		require.NotEmpty(t, h.Title, h.Name)
		require.NotEmpty(t, h.Comment, h.Name)
		require.False(t, h.Time.IsZero(), h.Name)
		require.Equal(t, h.Version, h.Outcome.Version, h.Name)
		require.Len(t, h.Outcome.Exporter, 32, h.Name)
		require.NotEmpty(t, h.KeyLog, h.Name)
		require.Equal(t, h.Resumes != "", h.Outcome.Resumed, h.Name)
		if h.Resumes != "" {
			require.NotNil(t, all[h.Resumes], h.Name)
			require.NotEmpty(t, h.Secret, h.Name)
		}
		for _, side := range []Role{Client, Server} {
			party := h.Party(side)
			require.NotEmpty(t, party.Rand, h.Name)
			require.Equal(t, h.QUIC, party.TransportParameters != nil, h.Name)
			messages := h.Messages(side)
			require.Equal(t, []byte{1, 2}[strings.Index("cs", string(side[:1]))], messages[0][0], h.Name)
			if random := messages[0][6:38]; !bytes.Equal(random[:4], []byte{0xcf, 0x21, 0xad, 0x74}) { // HelloRetryRequest
				require.Equal(t, party.Rand[:24], random[:24], h.Name) // the rest may be a sentinel
			}
			for _, m := range messages {
				require.Equal(t, len(m)-4, int(m[1])<<16|int(m[2])<<8|int(m[3]), h.Name)
			}
		}
		if !h.QUIC {
			require.Equal(t, []byte{22, 3, 1}, h.Wire(Client)[:3], h.Name)
		}
	}
}

// What an application is told, with the text of data and the first bytes of
// nothing else.
func told(h *Handshake, side Role) string {
	var list []string
	for _, ev := range h.Events(side) {
		list = append(list, strings.TrimSpace(string(ev.Kind)+" "+string(ev.Data)))
	}
	return strings.Join(list, ", ")
}

func TestEventsAreWhatApplicationsAreTold(t *testing.T) {
	all := handshakes(t)
	for name, want := range map[string][2]string{
		"tls13-full-x25519":         {"finished, data pong, closed", "finished, data ping, closed"},
		"tls13-fragments":           {"finished, data pong, closed", "finished, data ping, closed"},
		"tls13-early-data-accepted": {"finished, data pong, closed", "early data early data, early data early data, finished, data ping, closed"},
		"tls13-early-data-rejected": {"finished, data pong, closed", "finished, data ping, closed"},
		"tls13-early-data-retry":    {"finished, data pong, closed", "finished, data ping, closed"},
		"tls13-tickets":             {"finished, ticket, ticket, ticket, data pong, closed", "finished, data data, data ping, closed"},
		"tls13-key-update": {
			"finished, key update, data after, key update, data again, data pong, closed",
			"finished, data before, key update, data after, key update, data ping, closed"},
		"tls12-ticket":    {"ticket, finished, data pong, closed", "finished, data ping, closed"},
		"quic-full":       {"finished, ticket", "finished"},
		"tls12-fragments": {"finished, data pong, closed", "finished, data ping, closed"},
	} {
		require.NotNil(t, all[name], name)
		require.Equal(t, want, [2]string{told(all[name], Client), told(all[name], Server)}, name)
	}
}

// A feature that has no recording has been forgotten.
func TestEveryFeatureHasAHandshake(t *testing.T) {
	seen := map[string]bool{}
	note := func(what string, is bool) { seen[what] = seen[what] || is }
	for _, h := range handshakes(t) {
		version := h.Version
		if h.QUIC {
			version = "QUIC"
		}
		o := h.Outcome
		seen[version+" "+o.Suite], seen[version+" "+o.Group] = true, true
		seen[version+" "+o.ServerSignature] = true
		note(version+" client signature", o.ClientSignature != "")
		note(version+" resumed", o.Resumed)
		note(version+" early data "+o.EarlyData, true)
		note(version+" alpn", o.ALPN != "")
		note(version+" cookie", h.Server.RetryCookie != nil)
		note(version+" early data ended by a retry", o.EarlyData == "rejected" && h.Server.RetryCookie != nil)
		note(version+" staple", h.Server.Staple != nil)
		note(version+" short records", h.Client.MaxFragment > 0)
		note(version+" padding", h.Client.PadTo > 0)
		note(version+" ticket", h.Server.Tickets > 0)
		note(version+" session id", h.Server.KeepsSessions && o.Resumed)
		note(version+" no compatibility", h.Client.NoCompatibility)
		note(version+" key update", strings.Contains(told(h, Client), "key update"))
		note(version+" server with TLS 1.3", h.Server.MaxVersion != "")
		note(version+" client with TLS 1.3", h.Client.MaxVersion != "")
	}
	for version, features := range map[string]string{
		"TLS 1.3": `TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256,
			x25519, x448, secp256r1, secp384r1, secp521r1, X25519MLKEM768, SecP256r1MLKEM768, SecP384r1MLKEM1024,
			ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512, ed25519, ed448, mldsa44, mldsa65, mldsa87,
			rsa_pss_rsae_sha256, rsa_pss_rsae_sha384, rsa_pss_rsae_sha512, rsa_pss_pss_sha256, rsa_pss_pss_sha384, rsa_pss_pss_sha512,
			client signature, resumed, early data accepted, early data rejected, early data ended by a retry, alpn, cookie, staple,
			short records, padding, ticket, no compatibility, key update`,
		"TLS 1.2": `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			x25519, x448, secp256r1, secp384r1, secp521r1,
			ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512, ed25519, ed448,
			rsa_pkcs1_sha256, rsa_pkcs1_sha384, rsa_pkcs1_sha512,
			rsa_pss_rsae_sha256, rsa_pss_rsae_sha384, rsa_pss_rsae_sha512, rsa_pss_pss_sha256, rsa_pss_pss_sha384, rsa_pss_pss_sha512,
			client signature, resumed, staple, short records, ticket, session id, server with TLS 1.3, client with TLS 1.3`,
		"QUIC": "client signature, resumed, early data accepted, early data rejected, alpn, cookie, ticket",
	} {
		for _, feature := range strings.Split(features, ",") {
			require.True(t, seen[version+" "+strings.TrimSpace(feature)], "%s: %s", version, feature)
		}
	}
}

func TestMalformedHandshakesAreRefusedWithTheLine(t *testing.T) {
	const head = "# t\ncheck: handshake\ntime: 2026-06-15T12:00:00Z\n"
	for text, want := range map[string]string{
		"# t\n": `f: line 0: "time" is not a time`,
		"# t\ntime: 2026-06-15T12:00:00Z\ncheck: trace\n":       `f: line 3: "check" is not of a handshake`,
		head + "colour: red\n":                                  `f: line 4: "colour" is not a field of this part`,
		head + "psk: 0g\n":                                      `f: line 4: "psk" is not hex`,
		head + "-- client --\ncolour: red\n":                    `f: line 5: "colour" is not a field of this part`,
		head + "-- client --\npad to: much\n":                   `f: line 5: "pad to" is not a number`,
		head + "-- server --\nsessions: kept\n":                 `f: line 5: "sessions" is not "kept by id"`,
		head + "-- peer record alert --\npayload: 00\n":         `f: section "peer record alert", want client or server`,
		head + "-- client letter alert --\n":                    `f: section "client letter alert" is not of a handshake`,
		head + "-- client record alert --\npayload: 0\n":        `f: line 5: "payload" is not hex`,
		head + "-- outcome --\nexporter: 00\nweather: fine\n":   `f: line 6: "weather" is not a field of this part`,
		head + "-- client crypto initial --\ndata: 00\nx: 00\n": `f: line 6: "x" is not a field of this part`,
	} {
		f, err := Parse("f", []byte(text))
		require.NoError(t, err)
		_, err = NewHandshake(f)
		require.EqualError(t, err, want)
	}
}

// The secrets that a resumption begins with are those that the handshake before
// it ended with.
func TestResumptionsFitWhatTheyResume(t *testing.T) {
	all := handshakes(t)
	resumed := all["tls12-resumed-ticket"]
	require.Equal(t, all["tls12-ticket"].LogSecret("CLIENT_RANDOM"), resumed.Secret)
	require.Contains(t, string(all["tls12-ticket"].Messages(Server)[4]), string(resumed.Ticket))
	require.Nil(t, resumed.LogSecret("EXPORTER_SECRET"))
	require.Equal(t, sha256.Size, len(all["tls13-resumed"].Secret))
}
