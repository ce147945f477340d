package main

import (
	"time"

	tls "github.com/tlsengine/tlsengine"
)

// environment is what the connections of one test share: a clock that only
// the flags move, the server's ticket keys, the client's newest session.
type environment struct {
	now     time.Time
	tickets *tls.TicketKeys
	session []byte
	cache   tls.SessionCache
}

func newEnvironment() *environment {
	return &environment{now: time.Now(), tickets: tls.NewTicketKeys(), cache: tls.NewSessionMemory(10)}
}

func (env *environment) advance(seconds int) {
	env.now = env.now.Add(time.Duration(seconds) * time.Second)
}

// fresh is an AntiReplay that believes everything: the runner replays nothing.
type fresh struct{}

func (fresh) Fresh([]byte, time.Time, time.Time) bool { return true }
