package tui_test

import "testing"

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
