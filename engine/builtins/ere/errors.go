package ere

import "errors"

// Errors of [Compile] and of matching.
var (
	// ErrTooLarge reports a pattern whose automaton has over 100,000 states, or that has
	// more groups in each other than are read.
	ErrTooLarge = errors.New("Number of NFA states exceeds limit. Please use shorter regex string, or use smaller brace expression, or make _GLIBCXX_REGEX_STATE_LIMIT larger.")
	// ErrTooComplex reports a match that takes too many steps.
	ErrTooComplex = errors.New("too many steps to match regular expression")
)

// A SyntaxError says, in the words of the C++ library, what the grammar does not allow
// in a pattern.
type SyntaxError string

func (err SyntaxError) Error() string { return string(err) }

const (
	errParen       = SyntaxError("Mismatched '(' and ')' in regular expression")
	errBracketOpen = SyntaxError("Incomplete '[[' character class in regular expression")
	errBracketChar = SyntaxError("Unexpected character within '[...]' in regular expression")
	errBrace       = SyntaxError("Mismatched '{' and '}' in regular expression")
	errBraceRange  = SyntaxError("Invalid range in '{}' in regular expression")
	errEscape      = SyntaxError("Invalid escape in regular expression")
	errEscapeEnd   = SyntaxError("Invalid escape at end of regular expression")
	errNull        = SyntaxError("Unexpected null character in regular expression")
	errRangeStart  = SyntaxError("Invalid start of '[x-x]' range in regular expression")
	errRangeEnd    = SyntaxError("Invalid end of '[x-x]' range in regular expression")
	errRangeOrder  = SyntaxError("Invalid range in bracket expression.")
	errDash        = SyntaxError("Invalid location of '-' within '[...]' in POSIX regular expression")
	errClassEnd    = SyntaxError("Invalid character class in regular expression")
	errClass       = SyntaxError("Invalid character class.")
	errCollateEnd  = SyntaxError("Invalid collating element in regular expression")
	errCollate     = SyntaxError("Invalid collate element.")
	errEquivalence = SyntaxError("Invalid equivalence class.")
	errCount       = SyntaxError("invalid back reference") // of a number that is too large
)
