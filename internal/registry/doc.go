// Package registry knows the names and numbers of TLS: what the code point
// 0x1301 is called by IANA, by OpenSSL and by GnuTLS, and where it is defined.
//
// Each [Table] is one IANA registry. It is asked by number ([Table.Lookup],
// [Table.Name]), by any of the names, in any case ([Table.Find]), and for the
// names nearest to one that does not exist ([Table.Nearest]).
//
// The tables hold facts and nothing of what this project implements: they name
// export ciphers and numbers that were never registered, because scanners and
// traces meet them. The cipher suites are in suites_table.go; everything else
// is in tables.go. What a suite's name says about its parts is [SuiteParts].
//
// GREASE values (RFC 8701) are in no table, but every table of 16-bit numbers
// names them.
package registry
