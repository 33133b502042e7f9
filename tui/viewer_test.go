package tui_test

import (
	"errors"
	"testing"
)

// What is read, such as the help, can be searched: only lines with what is typed stay, and
// esc shows all of them again before it closes.
func TestViewerFinds(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	d.Keys("?")
	d.Wants("help: Closure", "/ finds")
	d.Keys("/")
	d.Type("SUSP")
	d.Wants("Suspend (what runs stops too)", "1 line")
	d.Lacks("Why does this depend on ..?")
	d.Type("nothing of that")
	d.Wants("0 lines")
	d.Keys("enter")
	d.Wants("/ SUSPnothing of that")
	d.Keys("esc")
	d.Wants("help: Closure", "Why does this depend on ..?")
	d.Lacks("0 lines")
	d.Keys("/")
	d.Type("redraw")
	d.Keys("esc")
	d.Wants("help: Closure", "more below")
	d.Keys("esc")
	d.Lacks("help: Closure")
}

// A line that is longer than the viewer is wide goes on below, and can be scrolled to.
func TestViewerWraps(t *testing.T) {
	d, _, b := start(t, 80, 24)
	b.Fail = errors.New("read /nix/var/nix/db/db.sqlite, which is in the directory of a store that somebody else has: it is written to by another process, and that has not ended")
	d.Keys("alt+5 @")
	d.Wants("error: read /nix/var/nix/db/db.sqlite", "and that has not ended")
	d.Keys("/")
	d.Type("by another")
	d.Wants("/ by another   1 line", "and that has not ended")
}
