package cli

import (
	"slices"
	"strings"
)

// This file is about the old names of commands of nix, which Nix still takes.

// aliases are the commands that old names of one or two words stand for.
var aliases = map[string]string{
	"add-to-store": "store add-path", "cat-nar": "nar cat", "cat-store": "store cat", "copy-sigs": "store copy-sigs",
	"diff-closures": "store diff-closures", "dump-path": "store dump-path", "hash-file": "hash file", "hash-path": "hash path",
	"ls-nar": "nar ls", "ls-store": "store ls", "make-content-addressable": "store make-content-addressed",
	"optimise-store": "store optimise", "ping-store": "store info", "realisation": "store build-trace",
	"sign-paths": "store sign", "show-derivation": "derivation show", "show-config": "config show",
	"to-base16": "hash to-base16", "to-base32": "hash to-base32", "to-base64": "hash to-base64", "verify": "store verify",
	"store ping": "info", "profile install": "add", "store optimize": "optimise",
}

// unaliased returns the arguments of nix with the command's present name instead of an old
// one, and warns of that. Other spellings of a name are none.
func (inv *invocation) unaliased(args []string) []string {
	if inv.env.nixName() != "nix" {
		return args
	}
	at := 0
	for at < len(args) && strings.HasPrefix(args[at], "-") {
		if f, ok := workbench.flag(args[at]); ok {
			at += len(f.args)
		}
		at++
	}
	for words := range 2 {
		last := at + words
		if last >= len(args) {
			break
		}
		name := strings.Join(args[at:last+1], " ")
		now, found := aliases[name]
		if !found {
			continue
		}
		if name != "store optimize" {
			inv.warn("'" + args[last] + "' is a deprecated alias for '" + now + "'")
		}
		return slices.Replace(slices.Clone(args), last, last+1, strings.Fields(now)...)
	}
	return args
}
