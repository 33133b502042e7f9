package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
)

// A Package is a store object to be merged into a profile.
type Package struct {
	Path     string // logical; need not be a whole store object
	Priority int    // the lower wins
}

// A ConflictError reports that two packages of one priority have a file of the
// same name.
type ConflictError struct {
	A, B     string // the files
	Priority int
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("Unable to build profile. There is a conflict for the following files:\n\n  %s\n  %s", store.QuoteFile(e.A), store.QuoteFile(e.B))
}

// BuildProfile makes the directory out, which must not exist, of symbolic
// links to what is in the packages. A directory that just one package has
// is one link; those that several have are merged. The packages that a package
// propagates come in behind all others. Warn, which may be nil, is told what is left out. Two
// files that cannot be merged are a [*ConflictError].
//
// Behaviour: Nix, buildenv.cc.
func BuildProfile(ctx context.Context, st store.Reader, out string, packages []Package, warn func(string)) error {
	return buildProfile(ctx, view{st: st, outside: host}, out, out, packages, warn)
}

func buildProfile(ctx context.Context, v view, out, name string, packages []Package, warn func(string)) error {
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	if warn == nil {
		warn = func(string) {}
	}
	m := &merger{ctx: ctx, view: v, out: out, name: name, warn: warn, priorities: map[string]int{}, done: map[string]bool{}}
	sorted := slices.Clone(packages)
	slices.SortStableFunc(sorted, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), strings.Compare(a.Path, b.Path))
	})
	for _, p := range sorted {
		if err := m.add(p.Path, p.Priority); err != nil {
			return err
		}
	}
	priority := firstPropagated
	for len(m.postponed) > 0 {
		next := m.postponed
		m.postponed = nil
		slices.Sort(next)
		for _, dir := range slices.Compact(next) {
			if err := m.add(dir, priority); err != nil {
				return err
			}
			priority++
		}
	}
	return nil
}

// firstPropagated is the priority of the first propagated package.
const firstPropagated = 1000

// buildEnv is builtin:buildenv: the packages and the manifest are in env.
func buildEnv(ctx context.Context, v view, env map[string]string, out string, warn func(string)) error {
	for _, name := range []string{"derivations", "manifest"} {
		if _, ok := env[name]; !ok {
			return fmt.Errorf("attribute '%s' missing", name)
		}
	}
	packages, err := parsePackages(env["derivations"])
	if err != nil {
		return err
	}
	if err := buildProfile(ctx, v, out, env["out"], packages, warn); err != nil {
		return err
	}
	return os.Symlink(env["manifest"], filepath.Join(out, "manifest.nix"))
}

// parsePackages reads the variable "derivations": for each, whether it is
// active, its priority, the number of its outputs and the outputs.
func parsePackages(text string) ([]Package, error) {
	words := strings.Fields(text)
	var packages []Package
	for len(words) > 0 {
		if len(words) < 3 {
			return nil, errors.New("attribute 'derivations' ends too early")
		}
		var numbers [2]int
		for i, word := range words[1:3] {
			var err error
			if numbers[i], err = strconv.Atoi(word); err != nil {
				return nil, fmt.Errorf("attribute 'derivations': got '%s', want a number", word)
			}
		}
		priority, count := numbers[0], numbers[1]
		if count < 0 || count > len(words)-3 {
			return nil, errors.New("attribute 'derivations' ends too early")
		}
		isActive := words[0] != "false"
		for _, output := range words[3 : 3+count] {
			if isActive {
				packages = append(packages, Package{Path: output, Priority: priority})
			}
		}
		words = words[3+count:]
	}
	return packages, nil
}

// A merger puts packages into a directory of links.
type merger struct {
	ctx        context.Context // of the one call that the merger lives for
	view       view
	out        string
	name       string // of out in messages
	warn       func(string)
	priorities map[string]int // of the links made so far, by where they are
	done       map[string]bool
	postponed  []string // packages that others propagate
}

// add merges one package.
func (m *merger) add(dir string, priority int) error {
	if m.done[dir] {
		return nil
	}
	m.done[dir] = true
	if err := m.merge(dir, m.out, priority); err != nil {
		return err
	}
	_, file, info, err := m.view.resolve(dir + "/nix-support/propagated-user-env-packages")
	if err != nil || !info.Mode().IsRegular() || file == "" {
		return nil // most have none
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, p := range strings.Fields(string(text)) {
		if !m.done[p] {
			m.postponed = append(m.postponed, p)
		}
	}
	return nil
}

// merge puts what is in the directory source into target.
func (m *merger) merge(source, target string, priority int) error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	_, real, info, err := m.view.resolve(source)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		m.warn(fmt.Sprintf("not including \"%s\" in the user environment because it's not a directory", source))
		return nil
	}
	if real == "" {
		return fmt.Errorf("cannot merge the directory %s, which is in no package", store.QuoteFile(source))
	}
	entries, err := os.ReadDir(real)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := m.mergeEntry(source+"/"+entry.Name(), filepath.Join(target, entry.Name()), priority); err != nil {
			return err
		}
	}
	return nil
}

// isHidden reports whether a file is not for profiles: it is for builds, or
// every package has one of its own.
func isHidden(source string) bool {
	for _, end := range []string{
		"/propagated-build-inputs", "/nix-support", "/perllocal.pod", "/info/dir",
		"/log", "/manifest.nix", "/manifest.json",
	} {
		if strings.HasSuffix(source, end) {
			return true
		}
	}
	return strings.HasPrefix(path.Base(source), ".")
}

// mergeEntry links target to source, or merges the two if both are
// directories.
func (m *merger) mergeEntry(source, target string, priority int) error {
	if isHidden(source) {
		return nil
	}
	_, _, info, err := m.view.resolve(source)
	if err != nil {
		m.warn(fmt.Sprintf("skipping dangling symlink '%s'", m.shown(target)))
		return nil
	}
	present, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return m.link(source, target, priority)
	case err != nil:
		return err
	case present.IsDir() && info.IsDir():
		return m.merge(source, target, priority)
	case present.IsDir():
		return fmt.Errorf("collision between non-directory '%s' and directory '%s'", source, m.shown(target))
	case info.IsDir():
		return m.unfold(source, target, priority)
	}
	before := m.priorities[target]
	if before == priority {
		other, err := os.Readlink(target)
		if err != nil {
			return err
		}
		return &ConflictError{A: other, B: source, Priority: priority}
	}
	if before < priority {
		return nil
	}
	if err := os.Remove(target); err != nil {
		return err
	}
	return m.link(source, target, priority)
}

// unfold replaces a link to a directory by a directory of links, to merge the
// directory source into it.
func (m *merger) unfold(source, target string, priority int) error {
	link, err := os.Readlink(target)
	if err != nil {
		return err
	}
	first, _, info, err := m.view.resolve(link)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("collision between %s and non-directory %s", store.QuoteFile(source), store.QuoteFile(first))
	}
	if err := os.Remove(target); err != nil {
		return err
	}
	if err := os.Mkdir(target, 0o755); err != nil {
		return err
	}
	if err := m.merge(first, target, m.priorities[target]); err != nil {
		return err
	}
	return m.merge(source, target, priority)
}

func (m *merger) link(source, target string, priority int) error {
	m.priorities[target] = priority
	return os.Symlink(source, target)
}

// shown returns what target is called in messages.
func (m *merger) shown(target string) string { return m.name + strings.TrimPrefix(target, m.out) }
