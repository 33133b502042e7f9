package repl_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"nixbench/engine"
	"nixbench/engine/enginetest"
	"nixbench/engine/settings"
	"nixbench/engine/shell"
	"nixbench/repl"
	"nixbench/store/storetest"
)

var update = flag.Bool("update", false, "rewrite what the transcripts expect")

// The program of a test is also what builds run, as nixbench is.
func TestMain(m *testing.M) {
	if shell.Answers(os.Args[0]) {
		os.Exit(shell.Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	goleak.VerifyTestMain(m) // all that an engine and a session start has ended
}

// A world is a session over an engine and a store of its own.
type world struct {
	dir     string // with the files of testdata/files
	store   string
	engine  *engine.Engine
	session *repl.Session
}

func newWorld(t testing.TB, change ...func(*repl.Options)) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), store: t.TempDir()}
	if err := os.CopyFS(w.dir, os.DirFS("testdata/files")); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HOME": w.dir, "XDG_STATE_HOME": w.store}
	set, _, err := settings.Load(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	set.NixPath = []string{"files=" + w.dir}
	enginetest.AddLibraries(set.SandboxPaths)
	w.engine, err = engine.Open(t.Context(), engine.Options{
		StoreURI: w.store, Settings: set, Getenv: func(name string) string { return env[name] }, Throwaway: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.engine.Close()
		_ = storetest.MakeWritable(w.store)
	})
	opts := repl.Options{Dir: w.dir, HistoryFile: filepath.Join(w.dir, "history")}
	for _, f := range change {
		f(&opts)
	}
	w.session, err = repl.New(t.Context(), w.engine, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.session.Close() })
	return w
}

// A step is an input of a transcript and what is written then.
type step struct{ input, want string }

const (
	prompt       = "nix-repl> "
	continuation = "        > "
)

// Transcripts are sessions as a user sees them: inputs behind the prompt, and
// below each what it writes. A heading begins another session.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.repl")
	if err != nil || len(files) == 0 {
		t.Fatalf("find transcripts: got %v, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".repl"), func(t *testing.T) { runFile(t, file, string(data)) })
	}
}

func runFile(t *testing.T, file, data string) {
	intro, rest, _ := strings.Cut(data, "\n## ")
	out := intro
	for part := range strings.SplitSeq("\n## "+rest, "\n## ") {
		if part == "" {
			continue
		}
		title, body, _ := strings.Cut(part, "\n")
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, func(opts *repl.Options) { opts.Debugger = strings.HasPrefix(title, "--debugger") })
			if filepath.Base(file) == "build.repl" {
				if runtime.GOARCH != "amd64" {
					t.Skip("the paths are those of x86_64-linux")
				}
				if err := w.engine.CheckSandbox(); err != nil {
					t.Skipf("no builds on this machine: %v", err)
				}
			}
			comment, steps := parse(t, body)
			body = comment
			for _, s := range steps {
				got := w.say(t, s.input)
				if diff := cmp.Diff(s.want, got); diff != "" && !*update {
					t.Errorf("%s%s (-want +got):\n%s", prompt, s.input, diff)
				}
				body += "\n" + prompt + strings.ReplaceAll(s.input, "\n", "\n"+continuation) + "\n" + got
			}
		})
		out += "\n## " + title + "\n" + body
	}
	if *update && !t.Skipped() {
		if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// parse splits what stands below a heading into the comment and the steps.
func parse(t *testing.T, body string) (comment string, steps []step) {
	t.Helper()
	for line := range strings.Lines(body) {
		n := len(steps)
		switch {
		case strings.HasPrefix(line, prompt):
			steps = append(steps, step{input: strings.TrimSuffix(line[len(prompt):], "\n")})
		case n == 0:
			comment += line
		case strings.HasPrefix(line, continuation) && steps[n-1].want == "":
			steps[n-1].input += "\n" + strings.TrimSuffix(line[len(continuation):], "\n")
		default:
			steps[n-1].want += line
		}
	}
	for i := range steps {
		steps[i].want = trim(steps[i].want)
	}
	return trim(comment), steps
}

// trim removes empty lines at both ends.
func trim(s string) string {
	if s = strings.Trim(s, "\n"); s != "" {
		s += "\n"
	}
	return s
}

// say carries out an input and returns what is written, with names instead of
// the directories of this run.
func (w *world) say(t *testing.T, input string) string {
	t.Helper()
	var out bytes.Buffer
	p := &repl.Plain{Session: w.session, In: strings.NewReader(input + "\n"), Out: &out, Err: &out}
	if _, err := p.Run(t.Context(), nil); err != nil {
		t.Fatalf("%s: %v", input, err)
	}
	if err := w.session.AddHistory(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	return trim(strings.NewReplacer(w.dir, "$DIR", w.store, "$STORE").Replace(out.String()))
}
