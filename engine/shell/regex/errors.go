package regex

import "errors"

// The texts that GNU prints for malformed expressions.
var (
	errBrackets  = errors.New("Unmatched [, [^, [:, [., or [=")
	errParens    = errors.New("Unmatched ( or \\(")
	errCloseOnly = errors.New("Unmatched ) or \\)")
	errBraces    = errors.New("Unmatched \\{")
	errInterval  = errors.New("Invalid content of \\{\\}")
	errTooBig    = errors.New("Regular expression too big")
	errClass     = errors.New("Invalid character class name")
	errRange     = errors.New("Invalid range end")
	errBackref   = errors.New("Invalid back reference")
	errTrailing  = errors.New("Trailing backslash")
	errBareClass = errors.New("character class syntax is [[:space:]], not [:space:]")
	errRepeat    = errors.New("Invalid preceding regular expression")
	errDepth     = errors.New("Regular expression too deep")
)
