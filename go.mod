module github.com/tlsengine/tlsengine

go 1.26
