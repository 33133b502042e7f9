package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
)

// diffDerivations says what makes two derivations differ.
func (inv *invocation) diffDerivations(ctx context.Context, eng *engine.Engine, before, after store.Path) error {
	d, err := diff.CompareDerivations(ctx, eng.ReadDerivation, before, after)
	if err != nil {
		return err
	}
	if inv.json {
		return inv.derivationsJSON(d)
	}
	out, causes := inv.env.Stdout, d.Causes()
	if len(d.Pairs) == 0 {
		_, err := fmt.Fprintln(out, "they make the same")
		return err
	}
	shown := inv.limited(len(causes))
	for _, i := range causes[:shown] {
		var chain []string
		for _, k := range d.Chain(i) {
			chain = append(chain, pairName(&d.Pairs[k]))
		}
		fmt.Fprintf(out, "%s\n", strings.Join(chain, " › "))
		printPair(out, &d.Pairs[i])
		fmt.Fprintln(out)
	}
	if err := inv.printRest(len(causes) - shown); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s in themselves, %s because of these\n", howMany(len(causes)), text.Count(len(d.Pairs)-len(causes)))
	return err
}

func howMany(n int) string {
	if n == 1 {
		return "1 derivation differs"
	}
	return text.Count(n) + " derivations differ"
}

// pairName names a pair: "openssl-3.0 → openssl-3.1".
func pairName(p *diff.Pair) string {
	before, after := text.SanitiseName(drv.NameOf(p.Before)), text.SanitiseName(drv.NameOf(p.After))
	if before == after {
		return after
	}
	return before + " → " + after
}

func printPair(out io.Writer, p *diff.Pair) {
	for _, list := range []struct {
		mark  string
		paths []store.Path
	}{{"-", p.DrvsGone}, {"+", p.DrvsNew}, {"-", p.SrcsGone}, {"+", p.SrcsNew}} {
		for _, q := range list.paths {
			fmt.Fprintf(out, "  %s %s\n", list.mark, text.SanitiseName(string(q)))
		}
	}
	for _, f := range p.Fields {
		fmt.Fprintf(out, "  %s\n", text.SanitiseName(f.Name))
		gone, added := f.Lines()
		printLines(out, gone, added)
	}
}

// printLines prints the lines that only one side has, below what they are of.
func printLines(out io.Writer, gone, added []string) {
	for _, line := range gone {
		fmt.Fprintf(out, "    - %s\n", text.PlainLine(line))
	}
	for _, line := range added {
		fmt.Fprintf(out, "    + %s\n", text.PlainLine(line))
	}
}

func (inv *invocation) derivationsJSON(d *diff.Derivations) error {
	type field struct {
		Name   string  `json:"name"`
		Before *string `json:"before"`
		After  *string `json:"after"`
	}
	type pair struct {
		Before   store.Path   `json:"before"`
		After    store.Path   `json:"after"`
		Fields   []field      `json:"fields"`
		DrvsGone []store.Path `json:"drvsGone"`
		DrvsNew  []store.Path `json:"drvsNew"`
		SrcsGone []store.Path `json:"srcsGone"`
		SrcsNew  []store.Path `json:"srcsNew"`
		Inputs   []int        `json:"inputs"`
		Cause    bool         `json:"cause"`
	}
	value := func(s string, has bool) *string {
		if !has {
			return nil
		}
		s = strings.ToValidUTF8(s, "�")
		return &s
	}
	pairs := []pair{}
	for i := range d.Pairs {
		p := &d.Pairs[i]
		fields := []field{}
		for _, f := range p.Fields {
			fields = append(fields, field{f.Name, value(f.Before, f.HasBefore), value(f.After, f.HasAfter)})
		}
		pairs = append(pairs, pair{
			p.Before, p.After, fields, emptyIfNil(p.DrvsGone), emptyIfNil(p.DrvsNew), emptyIfNil(p.SrcsGone), emptyIfNil(p.SrcsNew),
			emptyIfNil(p.Inputs), p.IsCause(),
		})
	}
	return writeJSON(inv.env.Stdout, map[string]any{"pairs": pairs})
}
