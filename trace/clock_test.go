package trace_test

import "time"

// clock goes on by a millisecond each time it is asked.
func clock() func() time.Time {
	now := time.Unix(1.7e9, 0)
	return func() time.Time { now = now.Add(time.Millisecond); return now }
}
