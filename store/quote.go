package store

import "strings"

// QuoteFile returns the name of a file as messages show it: between quotes, and
// otherwise as it is.
// Behaviour: PathFmt in Nix's fmt.hh.
func QuoteFile(name string) string { return `"` + name + `"` }

// QuoteWord returns text as a word of a shell's command: between single quotes.
// Behaviour: escapeShellArgAlways in Nix's strings.cc.
func QuoteWord(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
