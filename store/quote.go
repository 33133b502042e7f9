package store

// QuoteFile returns the name of a file as messages show it: between quotes, and
// otherwise as it is.
// Behaviour: PathFmt in Nix's fmt.hh.
func QuoteFile(name string) string { return `"` + name + `"` }
