package repl

import (
	"path"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// Own says which files are the user's own, for messages: what was typed, and what
// is below one of the directories, but not in the store or below one of the
// libraries. A directory that is below a library is the user's for all that.
type Own struct {
	StoreDir    string
	Directories []string // absolute
	Libraries   []string // absolute
}

// Includes reports whether a file, by the name that positions have, is one.
func (o *Own) Includes(file string) bool {
	if !strings.HasPrefix(file, "/") {
		return strings.HasPrefix(file, "«") && file != eval.DerivationInternal
	}
	dir, ok := deepest(file, o.Directories)
	library, inLibrary := deepest(file, append([]string{o.StoreDir}, o.Libraries...))
	return ok && (!inLibrary || len(dir) > len(library))
}

// deepest returns the longest of the directories that file is below.
func deepest(file string, dirs []string) (dir string, ok bool) {
	for _, d := range dirs {
		if d = path.Clean(d); (strings.HasPrefix(file, strings.TrimSuffix(d, "/")+"/") || file == d) && len(d) >= len(dir) {
			dir, ok = d, true
		}
	}
	return dir, ok
}

// Line returns the line that names the innermost step of an error in a file of the
// user's own, "" if the error itself names one or there is none.
func (o *Own) Line(err *eval.Error) string {
	step, ok := err.StepIn(o.Includes)
	if !ok {
		return ""
	}
	where := "in your file: "
	if !strings.HasPrefix(step.Pos.Name, "/") {
		where = "in your input: "
	}
	return text.PlainLine(where + step.Pos.String() + ", " + step.Text)
}

// OwnOf returns the user's own files of what an evaluator evaluates: those below
// the directories dirs, and of the files files their directories. The search path
// leads to libraries.
func OwnOf(ev *eval.Evaluator, dirs, files []string) *Own {
	o := &Own{StoreDir: string(ev.Options().World.StoreDir()), Directories: slices.Clone(dirs)}
	for _, file := range files {
		if path.Ext(file) == ".nix" {
			o.Directories = append(o.Directories, path.Dir(file))
		}
	}
	for _, entry := range ev.Options().SearchPath {
		dir := entry.Path
		if !path.IsAbs(dir) {
			dir = path.Join(ev.Options().Dir, dir)
		}
		o.Libraries = append(o.Libraries, dir)
	}
	return o
}
