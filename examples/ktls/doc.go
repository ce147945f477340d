// Ktls is a web server for files whose TLS records are made by Linux: the
// handshake is the engine's, then the keys go into the kernel ([Offload]), and
// files go from the page cache to the network by sendfile.
//
//	ktls -listen :8443 -cert cert.pem -key key.pem -dir /srv/files
//
// It needs the kernel's TLS module (modprobe tls; CONFIG_TLS).
//
//	        handshake                        afterwards
//	socket <---------> Engine     socket <---> kernel <---------> application
//	                                           | ^    application data
//	                            what is not    | |
//	                            data, by cmsg  v |    new keys, by setsockopt
//	                                        Detached
//
// What the kernel opens that is not application data it gives with its content
// type in a control message, and so takes what is to be sent (TLS_GET_RECORD_TYPE
// and TLS_SET_RECORD_TYPE of linux/tls.h). That is what the Detached is for:
// KeyUpdate, tickets and alerts.
//
// # The moment of the change
//
// The kernel cannot be given bytes that were read already. So the handshake
// reads records exactly, by [tlsengine.Event].Need: what the peer has sent after
// its last record of the handshake is still in the socket when the keys are
// set.
//
// # New keys
//
// Linux takes a second key from 6.14 on; [Rekeys] tries it. Before that a
// connection whose peer sends KeyUpdate cannot be read any more: Read says
// [ErrNoRekey] after close_notify was sent, and nothing was received wrongly. A
// connection that reaches its limit of records ends the same way.
//
// # Tried with
//
// Debian's kernels 6.1.192 (which takes one key) and 7.2.12 (which takes new
// ones), in qemu on x86-64: all suites of TLS 1.2 and 1.3, KeyUpdate, tickets,
// alerts. The tests skip where there is no TLS module; README.md says how
// to run them in a virtual machine.
package main
