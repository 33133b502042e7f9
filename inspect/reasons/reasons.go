// Package reasons says why derivations have to be built: because nothing of the kind was
// built before, or because something differs from what was, in them or in what they are
// built of.
package reasons

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"nixbench/inspect/version"
	"nixbench/store"
	"nixbench/store/drv"
)

// A Build is a derivation that has to be built.
type Build struct {
	Drv   store.Path   // valid
	Needs []store.Path // derivations that have to be built before
}

// A Reason is why one is built.
type Reason struct {
	Drv store.Path
	// Before is the derivation of the newest output in the store of that package, of the
	// same version if there is one; "" if there is none. It may be Drv itself: then other
	// outputs of it are gone.
	Before store.Path
	// Changed are what differs from Before in itself, in words: "env.CFLAGS", "source
	// words.txt", "input zlib-1.2 -> zlib-1.3".
	Changed []string
	// Because are those of the needs that Before was built of in another form, or not
	// at all.
	Because []store.Path
}

// A Reader reads a derivation. For one that is not valid, errors.Is(err,
// store.ErrInvalidPath).
type Reader func(context.Context, store.Path) (*drv.Derivation, error)

// Explain finds the reasons for builds, one for each, from the graph of the store.
func Explain(ctx context.Context, g *store.Graph, read Reader, builds []Build) ([]Reason, error) {
	before := newest(g, builds)
	out := make([]Reason, len(builds))
	for i, b := range builds {
		out[i].Drv = b.Drv
		old := before.of(b.Drv)
		if old == "" {
			continue
		}
		d, err := read(ctx, old)
		if errors.Is(err, store.ErrInvalidPath) {
			continue
		} else if err != nil {
			return nil, err
		}
		now, err := read(ctx, b.Drv)
		if err != nil {
			return nil, err
		}
		out[i].Before = old
		out[i].Changed, out[i].Because = compare(d, now, b.Needs)
	}
	return out, nil
}

// built are the derivers of the outputs that were registered last, of those whose deriver
// is valid, by the names of derivations and by packages.
type built struct{ names, packages map[string]last }

// A last is the newest of its kind.
type last struct {
	drv  store.Path // "" for none yet
	when int64
}

// of is the newest one of the same name, or else of the same package; "" for none.
func (b *built) of(p store.Path) store.Path {
	return cmp.Or(b.names[drv.NameOf(p)].drv, b.packages[version.PackageOf(p)].drv)
}

// newest finds what was built last of the kinds of builds.
func newest(g *store.Graph, builds []Build) *built {
	found := &built{make(map[string]last, len(builds)), make(map[string]last, len(builds))}
	for _, b := range builds {
		found.names[drv.NameOf(b.Drv)], found.packages[version.PackageOf(b.Drv)] = last{when: -1}, last{when: -1}
	}
	for i := range g.Paths {
		d, ok := g.Deriver(int32(i))
		if !ok {
			continue
		}
		this := last{g.Paths[d], g.Registered[i]}
		name := version.PackageOf(this.drv)
		before, ok := found.packages[name]
		if !ok {
			continue
		}
		if this.when > before.when {
			found.packages[name] = this
		}
		name = drv.NameOf(this.drv)
		if before, ok := found.names[name]; ok && this.when > before.when {
			found.names[name] = this
		}
	}
	return found
}

// compare says what differs between what was built and what is to be, and which of needs
// that is because of.
func compare(old, d *drv.Derivation, needs []store.Path) (changed []string, because []store.Path) {
	var gone, added []store.Path
	for p := range old.InputDrvs {
		if _, ok := d.InputDrvs[p]; !ok {
			gone = append(gone, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(d.InputDrvs)) {
		switch _, ok := old.InputDrvs[p]; {
		case ok:
		case slices.Contains(needs, p):
			because = append(because, p)
			gone = without(gone, p)
		default:
			added = append(added, p)
		}
	}
	slices.Sort(gone)
	changed = append(changed, fields(old, d)...)
	for _, p := range added {
		from := counterpart(gone, p)
		gone = without(gone, p)
		switch {
		case from == "":
			changed = append(changed, "input "+drv.NameOf(p)+" is new")
		case drv.NameOf(from) == drv.NameOf(p):
			changed = append(changed, "input "+drv.NameOf(p))
		default:
			changed = append(changed, "input "+drv.NameOf(from)+" -> "+drv.NameOf(p))
		}
	}
	for _, p := range gone {
		changed = append(changed, "input "+drv.NameOf(p)+" is gone")
	}
	return changed, because
}

// counterpart is what p was before, "" for nothing.
func counterpart(gone []store.Path, p store.Path) store.Path {
	if i := slices.IndexFunc(gone, func(q store.Path) bool { return version.PackageOf(q) == version.PackageOf(p) }); i >= 0 {
		return gone[i]
	}
	return ""
}

// without is gone without the counterpart of p.
func without(gone []store.Path, p store.Path) []store.Path {
	from := counterpart(gone, p)
	return slices.DeleteFunc(gone, func(q store.Path) bool { return q == from })
}

// objects are what names objects of the store, wherever it is.
var objects = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-df-np-sv-z]{32}-([0-9a-zA-Z+._?=-]+)`)
})

// plain is s with the packages of store paths in place of their digests and versions:
// that these differ is said of the inputs.
func plain(s string) string {
	return objects().ReplaceAllStringFunc(s, func(object string) string {
		name, _, _ := version.Split(object[33:])
		return name
	})
}

// fields lists the parts of a derivation itself that differ.
func fields(a, b *drv.Derivation) []string {
	var out []string
	add := func(name string, differs bool) {
		if differs {
			out = append(out, name)
		}
	}
	add("system", a.System != b.System)
	add("builder", plain(a.Builder) != plain(b.Builder))
	add("args", plain(strings.Join(a.Args, "\x00")) != plain(strings.Join(b.Args, "\x00")))
	for _, name := range keys(a.Env, b.Env) {
		x, hadIt := a.Env[name]
		y, hasIt := b.Env[name]
		if _, isOutput := b.Outputs[store.OutputName(name)]; isOutput {
			continue // where it goes follows from the rest
		}
		add("env."+name, hadIt != hasIt || plain(x) != plain(y))
	}
	add("structured attributes", plain(a.StructuredAttrs) != plain(b.StructuredAttrs))
	for _, p := range b.InputSrcs {
		add("source "+p.Name(), !slices.Contains(a.InputSrcs, p))
	}
	for _, p := range a.InputSrcs {
		isSame := func(q store.Path) bool { return q.Name() == p.Name() }
		add("source "+p.Name()+" is gone", !slices.ContainsFunc(b.InputSrcs, isSame))
	}
	return out
}

// keys are the names that a or b have, sorted.
func keys(a, b map[string]string) []string {
	return slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, m := range []map[string]string{a, b} {
			for name := range m {
				if !yield(name) {
					return
				}
			}
		}
	}))
}

// Words says a reason in a line, without naming the derivation.
func (r *Reason) Words() string {
	var parts []string
	switch {
	case r.Before == "":
		return "nothing of that name was built before"
	case r.Before == r.Drv:
		return "some of its outputs are not valid"
	}
	if len(r.Changed) > 0 {
		parts = append(parts, "changed: "+strings.Join(r.Changed, ", "))
	}
	if len(r.Because) > 0 {
		names := make([]string, len(r.Because))
		for i, p := range r.Because {
			names[i] = drv.NameOf(p)
		}
		parts = append(parts, "because of "+strings.Join(names, ", "))
	}
	if len(parts) == 0 {
		return "its outputs are not valid"
	}
	return strings.Join(parts, "; ")
}
