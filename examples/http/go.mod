module github.com/tlsengine/tlsengine/examples/http

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1
	github.com/tlsengine/tlsengine v0.0.0
	golang.org/x/crypto v0.58.0
	golang.org/x/net v0.62.0
)

require (
	github.com/cloudflare/circl v1.6.5 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/tlsengine/tlsengine => ../..
