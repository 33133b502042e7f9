package desk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEditorCommand(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, test := range []struct {
		visual, editor string
		line           int
		want           string
	}{
		{"", "", 0, "vi /x.nix"},
		{"", "", 3, "vi +3 /x.nix"},
		{"", "nano -w", 3, "nano -w +3 /x.nix"},
		{"emacs", "nano", 3, "emacs +3 /x.nix"},
		{" ", "nano", 0, "nano /x.nix"},
		{"code --wait", "", 3, "code --wait --goto /x.nix:3"},
		{"/opt/bin/hx", "", 3, "/opt/bin/hx /x.nix:3"},
		{`"/opt/my editor/ed" -q`, "", 3, "/opt/my editor/ed -q +3 /x.nix"},
		{"$HOME_OF_ED/ed", "", 0, "/home/ed/ed /x.nix"},
	} {
		r.env["VISUAL"], r.env["EDITOR"], r.env["HOME_OF_ED"] = test.visual, test.editor, "/home/ed"
		cmd, err := r.EditorCommand("/x.nix", test.line)
		if err != nil {
			t.Errorf("VISUAL=%q EDITOR=%q: %v", test.visual, test.editor, err)
			continue
		}
		if got := strings.Join(cmd.Args, " "); got != test.want {
			t.Errorf("VISUAL=%q EDITOR=%q: got %q, want %q", test.visual, test.editor, got, test.want)
		}
	}
	for _, bad := range []string{`"unclosed`, "$(reboot)", `""`, "$NOTHING"} {
		r.env["VISUAL"] = bad
		if cmd, err := r.EditorCommand("/x.nix", 0); err == nil {
			t.Errorf("VISUAL=%q: got %v, want an error", bad, cmd)
		}
	}
}

func TestCopyText(t *testing.T) {
	r := newRig(t, rigOptions{})
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if err := r.CopyText(t.Context(), "x"); !errors.Is(err, errNoClipboard) {
		t.Errorf("without programs: got %v, want %v", err, errNoClipboard)
	}
	program := func(name, script string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	taken := filepath.Join(dir, "taken")
	program("wl-copy", "exit 1")
	program("xclip", `read -r line; echo "$line $*" > `+taken)
	if err := r.CopyText(t.Context(), "x"); !errors.Is(err, errNoClipboard) {
		t.Errorf("without a display: got %v, want %v", err, errNoClipboard)
	}
	r.env["WAYLAND_DISPLAY"] = "wayland-0"
	if err := r.CopyText(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "wl-copy") {
		t.Errorf("with a program that fails: got %v, want an error that names it", err)
	}
	r.env["DISPLAY"] = ":0"
	if err := r.CopyText(t.Context(), "some text\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(taken)
	if diff := cmp.Diff("some text -selection clipboard\n", string(got)); diff != "" || err != nil {
		t.Errorf("clipboard (-want +got):\n%s%v", diff, err)
	}
}
