// Package wycheproof runs the Wycheproof vectors for everything in packages
// group and signature. It is a module of its own, so that nobody who uses
// tlsengine downloads 107 MB of vectors or needs the release of Go that they
// ask for:
//
//	cd internal/wycheproof && go test
package wycheproof
