package repl_test

import (
	"testing"
)

// The steps of an error unfold to their source and variables, and the prompt
// takes the variables of one.
func TestStepsOfAnError(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs.edtor")
	d.Wants("t: 1-frame trace   D: debug here")
	d.Keys("esc t")
	d.Wants("0  the error itself", "> 1  while evaluating the input")
	d.Keys("j l")
	d.Wants("v 1  while", "1| pkgs.edtor", "arguments", "x = 1")
	d.Keys("t")
	d.Lacks("arguments", "the error itself")
	d.Keys("t j D")
	d.Wants("in  2  :frame 1", "arguments")
	d.Type("x")
	d.Wants("nix> x")
}
