package cli

import (
	"fmt"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
	"nixbench/store"
)

// This file tells the user what is no result of a command: warnings, notes, errors that
// end nothing.

// warn prints a warning to standard error, unless told to be very quiet.
func (inv *invocation) warn(msg string) {
	if inv.hear != nil {
		inv.hear(msg)
		return
	}
	if inv.verbosity() >= levelWarn {
		inv.tell(syntax.WarningHead + " " + paint(msg))
	}
}

// warnOfSource prints a warning about what is evaluated or parsed, which begins with
// that it is one.
func (inv *invocation) warnOfSource(msg syntax.Hint) {
	if inv.verbosity() >= levelWarn {
		inv.tell(strings.TrimRight(string(msg), " \n"))
	}
}

// inform prints what is being done, unless told to be quiet.
func (inv *invocation) inform(msg string) {
	if inv.verbosity() >= levelInfo {
		inv.tell(msg)
	}
}

// debug prints what is told only with --debug.
func (inv *invocation) debug(msg string) {
	if inv.verbosity() == levelVomit {
		inv.tell(msg)
	}
}

// tell prints a message to standard error, cleaned.
func (inv *invocation) tell(msg string) {
	if inv.jsonFile != nil {
		fmt.Fprintln(inv.jsonFile, jsonLine(syntax.Hint(msg)))
	}
	if inv.jsonLog {
		fmt.Fprintln(inv.env.Stderr, jsonLine(syntax.Hint(msg)))
		return
	}
	fmt.Fprintln(inv.env.Stderr, inv.clean(msg))
}

// clean returns a message for standard error: as it is for a pipe or file, with
// all that would be more than text and colours on a terminal made harmless there.
func (inv *invocation) clean(msg string) string {
	if !inv.env.ErrTerminal {
		return eval.PlainText(msg)
	}
	harmless := text.PlainLine
	if inv.env.Colour && !inv.plain {
		harmless = text.Coloured
	}
	lines := strings.Split(msg, "\n")
	for i, line := range lines {
		lines[i] = harmless(line)
	}
	return strings.Join(lines, "\n")
}

// tellsDerivations returns what says which derivations are made, nil if that is not asked for.
func (inv *invocation) tellsDerivations() func(store.Path) {
	if inv.verbosity() < levelChatty {
		return nil
	}
	return func(p store.Path) {
		inv.tell(fmt.Sprintf("instantiated '%s' -> '%s'", strings.TrimSuffix(p.Name(), ".drv"), p))
	}
}

// tellsFiles returns what says which files are evaluated, nil if that is not asked
// for. The files that instantiate and nix-build are given are only read, as Nix counts it.
func (inv *invocation) tellsFiles() func(file string) {
	if inv.verbosity() < levelTalkative {
		return nil
	}
	tell := func(file string) { inv.tell("evaluating file '" + file + "'") }
	tell(eval.DerivationInternal)
	given := make(map[string]bool)
	switch inv.cmd.name {
	case "instantiate", "nix-build":
		for _, arg := range inv.args {
			given[inv.abs(arg)] = true
		}
	}
	return func(file string) {
		if given[file] {
			delete(given, file)
			return
		}
		tell(file)
	}
}
