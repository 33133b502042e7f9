package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"nixbench/store"
	"nixbench/store/disk"
)

// A SwitchPlan says from which generation to which a profile is to be switched.
// It can be executed once.
type SwitchPlan struct {
	Profile string     // absolute name of the link
	From    Generation // the zero value if no generation is current
	To      Generation
	// Valid says whether To.Path is. If not, Execute refuses.
	Valid bool

	st   Store
	text string // of the profile's link when the plan was made
	done bool
}

// NewSwitch plans to switch profile to the generation with the given number.
// If there is none, errors.Is(err, ErrNoGeneration).
func NewSwitch(ctx context.Context, st Store, profile string, number int) (*SwitchPlan, error) {
	plan, err := newSwitch(ctx, st, profile, func(gens []Generation, _ Generation) int { return number })
	if err != nil {
		return nil, fmt.Errorf("switch profile %s to generation %d: %w", profile, number, err)
	}
	return plan, nil
}

// NewRollback plans to switch profile to the generation that the current one
// was made from, or if that is not known or gone, to the one numbered before it.
// If there is neither, errors.Is(err, ErrNoGeneration).
func NewRollback(ctx context.Context, st Store, profile string) (*SwitchPlan, error) {
	plan, err := newSwitch(ctx, st, profile, func(gens []Generation, current Generation) int {
		for _, gen := range gens {
			if gen.Number == current.Parent {
				return gen.Number
			}
		}
		return previous(gens, current)
	})
	if err != nil {
		return nil, fmt.Errorf("roll back profile %s: %w", profile, err)
	}
	return plan, nil
}

// NewPrevious plans to switch profile to the generation numbered before the
// current one, as nix profile rollback does. If there is none,
// errors.Is(err, ErrNoGeneration).
func NewPrevious(ctx context.Context, st Store, profile string) (*SwitchPlan, error) {
	plan, err := newSwitch(ctx, st, profile, previous)
	if err != nil {
		return nil, fmt.Errorf("roll back profile %s: %w", profile, err)
	}
	return plan, nil
}

// previous returns the number of the generation before the current one, 0 if
// there is none.
func previous(gens []Generation, current Generation) int {
	number := 0
	for _, gen := range gens {
		if gen.Number < current.Number {
			number = gen.Number
		}
	}
	return number
}

// newSwitch makes a plan whose goal is what choose returns.
func newSwitch(ctx context.Context, st Store, profile string, choose func(gens []Generation, current Generation) int) (*SwitchPlan, error) {
	plan := &SwitchPlan{Profile: profile, st: st}
	var err error
	if plan.text, err = linkText(profile); err != nil {
		return nil, err
	}
	gens, err := list(profile)
	if err != nil {
		return nil, err
	}
	for _, gen := range gens {
		if gen.Current {
			plan.From = gen
		}
	}
	goal := choose(gens, plan.From)
	for _, gen := range gens {
		if gen.Number == goal {
			plan.To = gen
		}
	}
	if plan.To.Number == 0 {
		return nil, ErrNoGeneration
	}
	if plan.Valid, err = st.IsValid(ctx, plan.To.Path); err != nil {
		return nil, err
	}
	return plan, nil
}

// Execute switches the profile. If the profile's link or that of plan.To
// changed since the plan was made it does nothing, and errors.Is(err,
// ErrChanged); if what plan.To leads to is not valid, errors.Is(err,
// store.ErrInvalidPath). It panics if called twice.
func (plan *SwitchPlan) Execute(ctx context.Context) error {
	if plan.done {
		panic("profile: plan executed twice")
	}
	plan.done = true
	if err := plan.execute(ctx); err != nil {
		return fmt.Errorf("switch profile %s to generation %d: %w", plan.Profile, plan.To.Number, err)
	}
	return nil
}

func (plan *SwitchPlan) execute(ctx context.Context) error {
	unlock, err := plan.st.LockFile(ctx, plan.Profile)
	if err != nil {
		return err
	}
	defer unlock()
	text, err := linkText(plan.Profile)
	if err != nil {
		return err
	}
	target, err := os.Readlink(plan.To.Link)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if text != plan.text || store.Path(target) != plan.To.Path {
		return ErrChanged
	}
	valid, err := plan.st.IsValid(ctx, plan.To.Path)
	if err != nil {
		return err
	}
	if !valid {
		return fmt.Errorf("%s: %w", plan.To.Path, store.ErrInvalidPath)
	}
	return relink(plan.Profile, filepath.Base(plan.To.Link))
}

