package engine

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/profile"
)

// Profiles returns the absolute names of the profiles of this user and of the
// stores, without duplicates. If the store that is built into is not the
// machine's, its own come first.
func (e *Engine) Profiles() []string {
	places := profile.Places{Home: e.getenv("HOME"), State: e.NixState()}
	own := e.store.StateDir()
	if own == e.machineState() {
		places.StateDirs = []string{own}
		return profile.Find(places)
	}
	found := profile.Find(profile.Places{StateDirs: []string{own}})
	if e.machine != nil {
		places.StateDirs = []string{e.machine.StateDir()}
	}
	for _, p := range profile.Find(places) {
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

// machineState returns the state directory of the machine's own store.
func (e *Engine) machineState() string { return cmp.Or(e.getenv("NIX_STATE_DIR"), "/nix/var/nix") }

// DefaultProfile returns the profile that commands work on if none is named: what the user's
// link leads to, be it there or not, or in a store of one's own, the store's.
func (e *Engine) DefaultProfile() string {
	if e.store.StateDir() != e.machineState() {
		return filepath.Join(e.store.StateDir(), "profiles", "profile")
	}
	link := e.ProfileLink()
	target, err := os.Readlink(link)
	switch {
	case err != nil:
		return filepath.Join(e.userProfiles(), "profile")
	case !filepath.IsAbs(target):
		return filepath.Join(filepath.Dir(link), target)
	}
	return target
}

// userProfiles returns the directory that Nix keeps this user's profiles in.
// Behaviour: profilesDir in Nix's profiles.cc.
func (e *Engine) userProfiles() string {
	if os.Geteuid() == 0 && e.store.StateDir() == e.machineState() {
		return filepath.Join(e.machineState(), "profiles", "per-user", "root")
	}
	return filepath.Join(e.NixState(), "profiles")
}

// OldGenerationDirs returns the directories in which, and below which, nix-collect-garbage
// deletes old generations: each once, though one may lie in another, sorted.
// Behaviour: nix-collect-garbage.cc.
func (e *Engine) OldGenerationDirs() []string {
	dirs := []string{e.userProfiles(), filepath.Join(e.store.StateDir(), "profiles"), filepath.Dir(e.DefaultProfile())}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// NixState returns the directory that Nix keeps the user's profiles in: $NIX_STATE_HOME, or
// nix in that of [Engine.StateHome].
func (e *Engine) NixState() string {
	if dir := e.getenv("NIX_STATE_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(e.StateHome(), "nix")
}

// StateHome returns $XDG_STATE_HOME or its default.
func (e *Engine) StateHome() string {
	if dir := e.getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(e.getenv("HOME"), ".local", "state")
}

// PlanSwitch plans to switch a profile to a generation; see [profile.NewSwitch].
func (e *Engine) PlanSwitch(ctx context.Context, name string, number int) (*profile.SwitchPlan, error) {
	return profile.NewSwitch(ctx, e.profileStore(), name, number)
}

// PlanRollback plans to switch a profile back to the generation that the
// current one was made from; see [profile.NewRollback].
func (e *Engine) PlanRollback(ctx context.Context, name string) (*profile.SwitchPlan, error) {
	return profile.NewRollback(ctx, e.profileStore(), name)
}

// PlanPrevious plans to switch a profile to the generation before the current
// one; see [profile.NewPrevious].
func (e *Engine) PlanPrevious(ctx context.Context, name string) (*profile.SwitchPlan, error) {
	return profile.NewPrevious(ctx, e.profileStore(), name)
}

// PlanDelete plans to delete generations of a profile; see [profile.NewDelete].
func (e *Engine) PlanDelete(ctx context.Context, name string, rule profile.Rule) (*profile.DeletePlan, error) {
	return profile.NewDelete(ctx, e.profileStore(), name, rule)
}

// SetProfile makes p the current generation of a profile; see [profile.Set].
func (e *Engine) SetProfile(ctx context.Context, name string, p store.Path) (profile.Generation, error) {
	if err := e.Flush(ctx); err != nil {
		return profile.Generation{}, err
	}
	if err := e.adopt(ctx, p); err != nil {
		return profile.Generation{}, err
	}
	return profile.Set(ctx, e.store, name, p)
}

// SetProfileFrom is [Engine.SetProfile] for what was made of the state of the profile
// that before says; see [profile.SetFrom].
func (e *Engine) SetProfileFrom(ctx context.Context, name string, p store.Path, before string) (profile.Generation, error) {
	if err := e.Flush(ctx); err != nil {
		return profile.Generation{}, err
	}
	if err := e.adopt(ctx, p); err != nil {
		return profile.Generation{}, err
	}
	return profile.SetFrom(ctx, e.store, name, p, before)
}

// PinGeneration says whether a generation may not be deleted; see [profile.SetPinned].
func (e *Engine) PinGeneration(ctx context.Context, name string, number int, pinned bool) error {
	return profile.SetPinned(ctx, e.store, name, number, pinned)
}

// LabelGeneration gives a generation a label; see [profile.SetLabel].
func (e *Engine) LabelGeneration(ctx context.Context, name string, number int, label string) error {
	return profile.SetLabel(ctx, e.store, name, number, label)
}

// A RootError reports that there can be no root at a place.
type RootError = local.RootError

// AddRoot makes link lead to p, and be a root for as long as it does.
func (e *Engine) AddRoot(ctx context.Context, p store.Path, link string) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	if err := e.adopt(ctx, p); err != nil {
		return err
	}
	return e.store.AddPermRoot(ctx, p, link)
}
