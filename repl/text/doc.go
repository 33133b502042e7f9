// Package text is the one place where values become words for people: cleaned
// lines of untrusted text, sizes, durations, ages, counts, shortened names and
// plain tables. The command line and the screens both use it, so that a size
// reads the same everywhere.
//
// Everything that comes from a builder, a store path name, a field of a
// derivation, a string value or a binary cache is untrusted:
//
//   - [Sanitise] is for a line of a log: colours stay, all else that a
//     terminal would obey goes.
//   - [SanitiseName] is for a name, path or value: what cannot be seen is shown
//     as an escape.
//   - [Plain] and [PlainLine] have no escape sequences at all.
//
// All functions are pure and safe for concurrent use.
package text
