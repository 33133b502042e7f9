// Package regex implements the regular expressions of POSIX as the GNU tools
// read them: basic and extended syntax, leftmost-longest matching,
// the classes and escapes of GNU (\w \s \b \< \+ …) and back-references.
//
// An expression is parsed into a tree. Nearly every tree can be written as an
// expression of Go's regexp package, which then does the matching in linear
// time; those with back-references, and some with \< and \>, are matched by a
// small backtracking matcher of our own.
//
// Text is read as in the C locale, with one exception: a valid UTF-8 sequence
// counts as one character.
//
// Format: POSIX.1-2017, chapter 9; GNU grep and GNU sed manuals.
package regex
