package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// A Plain runs a session over streams: inputs line by line, results as text,
// without escape sequences. It is what `nixbench repl < file` is.
type Plain struct {
	Session  *Session
	In       io.Reader
	Out, Err io.Writer
	Prompt   string // written to Out before each input
	// Interrupts end an evaluation, or drop the input that is being typed; nil if
	// nobody can send them.
	Interrupts <-chan os.Signal

	lines *bufio.Reader
	read  chan readLine // what is being read; nil if nothing is
}

type readLine struct {
	line string
	err  error
}

// errInterrupted reports that the user does not want to go on with an input.
var errInterrupted = errors.New("interrupted")

// nextLine reads a line. What is being read when the user interrupts comes next.
func (p *Plain) nextLine() (string, error) {
	if p.Interrupts == nil {
		return p.lines.ReadString('\n')
	}
	if p.read == nil {
		p.read = make(chan readLine, 1)
		go func(to chan<- readLine) { // ends with the line, or with the program
			line, err := p.lines.ReadString('\n')
			to <- readLine{line, err}
		}(p.read)
	}
	select {
	case got := <-p.read:
		p.read = nil
		return got.line, got.err
	case <-p.Interrupts:
		return "", errInterrupted
	}
}

// interruptible returns a context that an interrupt ends.
func (p *Plain) interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if p.Interrupts != nil {
		go func() {
			select {
			case <-p.Interrupts:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}

// Run loads files and carries out the inputs up to the end of In or :q. It
// reports whether any input failed; err is for streams that cannot be used and
// for a cancelled context.
func (p *Plain) Run(ctx context.Context, files []string) (failed bool, err error) {
	for _, file := range files {
		quit, ok, err := p.input(ctx, ":l "+file)
		if err != nil || quit {
			return failed, err
		}
		failed = failed || !ok
	}
	p.lines = bufio.NewReader(p.In)
	var pending string
	for {
		if p.Prompt != "" && pending == "" {
			fmt.Fprint(p.Out, p.Prompt)
		}
		line, readErr := p.nextLine()
		if errors.Is(readErr, errInterrupted) {
			fmt.Fprintln(p.Out)
			pending = ""
			continue
		}
		pending += line
		if readErr == nil && p.Session.Incomplete(pending) {
			continue
		}
		if strings.TrimSpace(pending) != "" {
			quit, ok, err := p.input(ctx, strings.TrimRight(pending, "\n"))
			if err != nil || quit {
				return failed || !ok, err
			}
			failed = failed || !ok
		}
		pending = ""
		switch {
		case errors.Is(readErr, io.EOF):
			if p.Interrupts != nil {
				fmt.Fprintln(p.Out) // behind the prompt of a terminal
			}
			return failed, nil
		case readErr != nil:
			return failed, fmt.Errorf("read input: %w", readErr)
		}
	}
}

// input carries out one input and prints what came of it.
func (p *Plain) input(ctx context.Context, input string) (quit, ok bool, err error) {
	whole := ctx
	ctx, cancel := p.interruptible(ctx)
	defer cancel()
	res, err := p.Session.Eval(ctx, input)
	switch {
	case whole.Err() != nil:
		return false, false, whole.Err()
	case ctx.Err() != nil && err != nil:
		fmt.Fprintln(p.Err, "error: interrupted by the user")
		return false, false, nil
	case err != nil:
		return false, false, err
	}
	for _, line := range res.Traces {
		fmt.Fprintln(p.Err, line)
	}
	ok = res.Kind != ResultError
	switch res.Kind {
	case ResultQuit:
		return true, true, nil
	case ResultValue:
		err = p.value(ctx, res.Node)
	case ResultError, ResultText:
		p.show(res)
	case ResultBuilt:
		err = p.built(res)
	case ResultDoc:
		for _, line := range res.Doc.Lines {
			fmt.Fprintln(p.Out, line.Text)
		}
	}
	if res.Then != nil && err == nil {
		err = p.follow(ctx, res)
	}
	if err != nil && ctx.Err() != nil && whole.Err() == nil {
		fmt.Fprintln(p.Err, "error: interrupted by the user")
		return false, false, nil
	}
	return false, ok, err
}

// show prints an error or a text.
func (p *Plain) show(res *Result) {
	w := p.Out
	if res.Kind == ResultError {
		p.printError(res.Err)
		w = p.Err
	}
	for _, line := range res.Lines {
		fmt.Fprintln(w, line)
	}
}

// value prints a result one level deep, as nix repl does.
func (p *Plain) value(ctx context.Context, node Node) error {
	out, wrong, err := p.Session.sitting.Load().print1(ctx, node.Handle)
	if err != nil {
		return err
	}
	if wrong != nil {
		wrong.Printed = cleanText(out)
		p.printError(wrong)
		return nil
	}
	_, err = fmt.Fprintln(p.Out, cleanText(out))
	return err
}

// print1 prints a node one level deep, or as far as it gets before something is wrong.
func (s *sitting) print1(ctx context.Context, h Handle) (out string, wrong *EvalError, err error) {
	s, end, err := s.beginLook(ctx)
	if err != nil {
		return "", nil, err
	}
	defer end()
	it, err := s.handles.lookup(h)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	err = s.ev.Do(ctx, func(st *eval.State) {
		opts := eval.ReplPrint
		opts.MaxDepth, opts.Into = s.depth, &b
		st.Print(st.ForceCtx(it.value, ""), opts)
	})
	if err != nil {
		wrong = s.describe(err)
	}
	return b.String(), wrong, nil
}

func (p *Plain) printError(e *EvalError) {
	if e.Printed != "" {
		fmt.Fprintln(p.Out, e.Printed)
	}
	fmt.Fprintf(p.Err, "error: %s\n", strings.ReplaceAll(e.Msg, "\n", "\n       "))
	if e.Where != "" {
		fmt.Fprintf(p.Err, "       at %s:\n", e.Where)
	}
	for _, line := range e.Excerpt {
		fmt.Fprintf(p.Err, "       %s\n", line)
	}
	if e.Own != "" {
		fmt.Fprintf(p.Err, "       %s\n", e.Own)
	}
	if !e.ShowTrace {
		return
	}
	for _, f := range e.Trace {
		fmt.Fprintf(p.Err, "       %s\n", f.Text)
		if f.Where != "" {
			fmt.Fprintf(p.Err, "         at %s\n", f.Where)
		}
	}
}

func (p *Plain) built(res *Result) error {
	fmt.Fprintln(p.Out, "\nThis derivation produced the following outputs:")
	for _, out := range res.Outputs {
		if _, err := fmt.Fprintf(p.Out, "  %s -> %s\n", text.SanitiseName(out.Shown()), out.Path); err != nil {
			return err
		}
	}
	for _, line := range res.Lines {
		fmt.Fprintln(p.Out, line)
	}
	return nil
}

// follow does what the workbench would do next, as far as text can.
func (p *Plain) follow(ctx context.Context, res *Result) error {
	then := res.Then
	switch {
	case len(then.Command) > 0:
		cmd := exec.CommandContext(ctx, then.Command[0], then.Command[1:]...)
		if file, ok := p.In.(*os.File); ok && then.Interactive && p.Interrupts != nil {
			cmd = exec.Command(then.Command[0], then.Command[1:]...) // ^C is for it
			cmd.Stdin = file
		}
		cmd.Dir, cmd.Stdout, cmd.Stderr = p.Session.opts.Dir, p.Out, p.Err
		if err := cmd.Run(); err != nil {
			fmt.Fprintf(p.Err, "error: %v\n", err)
		}
		return nil
	case then.File != "":
		_, err := fmt.Fprintf(p.Out, "%s:%d\n", text.SanitiseName(then.File), then.Line)
		return err
	case res.Drv != "":
		return p.log(ctx, res)
	case then.Why[0] != "":
		_, err := fmt.Fprintf(p.Out, "nixbench why-depends %s %s\n", then.Why[0], then.Why[1])
		return err
	case then.Path != "":
		_, err := fmt.Fprintf(p.Out, "nixbench path-info -rsSh %s\n", then.Path)
		return err
	}
	_, err := fmt.Fprintln(p.Out, "this is on a screen of the workbench; 'nixbench help' lists its plain twins")
	return err
}

// log prints a build's log.
func (p *Plain) log(ctx context.Context, res *Result) error {
	log, err := p.Session.eng.Log(ctx, res.Drv)
	if err != nil {
		return err
	}
	defer log.Close()
	data, err := io.ReadAll(log)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, cleanText(string(data)))
	return err
}
