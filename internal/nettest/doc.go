// Package nettest puts a tlsconn.Conn to golang.org/x/net's test of what a
// net.Conn promises. It is a module of its own because nobody else needs
// golang.org/x/net.
package nettest
