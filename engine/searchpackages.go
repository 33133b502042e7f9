package engine

import (
	"context"
	"errors"
	"strings"

	"nixbench/engine/eval"
	"nixbench/store/drvname"
)

// A FoundPackage is what a search looks at.
type FoundPackage struct {
	AttrPath, Name, Version string
	Description             string // on one line
}

// A PackageSearch is told what a search comes to.
type PackageSearch struct {
	At   func(attrPath string) // is about to be evaluated; may be nil
	Seen func(FoundPackage) error
}

// SearchPackages looks through the packages among the attributes of v, by name; what is
// below those called packages and legacyPackages is looked through, too.
//
// Behaviour: CmdSearch in Nix's search.cc.
func (e *Engine) SearchPackages(ctx context.Context, ev *eval.Evaluator, v eval.Value, search PackageSearch) error {
	return ev.Do(ctx, func(s *eval.State) { search.below(cursor{s: s, v: v}, true) })
}

// below is SearchPackages for what a cursor is at. Errors of the language below
// legacyPackages are passed over.
func (search PackageSearch) below(c cursor, isRoot bool) {
	if search.At != nil {
		search.At(c.String())
	}
	visit := func() {
		if c.isDerivation() {
			if err := search.Seen(foundPackage(c)); err != nil {
				c.s.FailWith(err)
			}
			return
		}
		if !isRoot && !searched(c) {
			return
		}
		for _, attr := range c.attrs() {
			search.below(attr, false)
		}
	}
	if len(c.path) == 0 || c.path[0] != "legacyPackages" {
		visit()
		return
	}
	c.s.Try(visit, func(err *eval.Error) bool { return !errors.As(err, new(*cursorError)) })
}

// searched tells whether the packages of a set are looked at.
func searched(c cursor) bool {
	switch c.path[0] {
	case "packages":
		return len(c.path) <= 2
	case "legacyPackages":
		if len(c.path) <= 2 {
			return true
		}
		recurse, ok := c.get("recurseForDerivations")
		return ok && recurse.isTrue()
	}
	return false
}

func foundPackage(c cursor) FoundPackage {
	p := FoundPackage{AttrPath: c.String()}
	p.Name, p.Version = drvname.Split(c.must("name").text())
	if meta, ok := c.get("meta"); ok {
		if description, ok := meta.get("description"); ok {
			p.Description = strings.ReplaceAll(description.text(), "\n", " ")
		}
	}
	return p
}
