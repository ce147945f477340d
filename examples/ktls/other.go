//go:build !linux

package main

import "log"

func main() { log.Fatal("the kernel makes TLS records on Linux only") }
