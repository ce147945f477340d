package verify_test

import (
	"fmt"
	"io/fs"

	"github.com/tlsengine/tlsengine/vectors/modcache"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

func ExampleRun() {
	results, err := verify.Run(verify.Options{Sources: []string{"rfc8448", "rfc5869"}})
	if err != nil {
		panic(err)
	}
	for i := range results {
		fmt.Println(&results[i])
	}
	// Output:
	// rfc8448: 5 passed, 0 failed, 0 skipped
	// rfc5869: 3 passed, 0 failed, 4 skipped (4: hash SHA-1 is in no suite of this module)
}

// All sources, with those in the module cache. What is not there is not run,
// and its result says so.
func ExampleRun_all() {
	data := map[string]fs.FS{}
	for _, s := range verify.Sources() {
		if files, err := modcache.Find(s.Module); err == nil {
			data[s.Name] = files
		}
	}
	results, err := verify.Run(verify.Options{Data: data})
	if err != nil {
		panic(err)
	}
	fmt.Println(len(results) == len(verify.Sources()))
}

// A case of one's own, in which one byte is wrong.
func ExampleRunFile() {
	f, err := verify.Load("mine.txt", []byte(`# My case
check: hkdf
-- from a device --
hash: SHA-256
ikm: 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b
salt: 000102030405060708090a0b0c
info: f0f1f2f3f4f5f6f7f8f9
length: 4
prk: 077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5
okm: 3cb25fff
`))
	if err != nil {
		panic(err)
	}
	for _, c := range verify.RunFile(f, verify.Options{}) {
		fmt.Println(c.Name, c.Outcome, "-", c.Failure)
	}
	// Output:
	// from a device failed - line 10: okm: byte 3 of 4: ff stated, 25 computed
}
