package repl_test

import (
	"context"
	"testing"

	"nixbench/tui"
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

// t on a step of an error inside of a result hides that error's trace, as on the error.
func TestTraceIsHiddenFromItsSteps(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(_ context.Context, in string) (*tui.Result, bool) {
		if in != "inside" {
			return nil, false
		}
		n := tui.Node{Handle: 7, Kind: tui.NodeError, Text: "«error: boom»", HasChildren: true, Count: 2} // that of the steps
		return &tui.Result{Number: 2, Kind: tui.ResultValue, Node: n}, true
	}
	enter(d, "pkgs.edtor", "inside")
	d.Wants("«error: boom»", "1  while evaluating the input")
	d.Keys("esc G t")
	d.Lacks("while evaluating the input", "this is no")
	d.Keys("t")
	d.Wants("while evaluating the input")
}
