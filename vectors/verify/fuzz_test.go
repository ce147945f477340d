package verify

import (
	"testing"
	"time"

	"github.com/tlsengine/tlsengine/vectors"
)

// A file from anywhere is judged without a panic and without taking long.
func FuzzRunFile(f *testing.F) {
	for _, file := range files(f) {
		for n := range 8 { // small seeds, and none that takes long
			seed := *file
			if wholeFiles[file.Fields.Text("check")] != nil {
				seed.Sections = file.Sections[:n]
			} else if n < len(file.Sections) {
				seed.Sections = file.Sections[n : n+1]
			}
			if len(seed.Sections) == 0 || seed.Sections[0].Fields.Get("iterations") == nil {
				f.Add(seed.Append(nil))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := vectors.Parse("fuzz", text)
		if err != nil || len(file.Sections) > 100 {
			return
		}
		begin := time.Now()
		RunFile(file, Options{})
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"algorithm":"XDH","testGroups":[{"type":"XdhComp","curve":"curve25519","tests":[{"tcId":1,"public":"00","private":"00","shared":"","result":"invalid","flags":["a"]}]}]}`))
	f.Add([]byte(`{"algorithm":"AES-GCM","testGroups":[{"type":"AeadTest","keySize":128,"ivSize":96,"tagSize":128,"tests":[{"tcId":1,"key":"","iv":"","aad":"","msg":"","ct":"","tag":"","result":"valid"}]}]}`))
	f.Add([]byte(`{"algorithm":"ML-DSA-44","testGroups":[{"type":"MlDsaSign","privateSeed":"","tests":[{"tcId":1,"msg":"","sig":"","result":"valid","flags":[]}]}]}`))
	f.Add([]byte(`{"algorithm":"ML-KEM","testGroups":[{"type":"MLKEMTest","parameterSet":"ML-KEM-768","tests":[{"tcId":1,"seed":"","c":"","K":"","result":"valid"}]}]}`))
	f.Add([]byte(`{"algorithm":"ECDSA","testGroups":[{"type":"EcdsaVerify","sha":"SHA-256","publicKeyDer":"30","tests":[{"tcId":1,"msg":"","sig":"","result":"valid"}]}]}`))
	f.Add([]byte("# t\ncheck: hkdf\n-- a --\nhash: SHA-256\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, err := Load("fuzz", data); err == nil && len(file.Sections) < 100 {
			RunFile(file, Options{})
		}
	})
}

// Two files of NIST's become cases, or an error.
func FuzzLoadACVP(f *testing.F) {
	f.Add([]byte(`{"algorithm":"ML-KEM","mode":"encapDecap","revision":"FIPS203","testGroups":[{"tgId":1,"parameterSet":"ML-KEM-768","function":"decapsulation","tests":[{"tcId":1,"dk":"00","c":"00"}]}]}`),
		[]byte(`{"algorithm":"ML-KEM","mode":"encapDecap","revision":"FIPS203","testGroups":[{"tgId":1,"tests":[{"tcId":1,"k":"00"}]}]}`))
	f.Add([]byte(`[]`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, prompt, expected []byte) {
		if file, err := LoadACVP("fuzz", prompt, expected); err == nil && len(file.Sections) < 100 {
			RunFile(file, Options{})
		}
	})
}
