// Command browser is TLS in a web page: a client in WebAssembly whose transport
// is a WebSocket, and the web server that relays the WebSocket's bytes to a TLS
// server. The relay sees ciphertext only; the page verifies the server itself.
//
//	cd examples/browser
//	GOOS=js GOARCH=wasm go build -o client.wasm .
//	go run . -listen 127.0.0.1:8080 -target example.com:443 -roots /etc/ssl/certs/ca-certificates.crt \
//	    -wasm client.wasm -glue "$(go env GOROOT)/lib/wasm/wasm_exec.js"
//
// The client (client_js.go) is driven by the WebSocket's events alone: onmessage
// feeds the engine and sends what it owes. It has no net.Conn, blocks nowhere
// and starts no goroutine, which in a browser there is no thread for.
//
// For the sake of the example the page gets its roots from the server that it
// comes from. A real one has them in its code, and comes from somewhere that it
// trusts.
package main
