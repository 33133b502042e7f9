package syntax

// An Expr is a node of the syntax tree. Its dynamic type is a pointer to one of
// the node types of this package.
//
// Trees are as deep as the text is nested, at most [MaxDepth].
type Expr interface {
	// Pos returns where the expression begins;
	// for operators it is where the operator stands.
	Pos() Pos
	expr()
}

// MaxDepth bounds the height of a tree and the nesting of a text.
// A deeper one is an error, so that whoever walks a tree may recurse.
const MaxDepth = 100_000

type (
	// An Int is an integer literal.
	Int struct {
		Value int64
		At    Pos
	}

	// A Float is a floating-point literal.
	Float struct {
		Value float64
		At    Pos
	}

	// A Str is a string without interpolation, or a URL literal.
	Str struct {
		Value string
		At    Pos
	}

	// A Path is a path literal: absolute and without ".", ".." or doubled
	// slashes, but for the first part of an interpolated path, which may end
	// with a slash.
	Path struct {
		Value string
		// Relative is how the path was written if it starts from the directory of
		// the text, else "".
		Relative string
		At       Pos
	}

	// An Interp is a string or path with interpolated expressions.
	// It has at least one part.
	Interp struct {
		Parts  []Part
		IsPath bool // Parts[0] is a *Path, and the result is a path
		At     Pos  // of "…" that of the first part
	}

	// A Part is a piece of an [Interp]: a *Str for literal text,
	// any expression for ${…}.
	Part struct {
		X  Expr
		At Pos // of the text, or of the ${
	}

	// A Var is a variable.
	Var struct {
		Name Sym
		At   Pos
		Ref  Ref // set by resolve
	}

	// A CurPos is __curPos: the position at which it stands, as a set.
	CurPos struct {
		At Pos
	}

	// A Select is x.a.b, or x.a.b or default. The old form let { …; body = …; }
	// is (rec { … }).body.
	Select struct {
		X       Expr
		Path    []AttrName // not empty
		Default Expr       // nil if there is none
		At      Pos
	}

	// A HasAttr is x ? a.b.
	HasAttr struct {
		X    Expr
		Path []AttrName // not empty
		At   Pos        // of X
	}

	// An AttrName is one component of an attribute path.
	AttrName struct {
		Sym Sym    // 0 if X is not nil
		Off uint32 // of X, if it was read from a tape
		X   Expr   // the name when it has to be computed
	}

	// An Attrs is an attribute set { … } or rec { … }, or the bindings of a let.
	Attrs struct {
		Attrs []Attr // in the order of the text; names are distinct
		// Froms are the sources of inherit (from) …; each is evaluated at
		// most once, in the scope of a rec or let, else outside.
		Froms   []Expr
		FromAts []Pos // where the texts of Froms begin
		Dynamic []DynAttr
		Rec     bool
		At      Pos
		// Overrides is 1 + the index in Attrs of __overrides, 0 if there is
		// none. It has a meaning only if Rec.
		Overrides int32
		Frame     Frame // of a rec or let; set by resolve

		index map[Sym]int32 // into Attrs, once there are many
	}

	// An Attr is one attribute whose name is known statically.
	Attr struct {
		Name Sym
		Kind AttrKind
		From int32 // index into Froms if Kind is InheritedFrom
		Slot int32 // of its variable in a rec or let; set by resolve
		// Value is the expression; a *Var of the same name if Kind is Inherited,
		// to be looked up outside the set; nil if Kind is InheritedFrom.
		Value Expr
		At    Pos
	}

	// A DynAttr is an attribute whose name is computed. The attribute is left
	// out if the name is null.
	DynAttr struct {
		Name  Expr
		Value Expr
		At    Pos
	}

	// A List is [ … ].
	List struct {
		Elems []Expr
		At    Pos
	}

	// A Lambda is x: body, { a, b ? c, ... }: body or either with args@.
	Lambda struct {
		Arg        Sym // 0 if the whole argument has no name
		HasFormals bool
		Ellipsis   bool
		Formals    []Formal // in the order of the text; names are distinct
		Body       Expr
		At         Pos
		// Name is the attribute or variable that the function was bound to
		// when it was defined, 0 if none.
		Name Sym

		// Merged is how many nested functions share this one's frame, counting
		// this: n for x1: x2: … xn: body, always 1 if there are formals.
		// The functions inside have Merged 0 and are entered only together with
		// this one. Set by resolve.
		Merged int32
		// ArgSlot is the slot of the argument: of Arg if it has a name. The
		// arguments of n merged functions are in n slots from here, those
		// of the formals in the slots that follow ArgSlot. Set by resolve.
		ArgSlot int32
		Frame   Frame  // set by resolve
		Off     uint32 // of the function, if it was read from a tape
	}

	// A Formal is one name of { a, b ? c }.
	Formal struct {
		Name    Sym
		Default Expr // nil if the caller must give it
		At      Pos
	}

	// A Call is f a b c.
	Call struct {
		Fn   Expr
		Args []Expr // not empty
		At   Pos
	}

	// A Let is let … in body.
	Let struct {
		Attrs *Attrs // no dynamic attributes; Frame is there
		Body  Expr
		At    Pos
	}

	// A With is with scope; body.
	With struct {
		Scope Expr
		Body  Expr
		At    Pos
		Slot  int32 // of the value of Scope; set by resolve
		Frame Frame // set by resolve
	}

	// An If is if cond then a else b.
	If struct {
		Cond, Then, Else Expr
		At               Pos
	}

	// An Assert is assert cond; body.
	Assert struct {
		Cond, Body Expr
		At         Pos
		CondOff    uint32 // of Cond, if it was read from a tape
	}

	// A Not is !x.
	Not struct {
		X  Expr
		At Pos
	}

	// A Binary is an expression with an infix operator. -x is 0 - x.
	Binary struct {
		Op   Op
		X, Y Expr
		At   Pos // of the operator
		// XAt and YAt are where the operands begin, parentheses included.
		XAt, YAt Pos
		// Fn is not nil if the operator stands for a function (Op.Func) whose
		// name the program has defined anew: then it is that variable, to
		// be called with the operands. Set by resolve.
		Fn *Var
	}
)

