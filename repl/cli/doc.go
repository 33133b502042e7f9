// Package cli is the command line: each screen's plain twin, as text or JSON,
// over the same functions.
//
// A command is a value of the table in commands.go: its name, its flags and a
// function. [Run] parses the arguments by that table, runs the command and
// returns the exit status. Nothing here draws: what opens the workbench is
// handed in by main.
//
// Flags and output are those of the nix command of the same name.
// Format: Nix manual, "New CLI" and "Command Reference".
package cli
