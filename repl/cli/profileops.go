package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/profile"
)

// This file is what nix profile changes.

// profileMatchFlags pick packages of a profile.
func profileMatchFlags() []flag {
	return slices.Concat(profileFlags[:1], []flag{
		{[]string{"--all"}, nil, "all packages", on(func(inv *invocation) *bool { return &inv.all })},
		{[]string{"--regex"}, []string{"PATTERN"}, "packages that a regular expression matches; may be repeated", func(inv *invocation, args []string) error {
			inv.patterns = append(inv.patterns, args[0])
			return nil
		}},
	})
}

// profileAddFlags are those of nix profile add.
func profileAddFlags() []flag {
	return slices.Concat(profileFlags[:1], []flag{
		{[]string{"--priority"}, []string{"N"}, "the priority of the packages, default 5; lower wins", text1(func(inv *invocation) *string { return &inv.envChange.priority })},
	}, sourceFlags)
}

// currentManifest returns the manifest of the current generation of a profile; one
// without packages if there is none.
func currentManifest(ctx context.Context, eng *engine.Engine, name string) (*engine.Manifest, error) {
	gens, err := profile.List(name)
	if err != nil {
		return nil, err
	}
	for _, gen := range gens {
		if gen.Current {
			return eng.ReadManifest(ctx, gen.Path)
		}
	}
	return &engine.Manifest{Version: 3, Elements: make(map[string]engine.Element)}, nil
}

// runProfileAdd is `nixbench profile add`.
func runProfileAdd(ctx context.Context, inv *invocation) error {
	priority := engine.DefaultPriority
	if inv.envChange.priority != "" {
		var err error
		if priority, err = strconv.Atoi(inv.envChange.priority); err != nil {
			return inv.cmd.usage("'%s' is not an integer", inv.envChange.priority)
		}
	}
	if inv.env.nixName() == "nix" && inv.cmd.name == "profile install" {
		inv.warn("'install' is a deprecated alias for 'add'")
	}
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		manifest, err := currentManifest(ctx, eng, name)
		if err != nil {
			return err
		}
		for _, arg := range inv.orWhole(slices.Concat(inv.attrs, inv.args)) {
			elem, err := inv.element(ctx, eng, arg)
			if err != nil {
				return err
			}
			elem.Priority = priority
			manifest.Add(elem)
		}
		return inv.updateProfile(ctx, eng, name, manifest)
	})
}

// element realises what an argument stands for and returns it as a package.
func (inv *invocation) element(ctx context.Context, eng *engine.Engine, arg string) (engine.Element, error) {
	elem := engine.Element{Active: true}
	insts, err := inv.installables(ctx, eng, []string{arg})
	if err != nil {
		return elem, err
	}
	result, err := inv.realise(ctx, eng, targetsOf(insts))
	if err != nil {
		return elem, exitOne(err)
	}
	for _, outcome := range result.Outcomes {
		if outcome.Target.Outputs == nil {
			elem.StorePaths = append(elem.StorePaths, outcome.Target.Path)
		}
		for _, p := range outcome.Outputs {
			elem.StorePaths = append(elem.StorePaths, p)
		}
	}
	elem.StorePaths = store.SortUnique(elem.StorePaths)
	return elem, nil
}

// updateProfile makes a manifest the current generation of a profile.
func (inv *invocation) updateProfile(ctx context.Context, eng *engine.Engine, name string, manifest *engine.Manifest) error {
	manifest.Version = 3
	p, err := eng.MakeProfile(ctx, manifest)
	var conflict *engine.ConflictError
	if errors.As(err, &conflict) {
		return inv.describeConflict(manifest, conflict, err)
	}
	if err != nil {
		return err
	}
	_, err = eng.SetProfile(ctx, name, p)
	return err
}

// describeConflict says in Nix's words that two packages have a file of one name. The
// first one by name counts as the older.
func (inv *invocation) describeConflict(manifest *engine.Manifest, conflict *engine.ConflictError, err error) error {
	find := func(names []string) (file, name string, refs []string) {
		for _, name := range names {
			elem := manifest.Elements[name]
			for _, p := range elem.StorePaths {
				for _, file := range []string{conflict.A, conflict.B} {
					if strings.HasPrefix(file, string(p)) {
						return file, name, elem.Installables()
					}
				}
			}
		}
		return "", "", nil
	}
	names := manifest.Names()
	oldFile, oldName, _ := find(names)
	slices.Reverse(names)
	newFile, _, refs := find(names)
	if oldFile == "" || newFile == "" {
		return err
	}
	ref := strings.Join(refs, " ")
	return fmt.Errorf(`An existing package already provides the following file:

  %s

This is the conflicting file from the new package:

  %s

To remove the existing package:

  nix profile remove %s

The new package can also be added next to the existing one by assigning a different priority.
The conflicting packages have a priority of %d.
To prioritise the new package:

  nix profile add %s --priority %d

To prioritise the existing package:

  nix profile add %s --priority %d`, store.QuoteFile(oldFile), store.QuoteFile(newFile), oldName, conflict.Priority, ref, conflict.Priority-1, ref, conflict.Priority+1) //nolint:staticcheck // Nix's words
}

