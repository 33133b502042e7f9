package closure_test

import (
	"strings"
	"testing"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// Y gives the command that shows the same, whatever is shown.
func TestCommands(t *testing.T) {
	_, d := desktop(t)
	path := func(line string) string {
		for _, name := range []string{"desktop-12.drv", "desktop-11.drv", "desktop-12", "desktop-11", "editor-7.2", "fonts-3.0"} {
			line = strings.ReplaceAll(line, "<"+name+">", string(tuitest.PathNamed(name)))
		}
		return line
	}
	for _, step := range []struct{ keys, want string }{
		{"", "nixbench path-info -rsSh <desktop-12>"},
		{"j", "nixbench path-info -rsSh <editor-7.2>"},
		{"t", "nixbench closure <desktop-12>"},
		{"s o w n enter", "nixbench closure --sort own <desktop-12>"},
		{"/ s i z e > 1 k enter", "nixbench closure --sort own --filter 'size>1k' <desktop-12>"},
		{"esc s a d d s enter t t", "nixbench closure <desktop-12>"},
		{"t / f o n t s enter w", "nixbench why-depends <desktop-12> <fonts-3.0>"},
		{"a", "nixbench why-depends --all <desktop-12> <fonts-3.0>"},
		{"f", "nixbench why-depends --all --precise <desktop-12> <fonts-3.0>"},
		{"esc esc home j g", "nixbench files --directories <editor-7.2>"},
		{"t", "nixbench files <editor-7.2>"},
		{"t backspace r", "nix-store --query --referrers <editor-7.2>"},
		{"backspace home u", "nixbench duplicates <desktop-12>"},
		{"backspace home b", "nixbench closure --build-time <desktop-12.drv>"},
		{"u", "nixbench duplicates --build-time <desktop-12.drv>"},
	} {
		d.Keys(step.keys)
		d.Keys("Y")
		if want := path(step.want); d.Copied != want {
			t.Errorf("%s: copied %q, want %q:\n%s", step.keys, d.Copied, want, d.Text())
		}
	}
	d.Keys("backspace backspace home m")
	d.Send(tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-11")})
	d.Keys("d Y")
	if want := path("nixbench diff --all <desktop-12> <desktop-11>"); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	d.Keys("backspace D Y")
	if want := path("nixbench diff --drv <desktop-12.drv> <desktop-11.drv>"); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
}
