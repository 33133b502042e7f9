package closure

import (
	"strings"

	"nixbench/inspect/closure"
	"nixbench/store"
	"nixbench/tui"
)

// This file tells the command lines that show the same as the screen.

// command shows what is shown here.
func (s *Screen) command() string {
	f := s.top()
	switch {
	case f.why != nil:
		return f.why.command()
	case f.kind == kindDiff:
		return commandOn("nixbench diff --all", f.base, f.path)
	case f.kind == kindDrvs:
		return commandOn("nixbench diff --drv", f.base, f.path)
	case f.kind == kindDups && f.ofBuild:
		return commandOn("nixbench duplicates --build-time", f.roots()...)
	case f.kind == kindDups:
		return commandOn("nixbench duplicates", f.roots()...)
	case f.kind == kindFiles && f.view == viewTree:
		return commandOn("nixbench files --directories", f.path)
	case f.kind == kindFiles:
		return commandOn("nixbench files", f.path)
	case f.isClosure() && (f.kind == kindBuild || f.query != "" || f.view == viewFlat || f.view == viewMap):
		return f.closureCommand("")
	}
	p, _ := s.selected()
	if f.kind == kindReferrers {
		return commandOn("nix-store --query --referrers", p)
	}
	return commandOn("nixbench path-info -rsSh", p)
}

// closureCommand lists a closure as it is shown, with another flag if that is not "".
func (f *frame) closureCommand(flag string) string {
	words := []string{"nixbench closure"}
	if f.kind == kindBuild {
		words = append(words, "--build-time")
	}
	if name := f.order.String(); f.order != closure.ByAdded && name != "" {
		words = append(words, "--sort", name)
	}
	if f.query != "" {
		words = append(words, "--filter", tui.Word(f.query))
	}
	if flag != "" {
		words = append(words, flag)
	}
	return commandOn(strings.Join(words, " "), f.roots()...)
}

// command says why in a command line.
func (w *explanation) command() string {
	command := "nixbench why-depends"
	if w.all {
		command += " --all"
	}
	if w.files != nil {
		command += " --precise"
	}
	g := w.chains.Graph()
	return commandOn(command, g.Path(w.chains.From()), g.Path(w.chains.To()))
}

// commandOn is a command line with paths at its end.
func commandOn(command string, paths ...store.Path) string {
	for _, p := range paths {
		command += " " + tui.Word(string(p))
	}
	return command
}
