package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"nixbench/engine/shell/applet"
)

// An invocation is the shell or an applet as it is called: a command line in
// its surroundings.
type invocation struct {
	args           []string
	stdin          *os.File
	stdout, stderr io.Writer
	dir            string
	env            []string
	files          []io.Writer // descriptors from 3 on, of the shell that runs this one, nil: none
	nested         bool        // a shell runs this one in its own process
}

// A session is one run of the shell: a script with its subshells. Subshells
// run at the same time, so that everything here is safe for concurrent use.
type session struct {
	name    string // $0, which begins messages
	nested  bool   // in the process of another shell
	files   *fileTable
	signals *signalTraps
	mask    maskState
	jobs    jobTable
	loops   atomic.Int64 // loops and words numbered by the rewriter
	ifs     atomic.Bool  // a script has set IFS to more than blanks

	mu sync.Mutex
	// mu guards the fields below.
	shadow  map[string]bool   // functions that a script of the session declares
	sources map[string]string // rewritten scripts for source, by name

	hasShadow atomic.Bool
}

func newSession(name string) *session {
	return &session{name: name, files: newFileTable(), signals: &signalTraps{}, sources: make(map[string]string)}
}

// runShell is the shell as a command.
func runShell(ctx context.Context, in invocation) int {
	cl, status, done := parseCommandLine(in.args, in.stdout, in.stderr)
	if done {
		return status
	}
	s := newSession(cl.name)
	s.files.outer, s.nested = in.files, in.nested
	defer s.close()
	src, status := s.source(cl, in)
	if src == nil {
		return status
	}
	return s.run(ctx, cl, in, src)
}

func (s *session) close() {
	s.files.close()
	s.signals.close()
	s.mask.close()
}

// source reads the script; nil means that there is none, for a reason that
// was reported.
func (s *session) source(cl commandLine, in invocation) (src []byte, status int) {
	switch {
	case cl.hasC:
		return []byte(cl.command), 0
	case cl.file == "":
		if in.stdin == nil {
			return []byte{}, 0
		}
		src, err := io.ReadAll(in.stdin)
		if err != nil {
			fmt.Fprintf(in.stderr, "%s: cannot read standard input: %s\n", s.name, applet.Errno(err))
			return nil, 2
		}
		return src, 0
	}
	file := cl.file
	if !strings.HasPrefix(file, "/") {
		file = in.dir + "/" + file
	}
	src, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintf(in.stderr, "%s: %s: %s\n", in.args[0], cl.file, applet.Errno(err))
		if os.IsNotExist(err) {
			return nil, 127
		}
		return nil, 126
	}
	if isBinary(src) {
		fmt.Fprintf(in.stderr, "%s: %s: cannot execute binary file\n", in.args[0], cl.file)
		return nil, 126
	}
	return src, 0
}

// isBinary reports whether a file is no script: it has a zero byte in its
// first line.
func isBinary(src []byte) bool {
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return bytes.IndexByte(line, 0) >= 0
}

// run interprets a script and returns its exit status. A syntax error ends it
// after the commands before it have run.
func (s *session) run(ctx context.Context, cl commandLine, in invocation, src []byte) int {
	file, parseErr := s.parse(src, cl.name)
	if !hasEnv(in.env, "HOME") { // the interpreter would look it up
		file.Stmts = append([]*syntax.Stmt{simple("unset", "HOME")}, file.Stmts...)
	}
	params := append(cl.settings, "--")
	params = append(params, cl.params...)
	r, err := interp.New(
		interp.Env(environ{expand.ListEnviron(in.env...)}),
		interp.Dir(in.dir),
		interp.StdIO(stdinReader(in.stdin), in.stdout, in.stderr),
		interp.Params(params...),
		interp.CallHandler(s.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return s.exec }),
		interp.OpenHandler(s.open),
		interp.ReadDirHandler2(readDir),
	)
	if err != nil {
		fmt.Fprintf(in.stderr, "%s: %v\n", s.name, err)
		return 1
	}
	err = r.Run(ctx, file)
	status := exitStatus(err, func(text string) { fmt.Fprintf(in.stderr, "%s: %s\n", s.name, text) })
	if ctx.Err() != nil && status == 0 {
		return exitInterrupted
	}
	if parseErr != nil && !r.Exited() {
		fmt.Fprintln(in.stderr, parseErr)
		return 2
	}
	return status
}

// An environ is the environment that a script begins with. The interpreter
// would make GID a variable that cannot be changed; here it is an ordinary one.
type environ struct{ expand.Environ }

func (e environ) Get(name string) expand.Variable {
	v := e.Environ.Get(name)
	if name == "GID" && !v.IsSet() {
		return expand.Variable{Set: true, Kind: expand.String, Str: strconv.Itoa(os.Getgid())}
	}
	return v
}

// readDir lists a directory for globbing.
func readDir(_ context.Context, dir string) ([]os.DirEntry, error) { return os.ReadDir(dir) }

// stdinReader avoids an interface around a nil file.
func stdinReader(f *os.File) io.Reader {
	if f == nil {
		return nil
	}
	return f
}

// exitInterrupted is the status of a shell that was cancelled.
const exitInterrupted = 128 + int(syscall.SIGINT)

// exitStatus returns the status of a run; an error that is no status goes to
// report.
func exitStatus(err error, report func(string)) int {
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[interp.ExitStatus](err); ok {
		return int(status)
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	report(err.Error())
	return 1
}

// parse parses and rewrites a script. After a syntax error the file holds
// the statements before it.
func (s *session) parse(src []byte, name string) (*syntax.File, error) {
	file := &syntax.File{Name: name}
	p := syntax.NewParser(syntax.Variant(syntax.LangBash))
	var failed error
	for st, err := range p.StmtsSeq(bytes.NewReader(escapeHashes(src))) {
		if err != nil {
			failed = s.syntaxError(err, name)
			break
		}
		file.Stmts = append(file.Stmts, st)
	}
	s.rewrite(file)
	return file, failed
}

// rewrite rewrites a script and reports whether that changed it.
func (s *session) rewrite(file *syntax.File) bool {
	if setsIFS(file) {
		s.ifs.Store(true)
	}
	w := &rewriter{ifs: s.ifs.Load(), name: file.Name, funcs: make(map[string]bool), loops: &s.loops}
	w.file(file)
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range w.funcs {
		if overridden(name) {
			if s.shadow == nil {
				s.shadow = make(map[string]bool)
			}
			s.shadow[name] = true
			s.hasShadow.Store(true)
		}
	}
	return w.changed
}

// shadowed reports whether a script declares a function of this name.
func (s *session) shadowed(name string) bool {
	if !s.hasShadow.Load() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shadow[name]
}

// syntaxError words the parser's errors.
func (s *session) syntaxError(err error, name string) error {
	if parseErr, ok := errors.AsType[syntax.ParseError](err); ok {
		return fmt.Errorf("%s: line %d: syntax error: %s", name, parseErr.Pos.Line(), parseErr.Text)
	}
	if langErr, ok := errors.AsType[syntax.LangError](err); ok {
		return fmt.Errorf("%s: line %d: syntax error: %s is not supported", name, langErr.Pos.Line(), langErr.Feature)
	}
	return fmt.Errorf("%s: %v", name, err)
}
