// Package drv holds store derivations: what to build, from what, with which
// environment.
//
// A store derivation is a store object itself, a text whose name ends in
// ".drv" ([Parse], [Derivation.ATerm]). Where its outputs will be follows from
// the derivation alone, by way of a hash that leaves out how fixed-output
// inputs are made ([Modulo]). What it asks of the build beyond its builder and
// environment is in [Options].
package drv
