package keyschedule

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
)

// NIST's ACVP cases, where TLSENGINE_VECTORS names a folder with a copy of
// them (acvp-boringssl: prompts in vectors/, answers in expected/).

func TestTLS13KDFOfACVP(t *testing.T) {
	for _, c := range acvp(t, "TLS13.json") {
		h := acvpHash(c)
		if h == 0 {
			continue
		}
		th := func(names ...string) []byte {
			running := h.New()
			for _, name := range names {
				running.Write(c.bytes(name))
			}
			return running.Sum(nil)
		}
		early := NewEarly(h, c.bytes("psk"))
		clientHello := th("helloClientRandom")
		c.want(t, "clientEarlyTrafficSecret", early.ClientTraffic(clientHello))
		c.want(t, "earlyExporterMasterSecret", early.Exporter(clientHello))

		hs := early.Handshake(c.bytes("dhe"))
		serverHello := th("helloClientRandom", "helloServerRandom")
		c.want(t, "clientHandshakeTrafficSecret", hs.ClientTraffic(serverHello))
		c.want(t, "serverHandshakeTrafficSecret", hs.ServerTraffic(serverHello))

		main := hs.Main()
		serverFinished := th("helloClientRandom", "helloServerRandom", "finishedServerRandom")
		c.want(t, "clientApplicationTrafficSecret", main.ClientTraffic(serverFinished))
		c.want(t, "serverApplicationTrafficSecret", main.ServerTraffic(serverFinished))
		c.want(t, "exporterMasterSecret", main.Exporter(serverFinished))

		clientFinished := th("helloClientRandom", "helloServerRandom", "finishedServerRandom", "finishedClientRandom")
		c.want(t, "resumptionMasterSecret", main.Resumption(clientFinished))
	}
}

// TestTLS12KDFOfACVP is also the test of RFC 7627, which has no vectors.
func TestTLS12KDFOfACVP(t *testing.T) {
	for _, c := range acvp(t, "TLS12.json") {
		h := acvpHash(c)
		if h == 0 {
			continue
		}
		main := ExtendedMainSecret12(h, c.bytes("preMasterSecret"), c.bytes("sessionHash"))
		c.want(t, "masterSecret", main)
		c.wantBlock(t, h, main)
	}
	for _, c := range acvp(t, "kdf-components.json") {
		h := acvpHash(c)
		if h == 0 || c["tlsVersion"] != "v1.2" {
			continue
		}
		main := MainSecret12(h, c.bytes("preMasterSecret"), c.bytes("clientHelloRandom"), c.bytes("serverHelloRandom"))
		c.want(t, "masterSecret", main)
		c.wantBlock(t, h, main)
	}
}

type acvpCase map[string]any

func acvpHash(c acvpCase) cipher.Hash {
	for _, name := range []string{"hmacAlg", "hashAlg"} {
		switch c[name] {
		case "SHA2-256":
			return cipher.SHA256
		case "SHA2-384":
			return cipher.SHA384
		}
	}
	return 0
}

// bytes returns a field, nil if the case does not have it.
func (c acvpCase) bytes(name string) []byte {
	s, ok := c[name].(string)
	if !ok {
		return nil
	}
	return unhex(s)
}

func (c acvpCase) want(t *testing.T, name string, got Secret) {
	t.Helper()
	require.Equal(t, c[name], hex.EncodeToString(got.Bytes()), "%s of case %v", name, c["tcId"])
}

func (c acvpCase) wantBlock(t *testing.T, h cipher.Hash, main Secret) {
	t.Helper()
	block := c.bytes("keyBlock")
	got := make([]byte, len(block))
	prf(h, main.Bytes(), keyBlockLabel, c.bytes("serverRandom"), c.bytes("clientRandom"), got)
	require.Equal(t, block, got, "key block of case %v", c["tcId"])
}

// acvp returns the cases of a file: of each the fields of its group, its
// prompt and its answer together.
func acvp(t *testing.T, name string) []acvpCase {
	t.Helper()
	dir := os.Getenv("TLSENGINE_VECTORS")
	if dir == "" {
		t.Skip("TLSENGINE_VECTORS names no folder of vectors")
	}
	answers := map[any]acvpCase{}
	for _, c := range acvpFile(t, filepath.Join(dir, "acvp-boringssl", "expected", name)) {
		answers[c["tcId"]] = c
	}
	cases := acvpFile(t, filepath.Join(dir, "acvp-boringssl", "vectors", name))
	require.NotEmpty(t, cases)
	for _, c := range cases {
		for k, v := range answers[c["tcId"]] {
			c[k] = v
		}
	}
	return cases
}

func acvpFile(t *testing.T, path string) (cases []acvpCase) {
	t.Helper()
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skip(err)
	}
	require.NoError(t, err)
	var file []map[string]any
	if json.Unmarshal(b, &file) != nil {
		file = make([]map[string]any, 1)
		require.NoError(t, json.Unmarshal(b, &file[0]))
	}
	for _, part := range file {
		groups, _ := part["testGroups"].([]any)
		for _, g := range groups {
			group := g.(map[string]any)
			for _, test := range group["tests"].([]any) {
				c := acvpCase(test.(map[string]any))
				for k, v := range group {
					if k != "tests" {
						c[k] = v
					}
				}
				cases = append(cases, c)
			}
		}
	}
	return cases
}
