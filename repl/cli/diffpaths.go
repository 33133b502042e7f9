package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store"
)

// ends returns the two paths that the arguments stand for.
func (inv *invocation) ends(ctx context.Context, eng *engine.Engine, find func(context.Context, *engine.Engine, string) (store.Path, error)) (ends [2]store.Path, err error) {
	for i := range ends {
		if ends[i], err = find(ctx, eng, inv.args[i]); err != nil {
			return ends, err
		}
	}
	return ends, nil
}

// diffClosures compares the closures of two paths.
func diffClosures(ctx context.Context, eng *engine.Engine, ends [2]store.Path) (*diff.Diff, error) {
	g, err := eng.Graph(ctx)
	if err != nil {
		return nil, err
	}
	return diff.Generations(g, ends[0], ends[1])
}

// runDiff is `nixbench diff BEFORE AFTER`: of derivations why one is not the
// other, of other paths what has become of the packages in their closures, and
// of systems also of their units and the rest of etc.
func runDiff(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	ends, err := inv.ends(ctx, eng, inv.comparedPath)
	if err != nil {
		return err
	}
	if ends[0].IsDerivation() && ends[1].IsDerivation() {
		return inv.diffDerivations(ctx, eng, ends[0], ends[1])
	}
	d, err := diffClosures(ctx, eng, ends)
	if err != nil {
		return err
	}
	etc, err := diff.Etc(ctx, diff.Files{Dir: eng.Store().Dir(), Real: eng.Reader().RealPath}, ends[0], ends[1])
	if err != nil {
		return err
	}
	if inv.json {
		return inv.closuresJSON(d, etc)
	}
	return inv.printClosures(d, etc)
}

// comparedPath returns the valid path that an argument stands for, with --drv
// its derivation.
func (inv *invocation) comparedPath(ctx context.Context, eng *engine.Engine, arg string) (store.Path, error) {
	if !inv.ofDerivations {
		return inv.validPath(ctx, eng, arg)
	}
	roots, err := inv.derivationsNamed(ctx, eng, []string{arg})
	if err == nil && len(roots) != 1 {
		err = fmt.Errorf("argument '%s' should stand for one derivation", arg)
	}
	if err != nil {
		return "", err
	}
	return roots[0], nil
}

// kindWords are how changes of packages are told.
var kindWords = map[diff.Kind]string{
	diff.Added: "new", diff.Removed: "gone", diff.Upgraded: "up", diff.Downgraded: "down",
	diff.Changed: "changed", diff.Resized: "resized", diff.Rebuilt: "rebuilt",
}

// kindOrder is the order in which they are told.
var kindOrder = []diff.Kind{diff.Upgraded, diff.Downgraded, diff.Changed, diff.Added, diff.Removed, diff.Resized, diff.Rebuilt}

// printClosures prints what has become of packages and of etc; what was only
// rebuilt is counted unless --all.
func (inv *invocation) printClosures(d *diff.Diff, etc []diff.FileChange) error {
	table := text.Table{Columns: []text.Column{{}, {}, {}, {Right: true}}}
	var counts []string
	for _, kind := range kindOrder {
		if n := d.Count(kind); n > 0 {
			counts = append(counts, text.Count(n)+" "+kindWords[kind])
		}
	}
	for _, c := range byKind(d.Changes) {
		if c.Kind == diff.Rebuilt && !inv.all {
			continue
		}
		name := c.Name
		if c.Selected {
			name += " *"
		}
		table.Row(kindWords[c.Kind], name, versionChange(&c), text.SignedBytes(c.SizeDelta()))
	}
	if _, err := table.WriteTo(inv.env.Stdout); err != nil {
		return err
	}
	out := inv.env.Stdout
	if len(counts) == 0 {
		counts = []string{"no package differs"}
	}
	fmt.Fprintf(out, "%s; %s gone, %s new, %s in both (%s); %s → %s, %s\n", strings.Join(counts, ", "), text.Plural(d.PathsGone, "path"), text.Count(d.PathsNew),
		text.Count(d.PathsShared), text.Bytes(d.SizeShared),
		text.Bytes(d.SizeBefore), text.Bytes(d.SizeAfter), text.SignedBytes(d.SizeDelta()))
	inv.printEtc("units", etc, (*diff.FileChange).IsUnit)
	inv.printEtc("etc", etc, func(c *diff.FileChange) bool { return !c.IsUnit() })
	return nil
}