// An AttrKind says how an attribute was written.
type AttrKind uint8

// The kinds of attributes.
const (
	Plain         AttrKind = iota // a = …
	Inherited                     // inherit a
	InheritedFrom                 // inherit (from) a
)

// An Op is an infix operator.
type Op uint8

// The infix operators, in the order of their precedence, loosest first.
const (
	OpImpl      Op = 1 + iota // ->
	OpOr                      // ||
	OpAnd                     // &&
	OpEqual                   // ==
	OpNotEqual                // !=
	OpLess                    // <
	OpGreater                 // >
	OpLessEq                  // <=
	OpGreaterEq               // >=
	OpUpdate                  // //
	OpAdd                     // +
	OpSub                     // -
	OpMul                     // *
	OpDiv                     // /
	OpConcat                  // ++
)

var opNames = [...]string{
	"", "->", "||", "&&", "==", "!=", "<", ">", "<=", ">=", "//", "+", "-", "*", "/", "++",
}

// String returns the operator as it is written.
func (op Op) String() string { return opNames[op] }

// Func returns the name of the function that Nix calls for op, and whether it
// calls it with the operands swapped (a > b is __lessThan b a) and whether it
// negates the result (a <= b is !(__lessThan b a)).
// The name is 0 for operators that stand for no function.
func (op Op) Func() (fn Sym, swapped, negated bool) {
	switch op {
	case OpSub:
		return SymSub, false, false
	case OpMul:
		return SymMul, false, false
	case OpDiv:
		return SymDiv, false, false
	case OpLess:
		return SymLessThan, false, false
	case OpGreater:
		return SymLessThan, true, false
	case OpLessEq:
		return SymLessThan, true, true
	case OpGreaterEq:
		return SymLessThan, false, true
	}
	return 0, false, false
}

// A Frame says where the variables of a scope are kept.
type Frame struct {
	// New is true if entering the scope makes a new frame, whose parent is the
	// current one; false if it uses further slots of the current one.
	New bool
	// Size is the number of slots of the new frame, 0 if New is false.
	// Slots count from 0 and include those of inner scopes that make no
	// frame of their own.
	Size int32
}

// A Ref says where the value of a variable is found.
type Ref struct {
	Kind  RefKind
	Depth int32 // Local: how many frames to go up
	Slot  int32 // Local: slot of that frame; Outer: slot of the outer scope
	// Withs are the scopes to search when Kind is InWith, innermost first.
	// Variables of one scope share it; nil if there are none.
	Withs *[]WithRef
}

// A RefKind is a way to find a variable.
type RefKind uint8

// The ways to find a variable.
const (
	Unresolved RefKind = iota
	Local              // in a frame
	Outer              // in the scope that the tree was resolved in
	Global             // among the builtins' names, by name
	InWith             // in the first of the enclosing with scopes that has it
)

// A WithRef is the place of the value of a with scope, relative to the frame
// of the variable that may be in it.
type WithRef struct {
	Depth, Slot int32
}

// Pos returns the position of the node.
func (e *Int) Pos() Pos     { return e.At }
func (e *Float) Pos() Pos   { return e.At }
func (e *Str) Pos() Pos     { return e.At }
func (e *Path) Pos() Pos    { return e.At }
func (e *Interp) Pos() Pos  { return e.At }
func (e *Var) Pos() Pos     { return e.At }
func (e *CurPos) Pos() Pos  { return e.At }
func (e *Select) Pos() Pos  { return e.At }
func (e *HasAttr) Pos() Pos { return e.At }
func (e *Attrs) Pos() Pos   { return e.At }
func (e *List) Pos() Pos    { return e.At }
func (e *Lambda) Pos() Pos  { return e.At }
func (e *Call) Pos() Pos    { return e.At }
func (e *Let) Pos() Pos     { return e.At }
func (e *With) Pos() Pos    { return e.At }
func (e *If) Pos() Pos      { return e.At }
func (e *Assert) Pos() Pos  { return e.At }
func (e *Not) Pos() Pos     { return e.At }
func (e *Binary) Pos() Pos  { return e.At }

func (*Int) expr()     {}
func (*Float) expr()   {}
func (*Str) expr()     {}
func (*Path) expr()    {}
func (*Interp) expr()  {}
func (*Var) expr()     {}
func (*CurPos) expr()  {}
func (*Select) expr()  {}
func (*HasAttr) expr() {}
func (*Attrs) expr()   {}
func (*List) expr()    {}
func (*Lambda) expr()  {}
func (*Call) expr()    {}
func (*Let) expr()     {}
func (*With) expr()    {}
func (*If) expr()      {}
func (*Assert) expr()  {}
func (*Not) expr()     {}
func (*Binary) expr()  {}
