package tui_test

import (
	"nixbench/repl/desk"
	"nixbench/tui"
)

// A desk is all that the interface needs.
var _ tui.Backend = (*desk.Desk)(nil)
