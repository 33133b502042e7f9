package syntax

// A Token is a piece of a text, as the grammar sees it.
type Token struct {
	Kind Kind
	// Start and End are byte offsets into the text. The token that ends a path
	// has no text of its own and the range of the token before it.
	Start, End int32

	sym Sym // of an identifier, if it was looked up beside the parser and is known; or 0
}

// A Kind is a terminal symbol of the grammar.
// Kinds are in the order in which Nix lists what it expected.
type Kind uint8

// The terminal symbols.
const (
	EndOfFile     Kind = iota
	BadToken           // text that cannot be read; see Scanner.Err
	InvalidToken       // a character that is in no token
	Ident              // a
	StrText            // text inside "…" or inside a path
	IndText            // text inside ''…''
	IntLit             // 1
	FloatLit           // 1.5
	PathText           // a/b, ./a; the first piece of a path
	HomePathText       // ~/a; the first piece of a path
	SearchPathLit      // <a/b>
	PathEnd            // after the last piece of a path
	URILit             // http://a
	KwIf               // if
	KwThen             // then
	KwElse             // else
	KwAssert           // assert
	KwWith             // with
	KwLet              // let
	KwIn               // in
	KwRec              // rec
	KwInherit          // inherit
	EqualEqual         // ==
	BangEqual          // !=
	LessEqual          // <=
	GreaterEqual       // >=
	SlashSlash         // //
	PlusPlus           // ++
	AndAnd             // &&
	OrOr               // ||
	Arrow              // ->
	KwOr               // or
	PipeFrom           // <|
	PipeInto           // |>
	DollarBrace        // ${
	IndOpen            // '' that begins a string
	IndClose           // '' that ends a string
	Ellipsis           // ...
	replBindings       // before bindings at a prompt; not in the text
	Less               // <
	Greater            // >
	precNot            // a precedence, not a token
	Plus               // +
	Minus              // -
	Star               // *
	Slash              // /
	Question           // ?
	precNegate         // a precedence, not a token
	Colon              // :
	At                 // @
	Semicolon          // ;
	Bang               // !
	Dot                // .
	Quote              // "
	ParenOpen          // (
	ParenClose         // )
	BraceOpen          // {
	BraceClose         // }
	BracketOpen        // [
	BracketClose       // ]
	Equals             // =
	Comma              // ,
	kindCount
)

// kindNames are the names of tokens in Nix's messages.
var kindNames = [kindCount]string{
	EndOfFile: "end of file", BadToken: "error", InvalidToken: "invalid token",
	Ident: "identifier", StrText: "string", IndText: "indented string",
	IntLit: "integer", FloatLit: "floating-point literal",
	PathText: "path", HomePathText: "'~/…' path", SearchPathLit: "'<…>' path",
	PathEnd: "end of path", URILit: "URI",
	KwIf: "'if'", KwThen: "'then'", KwElse: "'else'", KwAssert: "'assert'", KwWith: "'with'",
	KwLet: "'let'", KwIn: "'in'", KwRec: "'rec'", KwInherit: "'inherit'",
	EqualEqual: "'=='", BangEqual: "'!='", LessEqual: "'<='", GreaterEqual: "'>='",
	SlashSlash: "'//'", PlusPlus: "'++'", AndAnd: "'&&'", OrOr: "'||'", Arrow: "'->'",
	KwOr: "'or'", PipeFrom: "'<|'", PipeInto: "'|>'", DollarBrace: "'${'",
	IndOpen: "start of an indented string", IndClose: "end of an indented string",
	Ellipsis: "'...'", replBindings: "start of REPL bindings",
	Less: "'<'", Greater: "'>'", Plus: "'+'", Minus: "'-'", Star: "'*'", Slash: "'/'",
	Question: "'?'", Colon: "':'", At: "'@'", Semicolon: "';'", Bang: "'!'", Dot: "'.'",
	Quote: `'"'`, ParenOpen: "'('", ParenClose: "')'", BraceOpen: "'{'", BraceClose: "'}'",
	BracketOpen: "'['", BracketClose: "']'", Equals: "'='", Comma: "','",
	precNot: "NOT", precNegate: "NEGATE",
}

// String returns the name of the kind in Nix's messages.
func (k Kind) String() string { return kindNames[k] }

// keyword returns the kind of a word: Ident unless it is reserved.
func keyword(word string) Kind {
	switch word {
	case "if":
		return KwIf
	case "in":
		return KwIn
	case "or":
		return KwOr
	case "let":
		return KwLet
	case "rec":
		return KwRec
	case "then":
		return KwThen
	case "else":
		return KwElse
	case "with":
		return KwWith
	case "assert":
		return KwAssert
	case "inherit":
		return KwInherit
	}
	return Ident
}
