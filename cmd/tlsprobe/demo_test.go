package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// call runs a command line that must succeed.
func call(t *testing.T, args ...string) string {
	var stdout, stderr bytes.Buffer
	require.Equal(t, 0, run(args, strings.NewReader(""), &stdout, &stderr), "%s", &stderr)
	return stdout.String()
}

func TestSameSeedSameBytes(t *testing.T) {
	args := []string{"demo", "--resume", "--client-cert", "--key-update"}
	one := call(t, append(args, "--seed", "01")...)
	require.Equal(t, one, call(t, append(args, "--seed", "01")...))
	require.NotEqual(t, one, call(t, append(args, "--seed", "02")...))
}

func TestDemoInJSONSaysWhatTheLadderSays(t *testing.T) {
	var rep demoReport
	require.NoError(t, json.Unmarshal([]byte(call(t, "demo", "--json", "--resume")), &rep))
	require.Equal(t, "tlsprobe.demo/1", rep.Schema)
	require.Len(t, rep.Connections, 2)
	first, second := rep.Connections[0], rep.Connections[1]
	require.Equal(t, "TLS 1.3", *first.Result.Version.Name)
	require.Equal(t, "ClientHello", first.Messages[0].Name)
	require.Equal(t, "c2s", first.Messages[0].Dir)
	require.False(t, first.Result.Resumed)
	require.True(t, second.Result.Resumed)
	require.Equal(t, "accepted", second.Result.EarlyData)
}

func TestEverySuiteAndGroupOfTheEngineCanBeShown(t *testing.T) {
	for _, suite := range []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"} {
		require.Contains(t, call(t, "demo", "--suites", suite), suite)
	}
	for _, group := range []string{"X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024", "x25519", "x448", "secp256r1", "secp384r1", "secp521r1"} {
		require.Contains(t, call(t, "demo", "--groups", group), "key exchange  "+group)
	}
}
