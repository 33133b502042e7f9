package applet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A finder is one run of find.
type finder struct {
	c                  *Call
	ctx                context.Context
	expr               findTest
	follow             byte // P, H or L
	minDepth, maxDepth int
	depthFirst, oneFS  bool
	now                time.Time
	status             int
	quit               bool
	batches            []*findBatch // -exec … +, to be run at the end
	device             uint64
}

// A found is a file that find looks at.
type found struct {
	path  string
	root  string // the operand it was found under
	depth int
	info  os.FileInfo
	prune bool // do not descend
}

// A findTest is a node of the expression: a test or an action.
type findTest func(f *finder, e *found) bool

func findMain(ctx context.Context, c *Call) int {
	f := &finder{c: c, ctx: ctx, follow: 'P', maxDepth: -1, now: time.Now()}
	roots, rest := f.leading(c.Args[1:])
	p := &findParser{f: f, args: rest}
	expr, err := p.parse()
	if err != nil {
		return c.fail("%v", err)
	}
	f.expr = expr
	if len(roots) == 0 {
		roots = []string{"."}
	}
	for _, root := range roots {
		f.root(root)
		if f.quit {
			break
		}
	}
	for _, b := range f.batches {
		b.flush(f)
	}
	return f.status
}

// leading takes the options and roots off the front of the arguments.
func (f *finder) leading(args []string) (roots, rest []string) {
	for len(args) > 0 {
		switch arg := args[0]; {
		case arg == "-H" || arg == "-L" || arg == "-P":
			f.follow = arg[1]
		case arg == "-D" && len(args) > 1:
			args = args[1:]
		case strings.HasPrefix(arg, "-O"):
		case arg == "--":
		case strings.HasPrefix(arg, "-") && len(arg) > 1, arg == "(", arg == "!", arg == ")", arg == ",":
			return roots, args
		default:
			roots = append(roots, arg)
		}
		args = args[1:]
	}
	return roots, args
}

func (f *finder) fail(format string, args ...any) {
	f.c.errorf(format, args...)
	f.status = exitFailure
}

func (f *finder) root(name string) {
	info, err := f.stat(name, 0)
	if err != nil {
		f.fail("%s: %s", quote(name), errText(err))
		return
	}
	f.device = inodeOf(info).dev
	f.visit(&found{path: name, root: name, info: info})
}

func (f *finder) stat(name string, depth int) (os.FileInfo, error) {
	if f.follow == 'L' || f.follow == 'H' && depth == 0 {
		if info, err := os.Stat(f.c.abs(name)); err == nil {
			return info, nil
		}
	}
	return os.Lstat(f.c.abs(name))
}

// visit applies the expression to a file and what is below it.
func (f *finder) visit(e *found) {
	if f.quit || f.ctx.Err() != nil {
		return
	}
	inRange := e.depth >= f.minDepth
	if inRange && !f.depthFirst {
		f.expr(f, e)
	}
	if e.info.IsDir() && !e.prune && !f.quit && (f.maxDepth < 0 || e.depth < f.maxDepth) &&
		(!f.oneFS || inodeOf(e.info).dev == f.device) {
		f.children(e)
	}
	if inRange && f.depthFirst && !f.quit {
		f.expr(f, e)
	}
}

func (f *finder) children(e *found) {
	entries, err := os.ReadDir(f.c.abs(e.path))
	if err != nil {
		f.fail("%s: %s", quote(e.path), errText(err))
	}
	for _, entry := range entries {
		name := joinName(e.path, entry.Name())
		info, err := f.stat(name, e.depth+1)
		if err != nil {
			if !os.IsNotExist(err) || f.follow != 'P' {
				f.fail("%s: %s", quote(name), errText(err))
			}
			continue
		}
		f.visit(&found{path: name, root: e.root, depth: e.depth + 1, info: info})
	}
}

// base returns the last component of the file's name.
func (e *found) base() string {
	if strings.Trim(e.path, "/") == "" {
		return "/"
	}
	return path.Base(trimSlashes(e.path))
}

// A findParser parses the expression.
type findParser struct {
	f         *finder
	args      []string
	hasAction bool
	regexType string
	daystart  bool
}

func (p *findParser) parse() (findTest, error) {
	if len(p.args) == 0 {
		return findPrint, nil
	}
	expr, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(p.args) > 0 {
		return nil, errors.New("invalid expression; you have too many ')'")
	}
	if !p.hasAction {
		return allOf(expr, findPrint), nil
	}
	return expr, nil
}

func findPrint(f *finder, e *found) bool {
	puts(f.c, e.path, "\n")
	return true
}

func allOf(x, y findTest) findTest {
	return func(f *finder, e *found) bool { return x(f, e) && y(f, e) }
}

func (p *findParser) peek(words ...string) bool {
	if len(p.args) == 0 {
		return false
	}
	for _, w := range words {
		if p.args[0] == w {
			return true
		}
	}
	return false
}

func (p *findParser) take() string {
	arg := p.args[0]
	p.args = p.args[1:]
	return arg
}

