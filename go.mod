module github.com/tlsengine/tlsengine

go 1.26.0

require (
	github.com/cloudflare/circl v1.6.5
	github.com/stretchr/testify v1.12.1
	golang.org/x/crypto v0.58.0
	golang.org/x/sys v0.49.0
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
