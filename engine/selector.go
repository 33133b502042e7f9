package engine

import (
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/builtins"
	"nixbench/engine/builtins/ere"
	"nixbench/store/drvname"
)

// A selector picks packages by name, a regular expression, and perhaps version.
type selector struct {
	full    string // as the user wrote it
	name    string
	version string      // "" is any
	re      *ere.Regexp // once there is something to match
}

func newSelector(text string) *selector {
	sel := &selector{full: text}
	sel.name, sel.version = drvname.Split(text)
	return sel
}

func (sel *selector) matches(p *Package) (bool, error) {
	name, version := drvname.Split(p.Name)
	if sel.name != "*" {
		if sel.re == nil {
			re, err := ere.Compile(sel.name)
			if err != nil {
				return false, err
			}
			sel.re = re
		}
		if spans, err := sel.re.Match(name, nil); spans == nil || err != nil {
			return false, err
		}
	}
	return sel.version == "" || sel.version == version, nil
}

// SelectPackages returns the packages that the selectors of nix-env pick:
// "name", "name-version" or "*", where the name is a regular expression. They
// come in the order of the selectors, each once; no selectors pick all. It is an
// error if one picks nothing.
// Behaviour: filterBySelector in Nix's nix-env.cc.
func SelectPackages(pkgs []*Package, selectors []string) ([]*Package, error) {
	if len(selectors) == 0 {
		selectors = []string{"*"}
	}
	var picked []*Package
	done := make(map[*Package]bool)
	for _, text := range selectors {
		sel := newSelector(text)
		hit := false
		for _, p := range pkgs {
			ok, err := sel.matches(p)
			if err != nil {
				return nil, err
			}
			hit = hit || ok
			if ok && !done[p] {
				done[p] = true
				picked = append(picked, p)
			}
		}
		if !hit && sel.full != "*" {
			return nil, sel.unused(pkgs)
		}
	}
	return picked, nil
}

// unused reports that the selector picks nothing, and which names begin as it
// does.
func (sel *selector) unused(pkgs []*Package) error {
	var similar []string
	for _, p := range pkgs {
		name, _ := drvname.Split(p.Name)
		if strings.HasPrefix(name, sel.name) && !slices.Contains(similar, name) {
			if similar = append(similar, name); len(similar) == 3 {
				break
			}
		}
	}
	slices.Sort(similar)
	hint := ""
	if len(similar) > 0 {
		hint = ", maybe you meant:\n" + strings.Join(similar, "\n")
	}
	return fmt.Errorf("selector '%s' matches no derivations%s", sel.full, hint)
}

// NixVersion is the version of Nix whose language this is.
const NixVersion = builtins.Version
