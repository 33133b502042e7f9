package desk

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/inspect/diff"
	"nixbench/store/profile"

	"golang.org/x/sys/unix"
)

// A Profile is a link to generations.
type Profile struct {
	Link string // absolute
	Name string // for people
	// ReadOnly says why it cannot be changed, with the command that could;
	// "" if it can.
	ReadOnly string
	// Activate is what to run after a switch, such as "bin/switch-to-
	// configuration switch"; "" for nothing.
	Activate string
}

// A Generation is a generation with what the machine has to do with it.
type Generation struct {
	profile.Generation
	Running bool // it is the running system
	Booted  bool // the machine was booted with it
	// System is what it says of itself if it is a NixOS.
	System diff.System
}

// profiles are the links of all profiles: the one of Options, those that can be
// changed, those of the machine, those of other users.
func (d *Desk) profiles() []string {
	found := d.eng.Profiles()
	rank := func(link string) int {
		if unix.Access(filepath.Dir(link), unix.W_OK) == nil {
			return 0
		}
		return strings.Count(link, "/")
	}
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	if first := d.opts.Profile; first != "" {
		found = slices.DeleteFunc(found, func(name string) bool { return name == first })
		found = append([]string{first}, found...)
	}
	return found
}

// ProfileList lists the profiles of this user and this machine.
func (d *Desk) ProfileList(context.Context) ([]Profile, error) {
	var out []Profile
	for _, link := range d.profiles() {
		p := Profile{Link: link, Name: d.profileName(link)}
		if err := unix.Access(filepath.Dir(link), unix.W_OK); err != nil {
			p.ReadOnly = fmt.Sprintf("not yours to change: sudo nixbench profile rollback --profile %s", link)
		}
		target, err := os.Readlink(link)
		if err == nil {
			p.Activate = activation(filepath.Join(filepath.Dir(link), target))
		}
		out = append(out, p)
	}
	return out, nil
}

// profileName is short: "system", "root/channels", "home-manager".
func (d *Desk) profileName(link string) string {
	base, dir := filepath.Base(link), filepath.Base(filepath.Dir(link))
	if dir == "profiles" {
		return base
	}
	return dir + "/" + base
}

// activation returns what makes a generation take effect, "" for nothing.
func activation(dir string) string {
	for _, a := range []struct{ file, command string }{
		{"bin/switch-to-configuration", "bin/switch-to-configuration switch"}, {"activate", "activate"},
	} {
		if _, err := os.Stat(filepath.Join(dir, a.file)); err == nil {
			return a.command
		}
	}
	return ""
}

// Generations lists the generations of the profile with that link, by number.
func (d *Desk) Generations(_ context.Context, link string) ([]Generation, error) {
	gens, err := profile.List(link)
	if err != nil {
		return nil, err
	}
	running, _ := d.eng.ResolveLink("/run/current-system", "/run/current-system")
	booted, _ := d.eng.ResolveLink("/run/booted-system", "/run/booted-system")
	files := d.files()
	out := make([]Generation, len(gens))
	for i, gen := range gens {
		out[i] = Generation{
			Generation: gen,
			System:     files.System(gen.Path),
			Running:    running != "" && gen.Path == running, Booted: booted != "" && gen.Path == booted,
		}
	}
	return out, nil
}

// SwitchPlan says what switching to a generation would do.
func (d *Desk) SwitchPlan(ctx context.Context, link string, number int) (*profile.SwitchPlan, error) {
	return d.eng.PlanSwitch(ctx, link, number)
}

// RollbackPlan says what rolling back to the parent generation would do.
func (d *Desk) RollbackPlan(ctx context.Context, link string) (*profile.SwitchPlan, error) {
	return d.eng.PlanRollback(ctx, link)
}

// DeletePlan says which generations a rule would delete.
func (d *Desk) DeletePlan(ctx context.Context, link string, rule profile.Rule) (*profile.DeletePlan, error) {
	return d.eng.PlanDelete(ctx, link, rule)
}

// AnnotateGeneration sets the label and the pin of a generation.
func (d *Desk) AnnotateGeneration(ctx context.Context, link string, number int, label string, pinned bool) error {
	if err := d.eng.LabelGeneration(ctx, link, number, label); err != nil {
		return err
	}
	return d.eng.PinGeneration(ctx, link, number, pinned)
}
