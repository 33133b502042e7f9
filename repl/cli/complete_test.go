package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"nixbench/repl/cli"
)

// Names of files are cleaned for a terminal, and as they are for shells.
func TestCompletionsShown(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a\x1b[31m"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"HOME": dir, "XDG_CACHE_HOME": dir, "NIX_CONF_DIR": dir, "NIX_GET_COMPLETIONS": "3"}
	for isTerminal, want := range map[bool]string{true: "filenames\na\\x1b[31m\t\n", false: "filenames\na\x1b[31m\t\n"} {
		var out, errs bytes.Buffer
		cli.Run(t.Context(), &cli.Env{
			Args: []string{"nix", "hash", "file", "a"}, Dir: dir, Stdout: &out, Stderr: &errs,
			Getenv: func(name string) string { return vars[name] }, OutTerminal: isTerminal,
		})
		if out.String() != want {
			t.Errorf("terminal %v: got %q, %q, want %q", isTerminal, out.String(), errs.String(), want)
		}
	}
}
