package cli

import (
	"bytes"
	"context"
	"fmt"

	"nixbench/engine/settings"
	"nixbench/repl/text"
)

// runConfigShow is `nixbench config show`: the settings as they are in force, a
// line each or as JSON, or the value of one.
func runConfigShow(_ context.Context, inv *invocation) error {
	set, err := inv.settings()
	if err != nil {
		return err
	}
	if len(inv.args) == 1 {
		name := inv.args[0]
		if inv.json {
			return inv.cmd.usage("'--json' is not supported when specifying a setting name")
		}
		value, ok := set.Get(name)
		if !ok || !set.IsShown(name) || settings.Canonical(name) != name {
			return fmt.Errorf("could not find setting '%s'", text.SanitiseName(name))
		}
		_, err := fmt.Fprintln(inv.env.Stdout, inv.clean(value))
		return err
	}
	if inv.json {
		return inv.printSettings(set)
	}
	for _, name := range set.Names() {
		if value, _ := set.Get(name); set.IsShown(name) {
			if _, err := fmt.Fprintf(inv.env.Stdout, "%s = %s\n", name, inv.clean(value)); err != nil {
				return err
			}
		}
	}
	return inv.println("") // as Nix
}

// printSettings prints all settings as JSON.
func (inv *invocation) printSettings(set *settings.Settings) error {
	all := make(map[string]settings.Description)
	for _, name := range set.Names() {
		if about, ok := set.Describe(name); ok {
			all[name] = about // also those that need a feature
		}
	}
	var out bytes.Buffer
	if err := writeJSON(&out, all); err != nil {
		return err
	}
	return inv.printJSON(bytes.TrimSpace(out.Bytes()))
}