func (p *findParser) list() (findTest, error) {
	x, err := p.or()
	for err == nil && p.peek(",") {
		p.take()
		left := x
		var y findTest
		if y, err = p.or(); err == nil {
			x = func(f *finder, e *found) bool { left(f, e); return y(f, e) }
		}
	}
	return x, err
}

func (p *findParser) or() (findTest, error) {
	x, err := p.and()
	for err == nil && p.peek("-o", "-or") {
		p.take()
		left := x
		var y findTest
		if y, err = p.and(); err == nil {
			x = func(f *finder, e *found) bool { return left(f, e) || y(f, e) }
		}
	}
	return x, err
}

func (p *findParser) and() (findTest, error) {
	x, err := p.not()
	for err == nil && len(p.args) > 0 && !p.peek("-o", "-or", ",", ")") {
		if p.peek("-a", "-and") {
			p.take()
		}
		left := x
		var y findTest
		if y, err = p.not(); err == nil {
			x = allOf(left, y)
		}
	}
	return x, err
}

func (p *findParser) not() (findTest, error) {
	if p.peek("!", "-not") {
		op := p.take()
		if len(p.args) == 0 {
			return nil, fmt.Errorf("expected an expression after '%s'", op)
		}
		x, err := p.not()
		if err != nil {
			return nil, err
		}
		return func(f *finder, e *found) bool { return !x(f, e) }, nil
	}
	if len(p.args) == 0 {
		return nil, errors.New("invalid expression; you have used a binary operator with nothing before it.")
	}
	if p.peek("(") {
		p.take()
		if len(p.args) == 0 {
			return nil, errors.New("invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('")
		}
		if p.peek(")") {
			return nil, errors.New("invalid expression; empty parentheses are not allowed.")
		}
		x, err := p.list()
		if err != nil {
			return nil, err
		}
		if !p.peek(")") {
			return nil, errors.New("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
		}
		p.take()
		return x, nil
	}
	return p.primary(p.take())
}

// value takes the argument of a primary.
func (p *findParser) value(name string) (string, error) {
	if len(p.args) == 0 {
		return "", fmt.Errorf("missing argument to `%s'", name)
	}
	return p.take(), nil
}

// primary parses one test, action or option.
func (p *findParser) primary(name string) (findTest, error) {
	if t, ok := p.option(name); ok {
		return t, nil
	}
	if name == "-maxdepth" || name == "-mindepth" {
		return p.depthOption(name)
	}
	if t, ok, err := p.action(name); ok || err != nil {
		p.hasAction = p.hasAction || name != "-prune" && name != "-quit"
		return t, err
	}
	if t := p.plainTest(name); t != nil {
		return t, nil
	}
	if !knownTest(name) {
		if !strings.HasPrefix(name, "-") {
			return nil, fmt.Errorf("paths must precede expression: `%s'", name)
		}
		return nil, fmt.Errorf("unknown predicate `%s'", name)
	}
	value, err := p.value(name)
	if err != nil {
		return nil, err
	}
	return p.valueTest(name, value)
}

func always(*finder, *found) bool { return true }

// option parses what holds for the whole run and needs no argument.
func (p *findParser) option(name string) (findTest, bool) {
	switch name {
	case "-depth", "-d":
		p.f.depthFirst = true
	case "-mount", "-xdev":
		p.f.oneFS = true
	case "-follow":
		p.f.follow = 'L'
	case "-daystart":
		p.daystart = true
	case "-noleaf", "-warn", "-nowarn", "-ignore_readdir_race", "-noignore_readdir_race":
	default:
		return nil, false
	}
	return always, true
}

func (p *findParser) depthOption(name string) (findTest, error) {
	value, err := p.value(name)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("Expected a positive decimal integer argument to %s, but got %s", name, quote(value))
	}
	if name == "-maxdepth" {
		p.f.maxDepth = n
	} else {
		p.f.minDepth = n
	}
	return always, nil
}

// plainTest returns a test that takes no argument, or nil.
func (p *findParser) plainTest(name string) findTest {
	access := func(mode uint32) findTest {
		return func(f *finder, e *found) bool { return syscall.Access(f.c.abs(e.path), mode) == nil }
	}
	switch name {
	case "-true":
		return always
	case "-false":
		return func(*finder, *found) bool { return false }
	case "-empty":
		return isEmpty
	case "-readable":
		return access(4)
	case "-writable":
		return access(2)
	case "-executable":
		return access(1)
	case "-nouser", "-nogroup":
		file := map[string]string{"-nouser": "/etc/passwd", "-nogroup": "/etc/group"}[name]
		return func(_ *finder, e *found) bool {
			uid, gid := ownerOf(e.info)
			if name == "-nogroup" {
				uid = gid
			}
			_, known := lookupName(file, uid)
			return !known
		}
	}
	return nil
}

func isEmpty(f *finder, e *found) bool {
	if e.info.Mode().IsRegular() {
		return e.info.Size() == 0
	}
	if !e.info.IsDir() {
		return false
	}
	entries, err := os.ReadDir(f.c.abs(e.path))
	return err == nil && len(entries) == 0
}
