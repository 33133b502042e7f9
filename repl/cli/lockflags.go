package cli

import (
	"fmt"
	"strings"

	"nixbench/engine/settings"
	"nixbench/repl/text"
)

// lockFlags are about the lock files of flakes. They are taken so that commands that have
// them work beside --expr and --file, where they change nothing; flakes are not here.
// Behaviour: MixFlakeOptions in Nix's installables.cc.
var lockFlags = []flag{
	ignored("write no new entries of a flake's lock file", "--no-update-lock-file"),
	ignored("do not write a flake's lock file", "--no-write-lock-file"),
	ignored("commit a flake's lock file", "--commit-lock-file"),
	{[]string{"--reference-lock-file"}, []string{"FILE"}, "read another lock file of a flake", passOver},
	{[]string{"--output-lock-file"}, []string{"FILE"}, "write another lock file of a flake", passOver},
	{[]string{"--override-input"}, []string{"INPUT", "REF"}, "take another flake for an input of a flake", func(inv *invocation, args []string) error {
		inv.wantFlake(args[1], false)
		return checkInput(inv, "--override-input", args[0])
	}},
	{[]string{"--inputs-from"}, []string{"REF"}, "take the inputs of a flake for entries of registries; flakes are not supported yet", func(inv *invocation, args []string) error {
		inv.wantFlake(args[0], true)
		inv.checks = append(inv.checks, func(*settings.Settings) error {
			return fmt.Errorf("cannot take the inputs of '%s': flakes are not supported yet", text.Sanitise(args[0]))
		})
		return nil
	}},
	{[]string{"--update-input"}, []string{"INPUT"}, "update an input of a flake; deprecated", func(inv *invocation, args []string) error {
		inv.warn("'--update-input' is a deprecated alias for 'flake update' and will be removed in a future version.")
		return checkInput(inv, "--update-input", args[0])
	}},
	{[]string{"--recreate-lock-file"}, nil, "make a flake's lock file anew; deprecated", func(inv *invocation, _ []string) error {
		inv.warn("'--recreate-lock-file' is deprecated and will be removed in a future version; use 'nix flake update' instead.")
		return nil
	}},
	{[]string{"--no-registries"}, nil, "look no flakes up in registries; deprecated", func(inv *invocation, _ []string) error {
		inv.warn("'--no-registries' is deprecated; use '--no-use-registries'")
		return nil
	}},
}

// checkInput says what is wrong with the path to an input of a flake.
func checkInput(inv *invocation, flag, input string) error {
	names := strings.FieldsFunc(input, func(r rune) bool { return r == '/' })
	if len(names) == 0 {
		return inv.cmd.usage("%s was passed a zero-length input path, which would refer to the flake itself, not an input", flag)
	}
	for _, name := range names {
		if !isInputName(name) {
			return inv.cmd.usage("invalid flake input attribute path element '%s'", name)
		}
	}
	return nil
}

// isInputName reports whether a name is a letter, and then letters, digits, - and _.
func isInputName(name string) bool {
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_-", r)) {
			return false
		}
	}
	return true
}
