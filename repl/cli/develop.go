package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/store"
)

// This file is nix develop: bash in the environment of the builder of a derivation.

// develop is the command.
func develop() command {
	return command{name: "develop", args: "[ATTRPATH|STOREPATH]", maxArgs: 1, run: runDevelop,
		summary: "Run bash, a command or a phase in the environment of the builder of a derivation.",
		flags:   slices.Concat(envShellFlags(), phaseFlags(), []flag{redirectFlag, devProfileFlag, jobsFlag}, sourceFlags)}
}

// phaseFlags are those that run phases of stdenv.
func phaseFlags() []flag {
	phase := func(inv *invocation, name string) {
		inv.dev.phase, inv.dev.hasPhase = name, true
	}
	flags := []flag{{[]string{"--phase"}, []string{"PHASE"}, "run a phase of stdenv, such as build", func(inv *invocation, args []string) error {
		phase(inv, args[0])
		return nil
	}}}
	for _, name := range []string{"unpack", "configure", "build", "check", "install", "installCheck"} {
		flags = append(flags, flag{[]string{"--" + strings.ToLower(name)}, nil, "run the phase " + name, func(inv *invocation, _ []string) error {
			phase(inv, name)
			return nil
		}})
	}
	return flags
}

// runDevelop is `nix develop`. It returns only if bash could not be run.
//
// Behaviour: CmdDevelop in Nix's develop.cc, with the bash that is found in PATH.
func runDevelop(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	place, err := storePlaceOf(eng)
	if err != nil {
		return err
	}
	dev, err := inv.devEnvironment(ctx, eng)
	if err != nil {
		return err
	}
	rc, err := os.CreateTemp("", "nix-shell.")
	if err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	// What is deleted when this returns is not if bash runs in the place of this process.
	defer os.Remove(rc.Name())
	defer rc.Close()
	dir := os.TempDir()
	if dev.env.Attrs != nil { // files that are there as long as the shell
		if dir, err = os.MkdirTemp("", "nix-develop-"); err != nil {
			return fmt.Errorf("open shell: %w", err)
		}
		defer os.RemoveAll(dir)
	}
	script, err := dev.script(ctx, eng, dir)
	if err != nil {
		return err
	}
	if inv.verbosity() == levelVomit {
		script += "set -x\n"
	}
	script += "command rm -f " + store.QuoteWord(rc.Name()) + "\n"
	if script, err = inv.whatBashRuns(eng, script); err != nil {
		return err
	}
	vars, err := inv.variables()
	if err != nil {
		return err
	}
	vars["NIX_GCROOT"], vars["SHELL"] = string(dev.path), "bash"
	_, err = rc.WriteString(script + "SHELL=\"bash\"\n")
	if err := cmp.Or(err, rc.Close(), eng.Close()); err != nil {
		return err
	}
	argv := []string{"bash", "--rcfile", rc.Name()}
	if inv.dev.hasPhase || inv.program.command != nil {
		argv = []string{"bash", rc.Name()}
	}
	return place.run(argv, vars)
}

// whatBashRuns adds what is to be run in the environment to the script that makes it.
func (inv *invocation) whatBashRuns(eng *engine.Engine, script string) (string, error) {
	switch {
	case inv.dev.hasPhase && inv.program.command != nil:
		return "", inv.cmd.usage("you cannot use both '--command' and '--phase'")
	case inv.dev.hasPhase:
		// That there is a makefile is what the build phase finds out.
		return script + fmt.Sprintf("foundMakefile=1\nif declare -f runPhase >/dev/null; then\n  runPhase %[1]sPhase\nelse\n  runHook %[1]sPhase\nfi\n", inv.dev.phase), nil
	case inv.program.command != nil:
		words := make([]string, len(inv.program.command))
		for i, word := range inv.program.command {
			words[i] = store.QuoteWord(word)
		}
		return script + "exec " + strings.Join(words, " ") + "\n", nil
	}
	script = "[ -n \"$PS1\" ] && [ -e ~/.bashrc ] && source ~/.bashrc;\nshopt -u expand_aliases\n" + script +
		"\nshopt -s expand_aliases\n"
	for _, prompt := range []struct{ setting, change string }{{"bash-prompt", "PS1=%s"}, {"bash-prompt-prefix", `PS1=%s"$PS1"`}, {"bash-prompt-suffix", "PS1+=%s"}} {
		if text, _ := eng.Settings().Get(prompt.setting); text != "" {
			script += `[ -n "$PS1" ] && ` + fmt.Sprintf(prompt.change, store.QuoteWord(text)) + ";\n"
		}
	}
	return script, nil
}
