package enginetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// A Kind is what must happen to a case.
type Kind string

// The kinds of cases.
const (
	ParseOkay Kind = "parse-okay"
	ParseFail Kind = "parse-fail"
	EvalOkay  Kind = "eval-okay"
	EvalFail  Kind = "eval-fail"
)

// fails reports whether the case ends with an error.
func (k Kind) fails() bool { return k == ParseFail || k == EvalFail }

// A Case is one language case.
type Case struct {
	Name  string // of the archive, without .txtar
	Kind  Kind
	Flags []string
	// Want is the expected output of a case that succeeds. The lines of Err are
	// parts of the expected message of one that does not.
	Want string
	Err  []string

	file    string
	archive *txtar.Archive
	differs []difference
}

// A difference says that a real Nix from version on answers otherwise.
type difference struct{ version, reason string }

// Load reads the cases of a directory, sorted by name.
func Load(t testing.TB, dir string) []*Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("load cases of %s: got %d files, %v", dir, len(files), err)
	}
	cases := make([]*Case, len(files))
	for i, file := range files {
		if cases[i], err = load(file); err != nil {
			t.Fatal(err)
		}
	}
	return cases
}

func load(file string) (*Case, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	c := &Case{Name: strings.TrimSuffix(filepath.Base(file), ".txtar"), file: file, archive: archive}
	for _, k := range []Kind{ParseOkay, ParseFail, EvalOkay, EvalFail} {
		if strings.HasPrefix(c.Name, string(k)+"-") {
			c.Kind = k
		}
	}
	for line := range strings.Lines(string(archive.Comment)) {
		if rest, ok := strings.CutPrefix(line, "#differs "); ok {
			version, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
			c.differs = append(c.differs, difference{version, reason})
		}
	}
	c.Flags = strings.Fields(c.part("flags"))
	c.Want = strings.TrimSuffix(c.part("want"), "\n")
	for line := range strings.Lines(c.part("err")) {
		if line = strings.TrimSpace(line); line != "" {
			c.Err = append(c.Err, line)
		}
	}
	return c, nil
}

// part returns the text of a file of the archive, "" if it is not there.
func (c *Case) part(name string) string {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// setPart replaces or adds a file of the archive.
func (c *Case) setPart(name, text string) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	for i := range c.archive.Files {
		if c.archive.Files[i].Name == name {
			c.archive.Files[i].Data = []byte(text)
			return
		}
	}
	c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(text)})
}

// caseDir is the directory of a case within a new root directory.
const caseDir = "pwd"

// unpack writes the files of the case below a new root directory, which it returns.
func (c *Case) unpack(t testing.TB) (root string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, caseDir)
	for _, f := range c.archive.Files {
		switch f.Name {
		case "flags", "want", "err":
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Alone returns the input of a case that needs no flags and no other files.
func (c *Case) Alone() (text string, ok bool) {
	for _, f := range c.archive.Files {
		switch f.Name {
		case "want", "err", "input.nix":
		default:
			return "", false
		}
	}
	return c.part("input.nix"), true
}
