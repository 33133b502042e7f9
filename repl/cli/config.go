package cli

import (
	"context"
	"fmt"

	"nixbench/repl/text"
)

// runConfigShow is `nixbench config show`: the settings as they are in force, a
// line each, or the value of one.
func runConfigShow(_ context.Context, inv *invocation) error {
	set, err := inv.settings()
	if err != nil {
		return err
	}
	if len(inv.args) == 1 {
		name := inv.args[0]
		value, ok := set.Get(name)
		if !ok || !set.IsShown(name) {
			return fmt.Errorf("could not find setting '%s'", text.SanitiseName(name))
		}
		_, err := fmt.Fprintln(inv.env.Stdout, inv.clean(value))
		return err
	}
	for _, name := range set.Names() {
		if value, _ := set.Get(name); set.IsShown(name) {
			if _, err := fmt.Fprintf(inv.env.Stdout, "%s = %s\n", name, inv.clean(value)); err != nil {
				return err
			}
		}
	}
	return nil
}
