package verify

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/vectors"
)

// acvpFiles are the files of NIST's ACVP data that test what this module has.
var acvpFiles = []string{"TLS-v1.3", "TLS-v1.2", "ML-KEM"}

// parseACVP makes a case of each test of an ACVP vector set: its fields are
// those of the test in the prompt, of its group, and of the test in the
// expected results. Both files are lists of objects, the first of which is a
// preamble; further ones are vector sets.
func parseACVP(name string, prompt, expected []byte) (*vectors.File, error) {
	var sets, answers []object
	if err := decode(prompt, &sets); err != nil {
		return nil, fmt.Errorf("%s: prompt: %w", name, err)
	}
	if err := decode(expected, &answers); err != nil {
		return nil, fmt.Errorf("%s: expected results: %w", name, err)
	}
	f := &vectors.File{Name: name}
	for i := 0; i < len(sets) && i < len(answers); i++ {
		answer := acvpTests(answers[i])
		f.Title = "ACVP, " + text(sets[i], "algorithm")
		for _, g := range objects(sets[i], "testGroups") {
			check := "acvp " + text(sets[i], "algorithm") + " " + text(sets[i], "mode")
			group := flatten(vectors.Fields{{Name: "check", Text: check}}, g)
			for _, t := range objects(g, "tests") {
				id := text(g, "tgId") + "." + text(t, "tcId")
				fields := flatten(slices.Clone(group), t)
				fields = flatten(fields, answer[id])
				f.Sections = append(f.Sections, vectors.Section{Title: text(sets[i], "mode") + " #" + id, Fields: fields})
			}
		}
	}
	if len(f.Sections) == 0 {
		return nil, fmt.Errorf("%s: no tests in it", name)
	}
	return f, nil
}

// acvpTests returns the tests of a vector set by group and test number.
func acvpTests(set object) map[string]object {
	tests := map[string]object{}
	for _, g := range objects(set, "testGroups") {
		for _, t := range objects(g, "tests") {
			tests[text(g, "tgId")+"."+text(t, "tcId")] = t
		}
	}
	return tests
}

// readBzip2 reads a compressed file.
func readBzip2(fsys fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(bzip2.NewReader(bytes.NewReader(data)))
}

var acvpHashes = map[string]cipher.Hash{"SHA2-256": cipher.SHA256, "SHA2-384": cipher.SHA384}

// acvpTLS13 is the key schedule with four strings for the messages.
func acvpTLS13(c *caseCheck) {
	h, ok := acvpHashes[c.text("hmacAlg")]
	if !ok {
		c.skip = "TLS 1.3 key schedule with " + c.text("hmacAlg")
		return
	}
	transcript := h.New()
	upTo := func(message string) []byte {
		transcript.Write(c.bytes(message))
		return transcript.Sum(nil)
	}
	secret := func(name string, s keyschedule.Secret) { c.value(name, s.Bytes()) }

	early := keyschedule.NewEarly(h, c.optional("psk"))
	th := upTo("helloClientRandom")
	secret("clientEarlyTrafficSecret", early.ClientTraffic(th))
	secret("earlyExporterMasterSecret", early.Exporter(th))

	hs := early.Handshake(c.optional("dhe"))
	th = upTo("helloServerRandom")
	secret("clientHandshakeTrafficSecret", hs.ClientTraffic(th))
	secret("serverHandshakeTrafficSecret", hs.ServerTraffic(th))

	main := hs.Main()
	th = upTo("finishedServerRandom")
	secret("clientApplicationTrafficSecret", main.ClientTraffic(th))
	secret("serverApplicationTrafficSecret", main.ServerTraffic(th))
	secret("exporterMasterSecret", main.Exporter(th))
	secret("resumptionMasterSecret", main.Resumption(upTo("finishedClientRandom")))
}

// acvpTLS12 is the extended main secret of RFC 7627, and the key block.
func acvpTLS12(c *caseCheck) {
	h, ok := acvpHashes[c.text("hashAlg")]
	if !ok {
		c.skip = "TLS 1.2 key derivation with " + c.text("hashAlg")
		return
	}
	main := keyschedule.ExtendedMainSecret12(h, c.bytes("preMasterSecret"), c.bytes("sessionHash"))
	c.value("masterSecret", main.Bytes())
	block := make([]byte, c.number("keyBlockLength", 1<<16)/8)
	seed := slices.Concat(c.bytes("serverRandom"), c.bytes("clientRandom"))
	keyschedule.PRF12(h, main.Bytes(), "key expansion", seed, block)
	c.value("keyBlock", block)
}

func acvpKEMKeyGen(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	seed := append(c.bytes("d"), c.bytes("z")...)
	ek, _, err := g.decapsulate(seed, nil)
	if c.err("d", err) {
		return
	}
	c.value("ek", ek)
	c.expandedKey(g, seed)
}

func acvpKEM(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	if c.text("function") == "decapsulation" {
		c.decapsulateExpanded(g)
		return
	}
	ct, secret, err := g.encapsulate(c.bytes("ek"), c.bytes("m"))
	if !c.err("ek", err) {
		c.value("c", ct)
		c.value("k", secret)
	}
}

// decapsulateExpanded decapsulates with a private key that is not a seed. The
// groups never have one, so this goes to the implementation below them.
func (c *caseCheck) decapsulateExpanded(g kemGroup) {
	key, err := g.kem.UnmarshalBinaryPrivateKey(c.bytes("dk"))
	if c.err("dk", err) {
		return
	}
	secret, err := g.kem.Decapsulate(key, c.bytes("c"))
	if !c.err("c", err) {
		c.value("k", secret)
	}
}
