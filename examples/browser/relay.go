//go:build !js

package main

import (
	_ "embed"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
)

//go:embed page.html
var page []byte

// Relay serves the page, and relays its WebSocket to a target.
type Relay struct {
	Target string // an address
	Host   string // the target's name
	Roots  string // PEM
	WASM   string // the client, a file
	Glue   string // Go's wasm_exec.js, a file

	Report func(text string) // what the page has found
}

// Handler returns the web server's handler.
func (r *Relay) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { w.Write(page) })
	mux.HandleFunc("GET /client.wasm", func(w http.ResponseWriter, req *http.Request) { http.ServeFile(w, req, r.WASM) })
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, req *http.Request) { http.ServeFile(w, req, r.Glue) })
	mux.HandleFunc("GET /target", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"host": r.Host, "roots": r.Roots})
	})
	mux.HandleFunc("POST /report", func(_ http.ResponseWriter, req *http.Request) {
		if text, err := io.ReadAll(io.LimitReader(req.Body, 1<<20)); err == nil {
			r.Report(string(text))
		}
	})
	mux.HandleFunc("GET /relay", r.relay)
	return mux
}

// relay moves bytes between a WebSocket and the target.
func (r *Relay) relay(w http.ResponseWriter, req *http.Request) {
	ws, err := upgrade(w, req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer ws.Close()
	target, err := net.Dial("tcp", r.Target)
	if err != nil {
		log.Print(err)
		return
	}
	defer target.Close()
	go func() {
		io.Copy(ws, target)
		ws.Close()
	}()
	io.Copy(target, ws)
}