// byKind returns changes in the order of their kinds, then by name.
func byKind(changes []diff.Change) []diff.Change {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b diff.Change) int {
		return cmp.Compare(slices.Index(kindOrder, a.Kind), slices.Index(kindOrder, b.Kind))
	})
	return sorted
}

// versionChange says which versions have become which: "1.0 → 1.1, → 2.0".
func versionChange(c *diff.Change) string {
	var parts []string
	gone, added := slices.Clone(c.Gone), slices.Clone(c.New)
	remove := func(list []string, v string) []string {
		i := slices.Index(list, v)
		return slices.Delete(list, i, i+1)
	}
	for _, p := range c.Pairs {
		parts = append(parts, versions([]string{p.Before})+" → "+versions([]string{p.After}))
		gone, added = remove(gone, p.Before), remove(added, p.After)
	}
	for _, v := range gone {
		parts = append(parts, versions([]string{v})+" →")
	}
	for _, v := range added {
		parts = append(parts, "→ "+versions([]string{v}))
	}
	if len(parts) == 0 {
		return versions(c.After)
	}
	return strings.Join(parts, ", ")
}

func (inv *invocation) printEtc(title string, changes []diff.FileChange, which func(*diff.FileChange) bool) {
	out, rebuilt, told := inv.env.Stdout, 0, false
	for i := range changes {
		c := &changes[i]
		if !which(c) {
			continue
		}
		if c.Kind == diff.Rebuilt && !inv.all {
			rebuilt++
			continue
		}
		if !told {
			fmt.Fprintf(out, "\n%s:\n", title)
			told = true
		}
		fmt.Fprintf(out, "  %s %s\n", kindWords[c.Kind], text.SanitiseName(c.Name))
		printLines(out, c.Gone, c.New)
	}
	if rebuilt > 0 {
		fmt.Fprintf(out, "\n%s: %s with other store paths only (--all lists them)\n", title, text.Plural(rebuilt, "file"))
	}
}

func (inv *invocation) closuresJSON(d *diff.Diff, etc []diff.FileChange) error {
	type pair struct {
		Before string `json:"before"`
		After  string `json:"after"`
	}
	type change struct {
		Name       string       `json:"name"`
		Kind       string       `json:"kind"`
		Before     []string     `json:"before"`
		After      []string     `json:"after"`
		Pairs      []pair       `json:"pairs"`
		SizeBefore int64        `json:"sizeBefore"`
		SizeAfter  int64        `json:"sizeAfter"`
		PathsGone  []store.Path `json:"pathsGone"`
		PathsNew   []store.Path `json:"pathsNew"`
		Selected   bool         `json:"selected"`
	}
	type file struct {
		Name string   `json:"name"`
		Kind string   `json:"kind"`
		Unit bool     `json:"unit"`
		Gone []string `json:"gone,omitempty"`
		New  []string `json:"new,omitempty"`
	}
	changes, files := []change{}, []file{}
	for i := range d.Changes {
		c := &d.Changes[i]
		pairs := []pair{}
		for _, p := range c.Pairs {
			pairs = append(pairs, pair{p.Before, p.After})
		}
		changes = append(changes, change{
			c.Name, c.Kind.String(), emptyIfNil(c.Before), emptyIfNil(c.After), pairs,
			c.SizeBefore, c.SizeAfter, emptyIfNil(c.PathsGone), emptyIfNil(c.PathsNew), c.Selected,
		})
	}
	for i := range etc {
		c := &etc[i]
		files = append(files, file{strings.ToValidUTF8(c.Name, "�"), c.Kind.String(), c.IsUnit(), validLines(c.Gone), validLines(c.New)})
	}
	return writeJSON(inv.env.Stdout, map[string]any{
		"packages": changes, "etc": files, "sizeBefore": d.SizeBefore, "sizeAfter": d.SizeAfter,
		"pathsBefore": d.PathsBefore, "pathsAfter": d.PathsAfter, "pathsShared": d.PathsShared, "sizeShared": d.SizeShared,
	})
}

func validLines(lines []string) []string {
	var valid []string
	for _, line := range lines {
		valid = append(valid, strings.ToValidUTF8(line, "�"))
	}
	return valid
}
