//go:build race

package shell

// The race detector makes initialisation several times slower.
const raceEnabled = true
