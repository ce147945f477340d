// Package testproc runs programs of others for tests: servers that shall listen
// on a port before the test goes on, and end with it. For tests only.
package testproc
