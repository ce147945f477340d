// Command starttls is a mail server and a client that begin in the clear and go
// on under TLS: STARTTLS, RFC 3207.
//
//	starttls -listen 127.0.0.1:2525                  # prints the mail it gets
//	starttls -send 127.0.0.1:2525 -insecure <letter  # or curl --ssl-reqd smtp://…
//
// A [Session] is all of the server but its I/O. Bytes go in; they are lines of
// SMTP until STARTTLS, and records for an engine from there on, whose data are
// the lines. Three things are easy to get wrong, and have a test each: what
// came behind STARTTLS in the clear is not part of what came under TLS, nothing
// that was said before is remembered after, and a client that wants TLS does not
// go on where it is not offered.
package main
