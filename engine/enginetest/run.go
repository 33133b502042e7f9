package enginetest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// An Input is what a case asks an evaluator to do.
type Input struct {
	Kind  Kind
	File  string // absolute path of input.nix
	Dir   string // the directory that it is in
	Home  string // the home directory
	Flags []string
}

// A Func does what a case asks for. It returns what nix-instantiate would print,
// to standard output if all went well and else to standard error; failed says which.
type Func func(t *testing.T, in Input) (output string, failed bool)

// Run runs the cases of a directory, each as a subtest. If update is true it writes
// the answers into the cases instead of checking them.
func Run(t *testing.T, dir string, update bool, f Func) {
	for _, c := range Load(t, dir) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			output, failed := c.run(t, f)
			if update {
				c.update(t, output, failed)
				return
			}
			if problem := c.check(output, failed); problem != "" {
				t.Errorf("%s\n%s", problem, c.part("input.nix"))
			}
		})
	}
}

// run lets f answer the case. In the output, paths are relative to the root
// directory that the case has been unpacked in.
func (c *Case) run(t *testing.T, f Func) (output string, failed bool) {
	t.Helper()
	root := c.unpack(t)
	dir := filepath.Join(root, caseDir)
	output, failed = f(t, Input{
		Kind: c.Kind, File: dir + "/input.nix", Dir: dir, Home: dir + "/home", Flags: slices.Clone(c.Flags),
	})
	output = strings.ReplaceAll(output, root+"/", "/")
	return strings.TrimSuffix(strings.ReplaceAll(output, root, "/"), "\n"), failed
}

// check returns what is wrong with an answer, "" if nothing is.
func (c *Case) check(output string, failed bool) string {
	switch {
	case c.Kind == "":
		return "the name of the case does not begin with one of the kinds"
	case failed != c.Kind.fails():
		return "got, where the other outcome was expected:\n" + output
	case !failed:
		if diff := cmp.Diff(c.Want, output); diff != "" {
			return "output (-want +got):\n" + diff
		}
		return ""
	case len(c.Err) == 0:
		return "the case has no err"
	}
	lines := unindent(output)
	for _, line := range c.Err {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, line) }) {
			return "the message lacks " + line + ":\n" + output
		}
	}
	if strings.HasPrefix(c.Name, tracePrefix) && !slices.Equal(errorLines(lines), c.Err) {
		return "message (-want +got):\n" + cmp.Diff(c.Err, errorLines(lines)) + output
	}
	return ""
}

// errorLines drops what comes before an error, such as warnings.
func errorLines(lines []string) []string {
	first := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "error:") })
	return lines[max(first, 0):]
}

// unindent returns the lines of a text that are not empty, without the spaces
// that they begin with: where a message is in the whole of an error decides
// how far it is indented.
func unindent(text string) []string {
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// update writes an answer into the case.
func (c *Case) update(t *testing.T, output string, failed bool) {
	t.Helper()
	if failed != c.Kind.fails() {
		t.Errorf("got, where the other outcome was expected:\n%s\n%s", output, c.part("input.nix"))
		return
	}
	if failed {
		if c.check(output, failed) == "" {
			return // what is there may say more than the message
		}
		c.setPart("err", c.excerpt(output))
	} else {
		c.setPart("want", output)
	}
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

// tracePrefix begins the names of the cases whose err is a whole message.
const tracePrefix = "eval-fail-trace-"

// excerpt returns what to expect of a message: all of it if the case is about
// traces, else the first line of the last error, which is the cause of the others,
// and where it is.
func (c *Case) excerpt(output string) string {
	lines := unindent(output)
	if strings.HasPrefix(c.Name, tracePrefix) {
		return strings.Join(errorLines(lines), "\n")
	}
	for i, line := range slices.Backward(lines) {
		text, ok := strings.CutPrefix(line, "error: ")
		if !ok {
			continue
		}
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "at ") {
			at := strings.TrimSuffix(lines[i+1], ":")
			return text + "\n" + at[strings.LastIndexByte(at, '/')+1:]
		}
		return text
	}
	return output
}
