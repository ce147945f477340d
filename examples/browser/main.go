//go:build !js

package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "serve on this `address`")
	target := flag.String("target", "", "the `address` of a TLS server")
	roots := flag.String("roots", "", "whom the page trusts, a PEM `file`")
	wasm := flag.String("wasm", "client.wasm", "the client, a `file`")
	glue := flag.String("glue", "wasm_exec.js", "Go's wasm_exec.js, a `file`")
	flag.Parse()
	host, _, err := net.SplitHostPort(*target)
	if err != nil {
		log.Fatal(err)
	}
	pem, err := os.ReadFile(*roots)
	if err != nil {
		log.Fatal(err)
	}
	r := &Relay{Target: *target, Host: host, Roots: string(pem), WASM: *wasm, Glue: *glue,
		Report: func(text string) { log.Print(text) }}
	log.Printf("http://%s", *listen)
	log.Fatal(http.ListenAndServe(*listen, r.Handler()))
}
