// Command http serves HTTP/1.1 and HTTP/2 over tlsconn, and fetches pages over
// it: the recipe for net/http, whose server and transport speak HTTP/2 by
// themselves over crypto/tls's own Conn only.
//
//	go run . -listen 127.0.0.1:8443               # with a certificate of its own
//	go run . -fetch https://127.0.0.1:8443 -insecure
//
// [Server] runs the handshake and gives the connection to golang.org/x/net/http2
// or to net/http, by what ALPN chose; [Transport] does the same for requests.
package main
