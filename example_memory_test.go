package tlsengine_test

import (
	"errors"
	"fmt"
	"log"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// configs are of a client and a server that know each other.
func configs() (client, server *tls.Config) { return testpeer.ClientConfig(), testpeer.ServerConfig() }

// A client and a server in memory: what the one makes goes into the other.
func Example_inMemory() {
	clientConfig, serverConfig := configs()
	client, err := tls.NewClient(clientConfig)
	if err != nil {
		log.Fatal(err)
	}
	server, err := tls.NewServer(serverConfig)
	if err != nil {
		log.Fatal(err)
	}
	for from, to := client, server; from.Owes() || to.Owes(); from, to = to, from {
		for ev, err := range to.Feed(from.Flush(nil)) {
			if err != nil {
				log.Fatal(err)
			}
			if ev.Kind == tls.EventHandshakeDone {
				fmt.Println(to.ConnectionState().Version, to.ConnectionState().Group)
			}
		}
	}
	out, err := client.Send(nil, []byte("hello"))
	if err != nil {
		log.Fatal(err)
	}
	for ev := range server.Feed(out) {
		fmt.Printf("%v %s\n", ev.Kind, ev.Data)
	}
	// Output:
	// TLS 1.3 X25519MLKEM768
	// TLS 1.3 X25519MLKEM768
	// Data hello
}

// A question is a state: the engine waits, for as long as it takes, and reads
// nothing meanwhile.
func ExampleEngine_Pending() {
	clientConfig, serverConfig := configs()
	clientConfig.Ask = tls.AskVerdict
	client, err := tls.NewClient(clientConfig)
	if err != nil {
		log.Fatal(err)
	}
	server, err := tls.NewServer(serverConfig)
	if err != nil {
		log.Fatal(err)
	}
	for range server.Feed(client.Flush(nil)) {
	}
	for ev := range client.Feed(server.Flush(nil)) {
		fmt.Println(ev.Kind)
	}
	verdict := client.Pending().(*tls.VerdictRequest)
	fmt.Printf("is a chain of %d good for %s?\n", len(verdict.Chain), verdict.ServerName)

	// Elsewhere, and later:
	if err := client.Verified(errors.New("not to my liking")); err != nil {
		fmt.Println(err)
	}
	for _, err := range server.Feed(client.Flush(nil)) {
		fmt.Println(err)
	}
	// Output:
	// FlightDone
	// Request
	// is a chain of 1 good for server.test?
	// the peer's certificate was refused: not to my liking (alert certificate_unknown)
	// the peer sent alert certificate_unknown
}

// A connection is bytes, also in the middle of its handshake: another process
// can go on with it.
func ExampleEngine_Freeze() {
	clientConfig, serverConfig := configs()
	client, err := tls.NewClient(clientConfig)
	if err != nil {
		log.Fatal(err)
	}
	server, err := tls.NewServer(serverConfig)
	if err != nil {
		log.Fatal(err)
	}
	for range server.Feed(client.Flush(nil)) {
	}
	state, err := server.Freeze(nil)
	if err != nil {
		log.Fatal(err)
	}
	server, err = tls.Thaw(serverConfig, state)
	if err != nil {
		log.Fatal(err)
	}
	for from, to := server, client; from.Owes() || to.Owes(); from, to = to, from {
		for range to.Feed(from.Flush(nil)) {
		}
	}
	fmt.Println(server.ConnectionState().HandshakeDone)
	// Output: true
}
