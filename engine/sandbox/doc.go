// Package sandbox runs one builder apart from the machine that it runs on.
//
// It needs no root and no helper program. The running executable starts itself
// once more in new namespaces (user, mount, process, network, IPC, host name,
// control group); that second stage builds a file system in which only the
// inputs, a build directory and a few devices are visible, gives up every
// privilege, checks that it has none, and becomes the builder:
//
//	Run     -- clone, Spec in a memory file -->  Main
//	Main    -- mounts, pivot_root, no capabilities, seccomp -->  exec builder
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
