package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"nixbench/store"
)

// ErrChanged reports that a profile changed since a plan for it was made.
var ErrChanged = errors.New("profile has changed since the plan was made")

// ErrNoGeneration reports that a profile has no such generation.
var ErrNoGeneration = errors.New("no such generation")

// A Store is what changing a profile needs of a store.
type Store interface {
	// IsValid reports whether the store has p.
	IsValid(ctx context.Context, p store.Path) (bool, error)
	// AddPermRoot makes link, an absolute name outside the store, lead to p and
	// be a root for as long as it does.
	AddPermRoot(ctx context.Context, p store.Path, link string) error
	// Sync returns once all that is valid now stays so over a crash of the
	// machine.
	Sync(ctx context.Context) error
	// LockFile waits until no other process holds the lock file+".lock", and
	// holds it until unlock is called.
	LockFile(ctx context.Context, file string) (unlock func(), err error)
}

// A Generation is one state of a profile.
type Generation struct {
	Number  int
	Link    string     // absolute name of P-N-link
	Path    store.Path // where Link leads; need not be valid, nor a store path
	Created time.Time
	Current bool
	Parent  int    // the generation it was made from; 0 if not known
	Label   string // a line about it, or ""
	Pinned  bool   // it is not deleted
}

// List returns the generations of a profile, given by the absolute name of its
// link, by number. A profile that does not exist has none.
func List(profile string) ([]Generation, error) {
	gens, err := list(profile)
	if err != nil {
		return nil, fmt.Errorf("list generations of %s: %w", profile, err)
	}
	return gens, nil
}

func list(profile string) ([]Generation, error) {
	entries, err := os.ReadDir(filepath.Dir(profile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	current, err := currentNumber(profile)
	if err != nil {
		return nil, err
	}
	var gens []Generation
	for _, entry := range entries {
		number, ok := parseLink(filepath.Base(profile), entry.Name())
		if !ok {
			continue
		}
		gen, err := read(profile, number)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		} else if err != nil {
			return nil, err
		}
		gen.Current = number == current
		gens = append(gens, gen)
	}
	slices.SortFunc(gens, func(a, b Generation) int { return a.Number - b.Number })
	return gens, nil
}

// read returns generation number of profile; Current is not filled in.
func read(profile string, number int) (Generation, error) {
	gen := Generation{Number: number, Link: linkName(profile, number)}
	info, err := os.Lstat(gen.Link)
	if err != nil {
		return Generation{}, err
	}
	target, err := os.Readlink(gen.Link)
	if err != nil {
		return Generation{}, err
	}
	gen.Created, gen.Path = info.ModTime(), store.Path(target)
	readNotes(profile, &gen)
	return gen, nil
}

// linkText returns where the profile's link leads, "" if there is none.
func linkText(profile string) (string, error) {
	text, err := os.Readlink(profile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return text, err
}

// currentNumber returns the number of the generation that the profile's link
// leads to, 0 if none.
func currentNumber(profile string) (int, error) {
	text, err := linkText(profile)
	if err != nil {
		return 0, err
	}
	return numberOf(profile, text), nil
}

// numberOf returns the generation that the profile's link leads to if its text
// is this, 0 if to none.
func numberOf(profile, text string) int {
	if filepath.Dir(text) == filepath.Dir(profile) {
		text = filepath.Base(text)
	}
	number, _ := parseLink(filepath.Base(profile), text)
	return number
}

func linkName(profile string, number int) string {
	return profile + "-" + strconv.Itoa(number) + "-link"
}

func parentName(profile string, number int) string {
	return profile + "-" + strconv.Itoa(number) + "-parent"
}

// parseLink returns the number N if name is "base-N-link".
func parseLink(base, name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, base+"-")
	if !ok {
		return 0, false
	}
	digits, ok := strings.CutSuffix(rest, "-link")
	if !ok || digits == "" || digits[0] == '+' || digits[0] == '-' {
		return 0, false
	}
	number, err := strconv.Atoi(digits)
	return number, err == nil && number > 0
}

func readParent(profile string, gen *Generation) int {
	text, ok := readNote(parentName(profile, gen.Number), gen.Created)
	if !ok {
		return 0
	}
	parent, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || parent < 0 {
		return 0
	}
	return parent
}
