package cli

import (
	"context"
	"fmt"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/doctor"
	"nixbench/repl/text"
)

// runDoctor is `nixbench doctor`: what is wrong with the store and the machine,
// and what to do. The exit status is 1 if something does not work.
func runDoctor(ctx context.Context, inv *invocation) error {
	var warnings []string
	inv.hear = func(msg string) { warnings = append(warnings, msg) }
	found, err := inv.examine(ctx, &warnings)
	inv.hear = nil
	if err != nil {
		return err
	}
	worst := doctor.Fine
	for _, f := range found {
		worst = max(worst, f.Level)
	}
	if err := inv.printFindings(found); err != nil {
		return err
	}
	if worst == doctor.Problem {
		return &ExitError{Status: 1}
	}
	return nil
}

func (inv *invocation) examine(ctx context.Context, warnings *[]string) ([]doctor.Finding, error) {
	opts, err := inv.engineOptions()
	if err != nil {
		return nil, err
	}
	eng, err := engine.Open(ctx, opts)
	if err != nil {
		return doctor.Unopened(err), nil
	}
	defer eng.Close()
	return doctor.Examine(ctx, eng, doctor.Options{Warnings: *warnings, Verify: inv.deep})
}

func (inv *invocation) printFindings(found []doctor.Finding) error {
	if inv.json {
		type finding struct {
			Area   string `json:"area"`
			Level  string `json:"level"`
			What   string `json:"what"`
			Remedy string `json:"remedy,omitempty"`
		}
		out := []finding{}
		for _, f := range found {
			out = append(out, finding{f.Area, f.Level.String(), strings.ToValidUTF8(f.What, "�"), f.Remedy})
		}
		return writeJSON(inv.env.Stdout, out)
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(inv.env.Stdout, "%-8s %-14s %s\n", f.Level, f.Area, text.PlainLine(strings.ReplaceAll(f.What, "\n", " "))); err != nil {
			return err
		}
		if f.Remedy != "" {
			fmt.Fprintf(inv.env.Stdout, "%24s→ %s\n", "", text.PlainLine(f.Remedy))
		}
	}
	return nil
}
