package syntax

// Options say how to read a text. The zero value reads plain Nix.
type Options struct {
	// Symbols interns the names; nil means a table of the call's own.
	Symbols *Symbols
	// Positions is the table that the file is entered into; nil means a table
	// of the call's own.
	Positions *PosTable
	// BasePath is the absolute directory of relative paths; "" means "/".
	BasePath string
	// Home is the directory that ~ stands for.
	Home string
	// PureEval forbids paths that begin with ~.
	PureEval bool
	// PipeOperators permits |> and <|.
	PipeOperators bool
	// Poll is called now and then, and may panic to end the parsing of a long
	// text; nil is not called.
	Poll func()
	// Beside runs a part of the parsing of a long text in another goroutine, if a core is
	// idle, and reports whether it does; nil never does. Work ends soon after the parsing.
	Beside func(work func()) bool
	// URLLiterals, ShortPaths and AbsolutePaths are Nix's settings
	// lint-url-literals, lint-short-path-literals and
	// lint-absolute-path-literals: what to do about URLs without quotes, relative
	// paths that do not begin with a dot (a/b), and paths that begin with / or ~.
	URLLiterals, ShortPaths, AbsolutePaths Lint
}

// A Lint says what becomes of something discouraged.
type Lint uint8

// What becomes of something discouraged.
const (
	LintIgnore Lint = iota
	LintWarn        // it is added to File.Warnings
	LintFatal       // it is an error
)
