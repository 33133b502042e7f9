// Package highlight gives source text its meanings, for colouring: [Pieces] of
// a text by a lexer of the Chroma library, of which only the core is used. The
// lexer for Nix, [Nix], is our own scanner; it takes text that is not correct
// or complete.
package highlight

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"

	"nixbench/engine/syntax"
	"nixbench/themes"
)

// NixPieces returns the meanings of Nix source text.
func NixPieces(src string) []themes.Piece { return Pieces(Nix(), src) }

// Pieces returns the meanings of src as lexer sees them, in order and without
// overlap, each of whole characters. White space and text without a meaning is left out.
func Pieces(lexer chroma.Lexer, src string) []themes.Piece {
	next, err := lexer.Tokenise(nil, src)
	if err != nil {
		return nil // text that cannot be lexed is shown plain
	}
	var out []themes.Piece
	at := 0
	for tok := next(); tok != chroma.EOF; tok = next() {
		end := at + len(tok.Value)
		if t := token(tok.Type); t != themes.Text && strings.TrimSpace(tok.Value) != "" {
			p := themes.Piece{Start: charFrom(src, at), End: charFrom(src, end), Token: t}
			if p.Start < p.End {
				out = append(out, p)
			}
		}
		at = end
	}
	return out
}

// charFrom is where the first character that begins at or behind i begins.
func charFrom(src string, i int) int {
	for i < len(src) && !utf8.RuneStart(src[i]) {
		i++
	}
	return i
}

// token is the meaning of a Chroma token.
func token(t chroma.TokenType) themes.Token {
	switch t {
	case chroma.Error:
		return themes.Invalid
	case chroma.LiteralStringEscape, chroma.LiteralStringInterpol:
		return themes.Escape
	case chroma.LiteralStringOther, chroma.LiteralStringSymbol:
		return themes.Path
	case chroma.NameAttribute, chroma.NameTag:
		return themes.AttrName
	case chroma.NameBuiltin, chroma.NameFunction:
		return themes.Builtin
	}
	switch {
	case t.InCategory(chroma.Keyword):
		return themes.Keyword
	case t.InCategory(chroma.Name):
		return themes.Variable
	case t.InSubCategory(chroma.LiteralNumber):
		return themes.Number
	case t.InCategory(chroma.Literal):
		return themes.String
	case t.InCategory(chroma.Operator):
		return themes.Operator
	case t.InCategory(chroma.Punctuation):
		return themes.Bracket
	case t.InCategory(chroma.Comment):
		return themes.Comment
	}
	return themes.Text
}

// Nix returns the lexer for the Nix language.
func Nix() chroma.Lexer { return nixLexer{} }

type nixLexer struct{}

// Config implements chroma.Lexer.
func (nixLexer) Config() *chroma.Config {
	return &chroma.Config{Name: "Nix", Aliases: []string{"nix"}, Filenames: []string{"*.nix"}}
}

// Tokenise implements chroma.Lexer. The values of all tokens together are text.
func (nixLexer) Tokenise(_ *chroma.TokeniseOptions, text string) (chroma.Iterator, error) {
	spans := syntax.Highlight(text)
	at := 0
	return func() chroma.Token {
		if len(spans) == 0 || spans[0].Start > at {
			end := len(text)
			if len(spans) > 0 {
				end = spans[0].Start
			}
			if at == end {
				return chroma.EOF
			}
			tok := chroma.Token{Type: chroma.TextWhitespace, Value: text[at:end]}
			at = end
			return tok
		}
		sp := spans[0]
		spans = spans[1:]
		at = sp.End
		return chroma.Token{Type: typeOf(sp.Class), Value: text[sp.Start:sp.End]}
	}, nil
}

// SetRegistry implements chroma.Lexer; there is nothing to look up.
func (l nixLexer) SetRegistry(*chroma.LexerRegistry) chroma.Lexer { return l }

// SetAnalyser implements chroma.Lexer; files are known by their names.
func (l nixLexer) SetAnalyser(func(string) float32) chroma.Lexer { return l }

// AnalyseText implements chroma.Lexer.
func (nixLexer) AnalyseText(string) float32 { return 0 }

func typeOf(c syntax.Class) chroma.TokenType {
	switch c {
	case syntax.ClassComment:
		return chroma.Comment
	case syntax.ClassDoc:
		return chroma.CommentSpecial
	case syntax.ClassKeyword:
		return chroma.Keyword
	case syntax.ClassConstant:
		return chroma.KeywordConstant
	case syntax.ClassVariable:
		return chroma.Name
	case syntax.ClassParam:
		return chroma.NameVariable
	case syntax.ClassBuiltin:
		return chroma.NameBuiltin
	case syntax.ClassAttr:
		return chroma.NameAttribute
	case syntax.ClassNumber:
		return chroma.LiteralNumber
	case syntax.ClassString:
		return chroma.LiteralString
	case syntax.ClassEscape:
		return chroma.LiteralStringEscape
	case syntax.ClassInterpolation:
		return chroma.LiteralStringInterpol
	case syntax.ClassPath:
		return chroma.LiteralStringOther
	case syntax.ClassURL:
		return chroma.LiteralStringSymbol
	case syntax.ClassOperator:
		return chroma.Operator
	case syntax.ClassPunctuation, syntax.ClassBracket:
		return chroma.Punctuation
	}
	return chroma.Error
}
