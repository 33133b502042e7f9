// Package daemon is the store behind a Nix daemon: a client of the worker
// protocol.
//
// A [Store] opens connections as it needs them; each is served by a process of
// the daemon's. What comes from there is not trusted: every length has a bound,
// every path is checked, and a daemon that closes the connection, says what it
// may not or falls silent where it may not is an error that says so. Cancelling
// a context closes the connection, by which the daemon learns of it.
//
// Files of the store are not read or written here, except by [Store.AddTree],
// which reads what it adds.
//
// Format: Nix 2.34, worker-protocol.cc and remote-store.cc; versions 1.32 (Nix
// 2.4) to 1.38 of the protocol.
package daemon
