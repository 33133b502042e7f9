package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/gc"
)

// This file tells of roots and of trees of references, for nix-store --query and nix-store
// --gc.

// trees prints the arguments with their references below them, each path in
// full once.
func (q *storeQuery) trees(ctx context.Context) error {
	done := make(map[store.Path]bool)
	for _, arg := range q.args {
		p, err := q.followed(q.eng, arg)
		if err == nil {
			err = q.tree(ctx, p, "", "", done)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tree prints one path: first stands before its line, and tail before those below.
func (q *storeQuery) tree(ctx context.Context, p store.Path, first, tail string, done map[store.Path]bool) error {
	if done[p] {
		q.line(first + string(p) + " [...]")
		return nil
	}
	done[p] = true
	q.line(first + string(p))
	refs, err := q.lookup.References(ctx, p)
	if err != nil {
		return err
	}
	sorted, err := q.lookup.TopoSort(ctx, refs)
	if err != nil {
		return err
	}
	for i, ref := range sorted {
		branch, below := "├───", "│   "
		if i == len(sorted)-1 {
			branch, below = "└───", "    "
		}
		if err := q.tree(ctx, ref, tail+branch, tail+below, done); err != nil {
			return err
		}
	}
	return nil
}

// roots prints the roots that lead to the arguments.
func (q *storeQuery) roots(ctx context.Context) error {
	paths, err := q.allOutputs(ctx)
	if err != nil {
		return err
	}
	above, err := store.Requisites(ctx, q.above, paths...)
	if err != nil {
		return err
	}
	roots, err := q.eng.Roots(ctx)
	if err == nil {
		err = q.tellRoots(q.eng, roots)
	}
	if err != nil {
		return err
	}
	for _, r := range rootLines(roots) {
		if _, found := slices.BinarySearch(above, r.Path); found {
			q.line(r.text())
		}
	}
	return nil
}

// above returns what keeps a path directly: its referrers, and as the settings
// say what derivations and outputs keep of each other.
func (q *storeQuery) above(ctx context.Context, p store.Path) ([]store.Path, error) {
	found, err := q.eng.Reader().Referrers(ctx, p)
	if err != nil {
		return nil, err
	}
	found = slices.Clone(found)
	set := q.eng.Settings()
	if set.KeepOutputs {
		derivers, err := q.eng.Derivers(ctx, p)
		if err != nil {
			return nil, err
		}
		found = append(found, derivers...)
	}
	if set.KeepDerivations && p.IsDerivation() {
		outputs, err := q.validOutputs(ctx, p)
		if err != nil && !errors.Is(err, store.ErrInvalidPath) {
			return nil, err
		}
		found = append(found, outputs...)
	}
	return found, nil
}

// A rootLine is a root as nix-store tells of it.
type rootLine struct {
	Link string
	Path store.Path
}

func (r rootLine) text() string { return r.Link + " -> " + string(r.Path) }

// quoted is text as --print-roots has it.
// Behaviour: C++'s std::quoted.
func (r rootLine) quoted() string {
	link := strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(r.Link)
	return store.QuoteFile(link) + " -> " + string(r.Path)
}

// rootLines returns the roots that keep something, as Nix names them: what
// processes and temporary roots keep is censored.
func rootLines(roots []gc.Root) []rootLine {
	var lines []rootLine
	for _, r := range roots {
		if !r.Dangling {
			lines = append(lines, rootLine{r.Link, r.Path})
		}
	}
	slices.SortFunc(lines, func(a, b rootLine) int {
		if c := strings.Compare(a.Link, b.Link); c != 0 {
			return c
		}
		return strings.Compare(string(a.Path), string(b.Path))
	})
	return slices.Compact(lines)
}
