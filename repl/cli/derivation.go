package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"nixbench/engine"
	"nixbench/store"
)

// This file is nix derivation show and add.

// derivationCommands are those of nix derivation.
func derivationCommands() []command {
	return []command{
		{name: "derivation show", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runDerivationShow,
			summary: "Print store derivations as JSON.",
			flags: slices.Concat([]flag{
				{[]string{"--recursive", "-r"}, nil, "also those that they need", on(func(inv *invocation) *bool { return &inv.recursive })},
			}, prettyFlags, []flag{stdinFlag}, sourceFlags)},
		{name: "derivation add", run: runDerivationAdd,
			summary: "Make the store derivation that standard input says in JSON, and print its path.",
			flags:   []flag{dryRunFlag}},
	}
}

// runDerivationShow is `nixbench derivation show`.
func runDerivationShow(ctx context.Context, inv *invocation) error {
	eng, insts, err := inv.openForInstallables(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	paths, err := inv.derivationsOf(ctx, eng, insts)
	if err == nil && inv.recursive {
		paths, err = eng.Lookup().Requisites(ctx, paths...)
	}
	if err != nil {
		return err
	}
	text, err := eng.ShowDerivations(ctx, paths)
	if err != nil {
		return err
	}
	return inv.printJSON(text)
}

// derivationsOf returns the derivations that installables are or are made by.
// Behaviour: Installable::toDerivations of Nix, with useDeriver.
func (inv *invocation) derivationsOf(ctx context.Context, eng *engine.Engine, insts []installable) ([]store.Path, error) {
	var paths []store.Path
	for _, inst := range insts {
		p := inst.target.Path
		if inst.target.Outputs == nil && !p.IsDerivation() {
			derivers, err := eng.Derivers(ctx, p)
			if err != nil {
				return nil, err
			}
			if len(derivers) == 0 {
				return nil, &ExitError{1, errors.New("'" + inst.name + "' does not have a known deriver")}
			}
			p = derivers[0]
		}
		paths = append(paths, p)
	}
	return store.SortUnique(paths), nil
}

// runDerivationAdd is `nixbench derivation add`.
func runDerivationAdd(ctx context.Context, inv *invocation) error {
	text, err := io.ReadAll(inv.env.Stdin)
	if err != nil {
		return err
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	p, err := eng.AddDerivationJSON(ctx, text, inv.dryRun)
	if err != nil {
		return err
	}
	return inv.printAdded(ctx, eng, []store.Path{p}, nil)
}

// printValue prints a value as JSON.
func (inv *invocation) printValue(v any) error {
	var b bytes.Buffer
	if err := writeJSON(&b, v); err != nil {
		return err
	}
	return inv.printJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// printJSON prints JSON, over several lines if it is for people.
func (inv *invocation) printJSON(text []byte) error {
	if inv.prettyJSON() {
		var b bytes.Buffer
		if err := json.Indent(&b, text, "", "  "); err != nil {
			return err
		}
		text = b.Bytes()
	}
	return inv.println(string(text))
}
