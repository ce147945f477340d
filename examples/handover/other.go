//go:build !unix

package main

import "log"

func main() { log.Fatal("file descriptors are handed over on Unix only") }
