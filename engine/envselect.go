package engine

import (
	"fmt"

	"nixbench/engine/eval"
)

// SelectEnv returns the packages that the selectors of nix-env pick, each once, in
// the order of the selectors; if newest, of those that a selector picks only the
// newest of each name. Warn is told of names that several have. Behaviour:
// filterBySelector in Nix's nix-env.cc.
func (e *Engine) SelectEnv(s *eval.State, pkgs []*Package, selectors []string, newest bool, warn func(string)) ([]*EnvPackage, error) {
	if len(selectors) == 0 {
		selectors = []string{"*"}
	}
	var picked []*EnvPackage
	done := make(map[*Package]bool)
	for _, text := range selectors {
		found, err := SelectPackages(pkgs, []string{text})
		if err != nil {
			return nil, err
		}
		matches := make([]*EnvPackage, len(found))
		for i, p := range found {
			matches[i] = NewEnvPackage(p)
		}
		if newest {
			var several []string
			matches, several = e.Newest(s, matches)
			for _, name := range several {
				warn(fmt.Sprintf("there are multiple derivations named '%s'; using the first one", name))
			}
		}
		for _, ep := range matches {
			if !done[ep.pkg] {
				done[ep.pkg] = true
				picked = append(picked, ep)
			}
		}
	}
	return picked, nil
}

// MatchName reports whether a selector of nix-env picks a name.
func MatchName(selector, name string) (bool, error) {
	return newSelector(selector).matches(&Package{Name: name})
}