// A matcher picks packages of a profile.
type matcher struct {
	title string
	match func(name string, elem engine.Element) bool
}

// matchers returns what the arguments pick packages by.
func (inv *invocation) matchers(dir store.Dir) ([]matcher, error) {
	var all []matcher
	if inv.all {
		all = append(all, matcher{"--all", func(string, engine.Element) bool { return true }})
	}
	for _, pattern := range inv.patterns {
		re, err := regexp.Compile("(?is)^(?:" + pattern + ")$")
		if err != nil {
			return nil, inv.cmd.usage("regular expression '%s': %v", pattern, err)
		}
		all = append(all, matcher{"Regex '" + pattern + "'", func(_ string, elem engine.Element) bool { return re.MatchString(elem.Identifier()) }})
	}
	for _, arg := range inv.args {
		p, err := dir.ParsePath(arg)
		switch n, notNumber := strconv.ParseUint(arg, 10, 64); {
		case notNumber == nil:
			return nil, fmt.Errorf("'nix profile' no longer supports indices ('%d')", n)
		case err == nil:
			all = append(all, matcher{"Store path '" + p.Base() + "'", func(_ string, elem engine.Element) bool { return slices.Contains(elem.StorePaths, p) }})
		default:
			all = append(all, matcher{"Package name '" + arg + "'", func(name string, _ engine.Element) bool { return name == arg }})
		}
	}
	switch {
	case len(all) == 0:
		return nil, inv.cmd.usage("No packages specified.")
	case inv.all && len(all) > 1:
		return nil, inv.cmd.usage("--all cannot be used with package names or regular expressions.")
	}
	return all, nil
}

// matching returns the names of the packages that the arguments pick, sorted.
func (inv *invocation) matching(dir store.Dir, manifest *engine.Manifest) ([]string, error) {
	matchers, err := inv.matchers(dir)
	if err != nil {
		return nil, err
	}
	if len(manifest.Elements) == 0 {
		inv.warn("There are no packages in the profile.")
		return nil, nil
	}
	picked := make(map[string]bool)
	for _, m := range matchers {
		found := false
		for _, name := range manifest.Names() {
			if m.match(name, manifest.Elements[name]) {
				picked[name], found = true, true
			}
		}
		if !found {
			inv.warn(text.SanitiseName(m.title) + " does not match any packages in the profile.")
		}
	}
	return slices.Sorted(maps.Keys(picked)), nil
}

// picked returns the manifest of a profile and the names of the packages in it that
// the arguments match. That there are none, to be removed or upgraded, is warned of.
func (inv *invocation) picked(ctx context.Context, eng *engine.Engine, profile, verb string) (*engine.Manifest, []string, error) {
	manifest, err := currentManifest(ctx, eng, profile)
	if err != nil {
		return nil, nil, err
	}
	names, err := inv.matching(eng.Store().Dir(), manifest)
	if err == nil && len(names) == 0 {
		inv.warn("No packages to " + verb + ". Use 'nix profile list' to see the current profile.")
	}
	return manifest, names, err
}

// runProfileRemove is `nixbench profile remove`.
func runProfileRemove(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		manifest, names, err := inv.picked(ctx, eng, name, "remove")
		if err != nil || len(names) == 0 {
			return err
		}
		for _, elem := range names {
			inv.notice("removing '%s'", text.SanitiseName(manifest.Elements[elem].Identifier()))
			delete(manifest.Elements, elem)
		}
		inv.say("removed %d packages, kept %d packages", len(names), len(manifest.Elements))
		return inv.updateProfile(ctx, eng, name, manifest)
	})
}

// runProfileUpgrade is `nixbench profile upgrade`. What does not come from a flake
// cannot be upgraded, and flakes are not evaluated yet.
func runProfileUpgrade(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		manifest, names, err := inv.picked(ctx, eng, name, "upgrade")
		if err != nil || len(names) == 0 {
			return err
		}
		for _, elem := range names {
			e := manifest.Elements[elem]
			if e.Source != nil {
				return fmt.Errorf("upgrade '%s': flakes such as '%s' cannot be evaluated yet", elem, text.SanitiseName(e.Source.OriginalURL))
			}
			inv.warn(fmt.Sprintf("Found package '%s', but it was not added from a flake, so it can't be checked for upgrades!", text.SanitiseName(e.Identifier())))
		}
		inv.warn("Found some packages but none of them could be upgraded.")
		return nil
	})
}

// runProfileWipe is `nixbench profile wipe-history`.
func runProfileWipe(ctx context.Context, inv *invocation) error {
	rule, err := inv.oldRule(inv.olderThan)
	if err != nil {
		return err
	}
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		return inv.deleteGenerations(ctx, eng, name, rule)
	})
}
