// Cryptotls is the client of package engine beside it, on crypto/tls.
package main

import (
	"crypto/tls"
	"io"
	"os"
)

func main() {
	conn, err := tls.Dial("tcp", os.Args[1], nil)
	check(err)
	plain, err := io.ReadAll(os.Stdin)
	check(err)
	_, err = conn.Write(plain)
	check(err)
	_, err = io.Copy(os.Stdout, conn)
	check(err)
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
