package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store/nixjson"
)

// This file is nix search: packages whose attribute path, name or description match.

// searchCommand is the command.
func searchCommand() command {
	return command{name: "search", args: "ATTRPATH REGEXP...", maxArgs: -1, run: runSearch,
		summary: "Search packages by attribute path, name and description, for what matches all regular expressions.",
		flags: slices.Concat(sourceFlags, []flag{jsonFlag}, prettyFlags, []flag{
			{[]string{"--exclude", "-e"}, []string{"REGEXP"}, "leave out packages that match", func(inv *invocation, args []string) error {
				inv.patterns = append(inv.patterns, args[0])
				return nil
			}},
		})}
}

// What Nix prints around what matches, and around an attribute path.
const (
	matchBegin    = "\x1b[32;1m"
	attrPathBegin = "\x1b[0;1m"
	normalText    = "\x1b[0m"
)

// runSearch is `nix search`.
func runSearch(ctx context.Context, inv *invocation) error {
	if len(inv.args) < 2 {
		return inv.cmd.usage("Must provide at least one regex! To match all packages, use 'nix search <installable> ^'.")
	}
	wanted, err := searchPatterns(inv.args[1:])
	if err != nil {
		return err
	}
	excluded, err := searchPatterns(inv.patterns)
	if err != nil {
		return err
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, true)
	if err != nil {
		return err
	}
	v, err := e.called(ctx, inv.args[0])
	if err != nil {
		return err
	}
	results, found := 0, make(map[string]any)
	search := engine.PackageSearch{Seen: func(p engine.FoundPackage) error {
		m, ok := matchPackage(&p, wanted, excluded)
		if !ok {
			return nil
		}
		results++
		if inv.json {
			found[p.AttrPath] = map[string]any{"pname": p.Name, "version": p.Version, "description": p.Description}
			return nil
		}
		return inv.printFound(&p, m, results == 1)
	}}
	if inv.verbosity() >= levelTalkative {
		search.At = func(attrPath string) { inv.tell("evaluating '" + attrPath + "'...") }
	}
	switch err := eng.SearchPackages(ctx, e.ev, v, search); {
	case err != nil:
		return e.traced(err)
	case inv.json:
		text, err := nixjson.Append(nil, found)
		if err != nil {
			return err
		}
		return inv.printJSON(text)
	case results == 0:
		return errors.New("no results for the given search term(s)!")
	}
	return nil
}

// searchPatterns compiles extended regular expressions, which match the longest text and
// capital letters as small ones.
func searchPatterns(patterns []string) ([]*regexp.Regexp, error) {
	compiled := make([]*regexp.Regexp, len(patterns))
	for i, pattern := range patterns {
		re, err := regexp.Compile("(?is)" + pattern)
		if err != nil {
			return nil, fmt.Errorf("invalid regular expression '%s'", text.Sanitise(pattern))
		}
		re.Longest()
		compiled[i] = re
	}
	return compiled, nil
}

// packageMatches are the parts of a package's texts that match, each with start and end.
type packageMatches struct{ attrPath, description [][]int }

// matchPackage tells whether a package matches all that is wanted, and nothing that is
// excluded.
func matchPackage(p *engine.FoundPackage, wanted, excluded []*regexp.Regexp) (m packageMatches, ok bool) {
	for _, re := range excluded {
		if re.MatchString(p.AttrPath) || re.MatchString(p.Name) || re.MatchString(p.Description) {
			return m, false
		}
	}
	for _, re := range wanted {
		attrPath, description := re.FindAllStringIndex(p.AttrPath, -1), re.FindAllStringIndex(p.Description, -1)
		if attrPath == nil && description == nil && !re.MatchString(p.Name) {
			return m, false
		}
		m.attrPath, m.description = append(m.attrPath, attrPath...), append(m.description, description...)
	}
	return m, true
}

// printFound prints a package, after an empty line unless it is the first.
func (inv *invocation) printFound(p *engine.FoundPackage, m packageMatches, isFirst bool) error {
	var b strings.Builder
	if !isFirst {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "* %s%s%s", attrPathBegin, highlight(p.AttrPath, m.attrPath, attrPathBegin), normalText)
	if p.Version != "" {
		b.WriteString(" (" + p.Version + ")")
	}
	if p.Description != "" {
		b.WriteString("\n  " + highlight(p.Description, m.description, normalText))
	}
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		switch {
		case inv.plain:
			lines[i] = text.PlainLine(line)
		case inv.env.OutTerminal:
			lines[i] = text.Coloured(line)
		}
	}
	return inv.println(strings.Join(lines, "\n"))
}

// highlight marks parts of a text, with what follows each; parts that overlap or meet are
// one.
func highlight(s string, parts [][]int, after string) string {
	slices.SortStableFunc(parts, func(a, b []int) int { return a[0] - b[0] })
	var b strings.Builder
	end := 0
	for i := 0; i < len(parts); {
		start, stop := parts[i][0], parts[i][1]
		for i++; i < len(parts) && parts[i][0] <= stop; i++ {
			stop = max(stop, parts[i][1])
		}
		b.WriteString(s[end:start] + matchBegin + s[start:stop] + after)
		end = stop
	}
	return b.String() + s[end:]
}
