package logview

import "nixbench/repl"

// A File is a log that can be read at any place while it grows. Its methods are
// called from commands, never while drawing; it is safe for concurrent use.
type File = repl.LogFile
