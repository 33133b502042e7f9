package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/repl/cli"
)

// What is wrong in the configuration, or cannot be read, is said on the screen and keeps
// nobody from working; what is asked for on the command line has to be there.
func TestConfigurationDoesNotStopTheStart(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	file := filepath.Join(dir, "nixbench", "config.toml")
	tests := []struct {
		text string // "": the file is a directory
		want []string
	}{
		{"glyphs = \"ascii\"\n", nil},
		{"glyphs = \"ascii\"\nmouse = 3\ntheme = \"nothing\"\n", []string{":2: mouse: got 3, want true or false", "theme \"nothing\": it is neither", "2 mistakes in the configuration"}},
		{"glyphs = ", []string{":1: glyphs: "}},
		{"", []string{"read settings: "}},
	}
	for _, test := range tests {
		if err := os.RemoveAll(file); err != nil {
			t.Fatal(err)
		}
		err := os.MkdirAll(file, 0o755)
		if test.text != "" {
			err = os.Remove(file)
			if err == nil {
				err = os.WriteFile(file, []byte(test.text), 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		ui, err := interfaceOptions(cli.WorkbenchOptions{Fresh: true}, filepath.Join(dir, "session.json"))
		if err != nil {
			t.Errorf("with %q: %v", test.text, err)
			continue
		}
		if strings.Contains(test.text, "ascii") && !ui.ASCII {
			t.Errorf("with %q: what is right does not hold", test.text)
		}
		if len(ui.Notices) != len(test.want) {
			t.Errorf("with %q: got notices %q, want %d", test.text, ui.Notices, len(test.want))
			continue
		}
		for i, want := range test.want {
			if !strings.Contains(ui.Notices[i], want) {
				t.Errorf("with %q: got notice %q, want …%s…", test.text, ui.Notices[i], want)
			}
		}
	}
	if _, err := interfaceOptions(cli.WorkbenchOptions{Theme: "nothing", Fresh: true}, ""); err == nil {
		t.Error("--theme nothing: got no error")
	}
}
