package cli

import (
	"bufio"
	"context"
	"io"
	"path"
	"path/filepath"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// runParse prints syntax trees.
func runParse(ctx context.Context, inv *invocation) error {
	set, err := inv.settings()
	if err != nil {
		return err
	}
	from := sources{inv: inv, restricted: set.RestrictEval || set.PureEval}
	defer from.close()
	parser, out := engine.NewParser(set, inv.env.Getenv("HOME"), inv.warnOfSource), bufio.NewWriterSize(inv.env.Stdout, 1<<16)
	defer out.Flush() // before an error is told
	args := inv.legacyArgs()
	if len(args) >= manyFiles {
		inv.env.Large()
	}
	var buf []byte
	for _, arg := range args {
		name, src, dir, err := from.read(ctx, arg)
		if err != nil {
			return err
		}
		if buf, err = parser.Parse(buf[:0], name, src, dir); err != nil {
			return err
		}
		buf = append(buf, '\n')
		if _, err := out.Write(buf); err != nil {
			return err
		}
	}
	return out.Flush()
}

// manyFiles is how many files take more memory to parse than a short command has.
const manyFiles = 64

// sources read what the arguments of --parse stand for. An evaluator is made only if
// one of them is no path, or not every path may be read.
type sources struct {
	inv        *invocation
	restricted bool
	text       []byte // of the argument before
	eng        *engine.Engine
	eval       *evaluation
}

// read returns the text that an argument stands for, what it is called, and where
// relative paths in it start from. The text is overwritten by the next.
func (in *sources) read(ctx context.Context, arg string) (name string, src []byte, dir string, err error) {
	inv := in.inv
	switch {
	case inv.hasExpr:
		return "«string»", []byte(arg), inv.env.Dir, nil
	case arg == "-":
		src, err = io.ReadAll(inv.env.Stdin)
		return "«stdin»", src, inv.env.Dir, err
	case in.restricted || !engine.NamesPath(arg):
		return in.readAsEvaluated(ctx, arg)
	}
	name, in.text, err = engine.ReadSource(ctx, in.text[:0], inv.abs(arg))
	return name, in.text, filepath.Dir(name), err
}

// readAsEvaluated reads what evaluating the argument would.
func (in *sources) readAsEvaluated(ctx context.Context, arg string) (name string, src []byte, dir string, err error) {
	if in.eval == nil {
		if in.eng, err = in.inv.openLate(ctx); err != nil {
			return "", nil, "", err
		}
		if in.eval, err = in.inv.evaluate(ctx, in.eng, in.inv.readOnly); err != nil {
			return "", nil, "", err
		}
	}
	file, err := in.eval.locate(ctx, arg)
	if err == nil {
		err = in.eval.traced(in.eval.ev.Do(ctx, func(s *eval.State) { name, src = s.ReadExpr(file) }))
	}
	return name, src, path.Dir(name), err
}

func (in *sources) close() {
	if in.eng != nil {
		in.eng.Close()
	}
}
