package cli

import (
	"errors"
	"fmt"
	"slices"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
)

// inspections are the commands that answer questions about stores; nix has none
// of them.
func inspections() []command {
	return []command{
		{name: "why", args: "PATH [DEPENDENCY]", minArgs: 1, maxArgs: 2, run: runWhy,
			summary: "Say which roots keep a path alive, or why it depends on another and which references to cut.",
			flags:   slices.Concat([]flag{jsonFlag}, sourceFlags)},
		{name: "closure", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runClosure,
			summary: "List what is in a closure, by size.",
			flags:   slices.Concat(closureFlags(), []flag{limitFlag, jsonFlag}, sourceFlags)},
		{name: "duplicates", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runDuplicates,
			summary: "List the packages that a closure has more than once, and what each copy costs.",
			flags:   slices.Concat([]flag{buildTimeFlag, limitFlag, jsonFlag}, sourceFlags)},
		{name: "diff", args: "BEFORE AFTER", minArgs: 2, maxArgs: 2, run: runDiff,
			summary: "Compare closures by packages, systems by units and etc too, and derivations by what made them differ.",
			flags: slices.Concat([]flag{
				{[]string{"--drv"}, nil, "compare the derivations that the arguments stand for", on(func(inv *invocation) *bool { return &inv.ofDerivations })},
				{[]string{"--all", "-a"}, nil, "also what was only rebuilt", on(func(inv *invocation) *bool { return &inv.all })},
				limitFlag, jsonFlag,
			}, sourceFlags)},
		{name: "gc", run: runGC,
			summary: "Say what each root keeps, and which are to go for some space.",
			flags: []flag{
				{[]string{"--free"}, []string{"SIZE"}, "choose roots so that SIZE bytes are freed, such as 5G, at the least loss: few and old ones", func(inv *invocation, args []string) (err error) {
					inv.freeGiven = true
					inv.freeSize, err = text.ParseSize(args[0])
					return err
				}},
				{[]string{"--spare"}, []string{"LINK"}, "a root that is to stay; may be repeated", func(inv *invocation, args []string) error {
					inv.spared = append(inv.spared, inv.abs(args[0]))
					return nil
				}},
				{[]string{"--without"}, []string{"LINK"}, "say what would go if that root did; may be repeated", func(inv *invocation, args []string) error {
					inv.without = append(inv.without, inv.abs(args[0]))
					return nil
				}},
				{[]string{"--yes"}, nil, "remove the chosen or named roots and delete what is dead then", on(func(inv *invocation) *bool { return &inv.yes })},
				{[]string{"--dry-run"}, nil, "only say what would go, as without --yes", on(func(inv *invocation) *bool { return &inv.dryRun })},
				limitFlag, jsonFlag,
			}},
		{name: "doctor", run: runDoctor,
			summary: "Look for what is wrong with the store and the machine, and say what to do.",
			flags: []flag{
				{[]string{"--deep"}, nil, "also look whether the files of all valid paths are there", on(func(inv *invocation) *bool { return &inv.deep })},
				jsonFlag,
			}},
		{name: "builds", run: runBuilds,
			summary: "List what other processes build, fetch or add in the store now: each nix, nix-daemon, nixbench.",
			flags:   []flag{jsonFlag}},
		{name: "files", args: "[STOREPATH|ATTRPATH]", maxArgs: 1, run: runFiles,
			summary: "List the files of a path, largest first.",
			flags: slices.Concat([]flag{
				{[]string{"--directories", "-d"}, nil, "directories, with all that is in them", on(func(inv *invocation) *bool { return &inv.directory })},
				limitFlag, jsonFlag,
			}, sourceFlags)},
	}
}

var buildTimeFlag = flag{[]string{"--build-time"}, nil, "what derivations are built of, with the sizes of their outputs", on(func(inv *invocation) *bool { return &inv.buildTime })}

func closureFlags() []flag {
	return []flag{
		{[]string{"--sort"}, []string{"ORDER"}, "by added (the default), closure, own, name, references or referrers", func(inv *invocation, args []string) (err error) {
			inv.order, err = closure.ParseOrder(args[0])
			return err
		}},
		{[]string{"--filter"}, []string{"QUERY"}, "only what a query finds, such as 'name:glibc size>100M refs<3'", func(inv *invocation, args []string) error {
			inv.query = closure.ParseQuery(args[0])
			if doubt := inv.query.Doubt(); doubt != "" {
				return errors.New(doubt)
			}
			return nil
		}},
		buildTimeFlag,
		{[]string{"--csv"}, nil, "print comma-separated values", on(func(inv *invocation) *bool { return &inv.csv })},
		{[]string{"--dot"}, nil, "print a graph for Graphviz", on(func(inv *invocation) *bool { return &inv.dot })},
	}
}

// limitFlag says how many lines of a list to print.
var limitFlag = flag{[]string{"--limit"}, []string{"N"}, "print only the first N, 0 for all; the default is 20 lines of text, and all of JSON", func(inv *invocation, args []string) (err error) {
	inv.limitGiven = true
	if inv.limit, err = number(args[0]); err == nil && inv.limit < 0 {
		err = fmt.Errorf("got %d, want 0 or more", inv.limit)
	}
	return err
}}

// linesShown is how many lines of a list are printed unless --limit says.
const linesShown = 20

// limited returns how many of n things are to be printed.
func (inv *invocation) limited(n int) int {
	switch {
	case inv.limitGiven && inv.limit > 0:
		return min(n, inv.limit)
	case inv.limitGiven || inv.json || inv.csv || inv.dot:
		return n
	}
	return min(n, linesShown)
}

// printRest says that a list goes on.
func (inv *invocation) printRest(n int) error {
	if n == 0 {
		return nil
	}
	_, err := fmt.Fprintf(inv.env.Stdout, "and %s more (--limit 0 lists all)\n", text.Count(n))
	return err
}
