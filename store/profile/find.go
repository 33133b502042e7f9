package profile

import (
	"os"
	"path/filepath"
	"slices"
)

// Places says where to look for profiles.
type Places struct {
	Home      string   // the user's home directory; "" for none
	State     string   // where Nix keeps the user's profiles; by default Home/.local/state/nix
	StateDirs []string // of stores, such as "/nix/var/nix"
}

// Find returns the absolute names of all profiles in the places, those of the
// user first, without duplicates. What cannot be read is passed over.
//
// Behaviour: Nix manual, "Profiles".
func Find(places Places) []string {
	var found []string
	add := func(profile string) {
		if !slices.Contains(found, profile) {
			found = append(found, profile)
		}
	}
	state := places.State
	if state == "" && places.Home != "" {
		state = filepath.Join(places.Home, ".local", "state", "nix")
	}
	if state != "" {
		if p, ok := Resolve(filepath.Join(state, "profile")); ok {
			add(p)
		}
	}
	if places.Home != "" {
		if p, ok := Resolve(filepath.Join(places.Home, ".nix-profile")); ok {
			add(p)
		}
	}
	if state != "" {
		walk(filepath.Join(state, "profiles"), 2, add)
	}
	for _, dir := range places.StateDirs {
		walk(filepath.Join(dir, "profiles"), 3, add)
	}
	return found
}

// Resolve follows links from name to a profile, the link whose text is one of
// its own generations, and reports whether it came to one.
func Resolve(name string) (profile string, ok bool) {
	for range 10 {
		text, err := os.Readlink(name)
		if err != nil {
			return "", false
		}
		if numberOf(name, text) > 0 {
			return name, true
		}
		if !filepath.IsAbs(text) {
			text = filepath.Join(filepath.Dir(name), text)
		}
		name = text
	}
	return "", false
}

// walk calls add for the profiles in dir and, up to the given depth, in the
// directories below it.
func walk(dir string, depth int, add func(profile string)) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		if entry.Type()&os.ModeSymlink != 0 {
			if text, err := os.Readlink(name); err == nil && numberOf(name, text) > 0 {
				add(name)
			}
		} else if entry.IsDir() && depth > 1 {
			walk(name, depth-1, add)
		}
	}
}