// Set makes p the current generation of profile: a new one, whose parent is the
// current one, or the newest if that leads to p already. The directory of the
// profile is made if need be. P must be valid.
//
// Over a crash of the machine at any point the profile leads to the old
// generation or to the new one, complete.
func Set(ctx context.Context, st Store, profile string, p store.Path) (Generation, error) {
	return named(profile, p)(set(ctx, st, profile, p, nil))
}

// SetFrom is [Set] for what was made of the state in which [Current] returned before.
// If the profile leads elsewhere by now it does nothing, and
// errors.Is(err, ErrChanged).
func SetFrom(ctx context.Context, st Store, profile string, p store.Path, before string) (Generation, error) {
	return named(profile, p)(set(ctx, st, profile, p, &before))
}

// Current returns the text of the profile's link, "" if there is none.
func Current(profile string) (string, error) { return linkText(profile) }

// SwitchLink makes link, such as ~/.nix-profile, lead to a profile.
func SwitchLink(link, profile string) error {
	if info, err := os.Lstat(link); err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return fmt.Errorf("switch %s: it is not a symbolic link", link)
	}
	return relink(link, profile)
}

// named adds to an error of set what it was about.
func named(profile string, p store.Path) func(Generation, error) (Generation, error) {
	return func(gen Generation, err error) (Generation, error) {
		if err != nil {
			return Generation{}, fmt.Errorf("set profile %s to %s: %w", profile, p, err)
		}
		return gen, nil
	}
}

func set(ctx context.Context, st Store, profile string, p store.Path, before *string) (Generation, error) {
	valid, err := st.IsValid(ctx, p)
	if err != nil {
		return Generation{}, err
	}
	if !valid {
		return Generation{}, store.ErrInvalidPath
	}
	dir := filepath.Dir(profile)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Generation{}, err
	}
	unlock, err := st.LockFile(ctx, profile)
	if err != nil {
		return Generation{}, err
	}
	defer unlock()
	if text, err := linkText(profile); err != nil {
		return Generation{}, err
	} else if before != nil && text != *before {
		return Generation{}, ErrChanged
	}
	gens, err := list(profile)
	if err != nil {
		return Generation{}, err
	}
	number, parent := 1, 0
	for _, gen := range gens {
		number = gen.Number + 1
		if gen.Current {
			parent = gen.Number
		}
	}
	if len(gens) > 0 && gens[len(gens)-1].Path == p {
		number--
	} else if err := makeGeneration(ctx, st, profile, number, parent, p); err != nil {
		return Generation{}, err
	}
	if err := relink(profile, filepath.Base(linkName(profile, number))); err != nil {
		return Generation{}, err
	}
	gen, err := read(profile, number)
	gen.Current = true
	return gen, err
}

// makeGeneration makes the link of a new generation, durably.
func makeGeneration(ctx context.Context, st Store, profile string, number, parent int, p store.Path) error {
	if err := st.Sync(ctx); err != nil {
		return err
	}
	// What is noted about an earlier generation of that number is not about this one.
	if err := errors.Join(removeNote(labelName(profile, number)), removeNote(pinName(profile, number))); err != nil {
		return err
	}
	if parent > 0 {
		if err := writeFile(parentName(profile, number), strconv.Itoa(parent)+"\n"); err != nil {
			return err
		}
	} else if err := removeNote(parentName(profile, number)); err != nil {
		return err
	}
	if err := st.AddPermRoot(ctx, p, linkName(profile, number)); err != nil {
		return err
	}
	return disk.Sync(filepath.Dir(profile))
}

// relink makes link lead to text in one step, durably.
func relink(link, text string) error {
	temp, err := tempName(link)
	if err != nil {
		return err
	}
	if err := disk.ReplaceLink(link, temp, text); err != nil {
		return err
	}
	return disk.Sync(filepath.Dir(link))
}

// writeFile makes a file with the given contents in one step.
func writeFile(name, contents string) error {
	temp, err := tempName(name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(temp, []byte(contents), 0o644); err != nil {
		os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// tempName returns an unused name beside name. What a crash leaves under it is
// replaced by the next use: only the holder of the profile's lock makes one.
func tempName(name string) (string, error) {
	temp := filepath.Join(filepath.Dir(name), ".tmp-"+filepath.Base(name))
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return temp, nil
}
