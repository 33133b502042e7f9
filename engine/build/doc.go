// Package build realises store derivations: it decides what has to be built,
// runs the builders, and brings what they made into the store.
//
//	NewPlan   targets, derivations, validity  -->  Plan (nothing is written)
//	Realise   Plan  -->  goals, one for each derivation
//	          one goroutine owns the goals; a goal that needs nothing more goes
//	          to a worker as soon as one of the -j slots is free
//	worker    path locks -> input closure -> sandbox.Run, log to a file
//	          -> outputs made canonical, scanned and hashed in one read, checked
//	          -> moved into the store and registered, all in one transaction
//	event     a snapshot of the goal at each step
//
// A goal that fails fails those that need it, and with them the targets that
// they lead to; with keep-going what does not need it goes on, and otherwise
// is cancelled. Cancelling kills the builders
// concerned, waits for them, and releases their locks.
//
// The package never evaluates anything: whoever makes derivations is above.
//
// Behaviour: Nix, derivation-building-goal.cc, derivation-builder.cc.
package build
