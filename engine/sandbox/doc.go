// Package sandbox runs one builder apart from the machine that it runs on.
//
// It needs no root and no helper program. A process is cloned into new namespaces
// (user, mount, process, network, IPC, host name, control group); it builds a file
// system in which only the inputs, a build directory and a few devices are visible,
// gives up every privilege, checks that it has none, and becomes the builder. It shares
// our memory until then, since to copy it, or to start us once more, takes longer than
// all else; so it runs none of our code but a script of system calls:
//
//	Run     -- script of system calls, clone -->  process
//	process -- mounts, pivot_root, no capabilities, seccomp -->  exec builder
//	builder -- pseudo-terminal -->  Run -->  log
//
// Inside, the builder is user 1000 and group 100 and has process number 1, so
// that killing it kills everything that it started. Inputs are read-only
// mounts: although outside they belong to the same user, it cannot change them.
//
// Where the kernel or its administrator forbids this, [Run] fails and says
// which setting does it. It never runs a builder without the sandbox.
//
// Behaviour: Nix, linux-derivation-builder.cc.
package sandbox
