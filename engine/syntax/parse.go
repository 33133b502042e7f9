package syntax

// ParseExpr reads an expression. name says where src is from: an absolute
// path, or a word such as «string». It does not keep src.
//
// A text that is no expression gives an [*Error], together with the File.
func ParseExpr(name string, src []byte, opts *Options) (Expr, *File, error) {
	panic("under construction")
}

// A ReplInput is what was typed at a prompt: bindings or an expression.
type ReplInput struct {
	Bindings *Attrs // nil if it is an expression
	Expr     Expr   // nil if it is bindings
	File     *File
}

// ParseReplInput reads what was typed at a prompt: attribute bindings as in
// a set (a = 1; inherit (x) y), whose last semicolon may be missing, or else
// an expression. The error is an [*Error].
//
// Behaviour: nix repl 2.34.
func ParseReplInput(name string, src []byte, opts *Options) (*ReplInput, error) {
	panic("under construction")
}

// Print returns e as nix-instantiate --parse prints it.
func Print(e Expr, symbols *Symbols) string {
	panic("under construction")
}

type docComment struct{}
