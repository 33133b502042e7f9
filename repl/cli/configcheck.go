package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// runConfigCheck is `nixbench config check`.
//
// Behaviour: Nix, config-check.cc.
func runConfigCheck(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	info, err := eng.StoreInfo(ctx)
	if err != nil {
		return err
	}
	inv.inform("Running checks against store uri: " + info.URL)
	dirs := filepath.SplitList(inv.env.Getenv("PATH"))
	passed := inv.check(oneNix(dirs))
	passed = inv.check(profilesAreRoots(eng, dirs)) && passed
	inv.check("Client protocol matches store protocol.", true) // or it would not have answered
	switch {
	case info.Trusted == nil:
		inv.remark("Store uri: " + info.URL + " doesn't have a notion of trusted user")
	case *info.Trusted:
		inv.remark("You are trusted by store uri: " + info.URL)
	default:
		inv.remark("You are not trusted by store uri: " + info.URL)
	}
	if !passed {
		return &ExitError{Status: 2}
	}
	return nil
}

// check tells the outcome of a check, and returns it.
func (inv *invocation) check(what string, passed bool) bool {
	head := syntax.Green.Paint("[PASS] ")
	if !passed {
		head = syntax.Red.Paint("[FAIL] ")
	}
	inv.inform(head + what)
	return passed
}

func (inv *invocation) remark(what string) { inv.inform(syntax.Blue.Paint("[INFO] ") + what) }

// oneNix checks that the directories of PATH have one Nix.
func oneNix(dirs []string) (what string, passed bool) {
	var found []string
	for _, dir := range dirs {
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "nix-env")); err == nil {
			found = append(found, filepath.Dir(real))
		}
	}
	slices.Sort(found)
	switch found = slices.Compact(found); len(found) {
	case 0:
		return "No nix-env found in PATH.", false
	case 1:
		return "PATH contains only one nix version.", true
	}
	return "Multiple versions of nix found in PATH:\n" + listed(found), false
}

// profilesAreRoots checks that the directories of PATH that are in a user environment are
// those of a profile, which a collection knows.
func profilesAreRoots(eng *engine.Engine, dirs []string) (what string, passed bool) {
	var found []string
	for _, dir := range dirs {
		profile := filepath.Dir(dir)
		real, err := filepath.EvalSymlinks(profile)
		if err != nil || !isUserEnv(eng, real) {
			continue
		}
		for !inProfiles(profile) {
			target, err := os.Readlink(profile)
			if err != nil {
				found = append(found, dir)
				break
			}
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(profile), target)
			}
			profile = filepath.Clean(target)
		}
	}
	if len(found) == 0 {
		return "All profiles are gcroots.", true
	}
	slices.Sort(found)
	return "Found profiles outside of " + eng.NixState() + "/profiles.\n" +
		"The generation this profile points to might not have a gcroot and could be\n" +
		"garbage collected, resulting in broken symlinks.\n\n" + listed(slices.Compact(found)) + "\n", false
}

func isUserEnv(eng *engine.Engine, dir string) bool {
	_, err := eng.Store().Dir().ParsePath(dir)
	return err == nil && strings.HasSuffix(dir, "user-environment")
}

// inProfiles reports whether one of the directories of a path is called profiles.
func inProfiles(path string) bool { return slices.Contains(strings.Split(path, "/"), "profiles") }

// listed returns directories, a line each.
func listed(dirs []string) string {
	var b strings.Builder
	for _, dir := range dirs {
		b.WriteString("  " + store.QuoteFile(dir) + "\n")
	}
	return b.String()
}
