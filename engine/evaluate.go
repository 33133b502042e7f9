package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/store"
)

// EvalOptions say how an evaluator sees the world. The zero value writes to the
// store and looks names up in NIX_PATH.
type EvalOptions struct {
	// Includes are -I: each a path, or NAME=PATH. They come before NIX_PATH.
	Includes []string
	// Dir is the directory that relative Includes start from; by default the
	// working directory.
	Dir string
	// ReadOnly computes store paths without writing to the store.
	ReadOnly bool
	// Trace and Warn get the messages of builtins.trace and builtins.warn, and
	// the evaluator's own warnings; nil drops them.
	Trace, Warn func(msg string)
	// OnRead is told the names of the files outside the store that are read;
	// nil drops them. It must return soon and be safe for concurrent use.
	OnRead func(file string)
	// MemoryLimit bounds the bytes of values of one evaluation; 0 is no limit.
	MemoryLimit int64
}

// NewEvaluator returns an evaluator over the engine's store. It belongs to the
// caller, who drops it when it is no longer wanted.
func (e *Engine) NewEvaluator(opts EvalOptions) (*eval.Evaluator, error) {
	path, err := e.searchPath(opts)
	if err != nil {
		return nil, err
	}
	features := make(map[string]bool)
	for _, name := range e.settings.ExperimentalFeatures {
		features[name] = true
	}
	w := &world{e: e, opts: opts}
	return eval.New(eval.Options{
		World: w,
		Builtins: builtins.Table(builtins.Options{
			Derivations:  instantiate.New(e.store.Dir(), w),
			Store:        w,
			PureEval:     e.settings.PureEval,
			TraceVerbose: e.settings.TraceVerbose,
			AbortOnWarn:  e.settings.AbortOnWarn,
			ReadOnly:     w.readOnly(),
		}),
		SearchPath:   path,
		Corepkgs:     builtins.Corepkgs(),
		Home:         e.getenv("HOME"),
		MaxDepth:     e.settings.MaxCallDepth,
		MemoryLimit:  opts.MemoryLimit,
		PureEval:     e.settings.PureEval,
		RestrictEval: e.settings.RestrictEval,
		Features:     features,
	}), nil
}

// searchPath returns what <x> is looked up in: the includes, then the nix-path.
func (e *Engine) searchPath(opts EvalOptions) ([]eval.SearchPathEntry, error) {
	dir := opts.Dir
	if dir == "" {
		wd, err := os.Getwd()
		if err != nil {
			return nil, fmt.Errorf("find the working directory: %v", err)
		}
		dir = wd
	}
	var path []eval.SearchPathEntry
	for _, include := range slices.Concat(opts.Includes, e.settings.NixPath) {
		prefix, target, ok := strings.Cut(include, "=")
		if !ok {
			prefix, target = "", include
		}
		if target != "" && !filepath.IsAbs(target) && !isURL(target) {
			target = filepath.Join(dir, target)
		}
		path = append(path, eval.SearchPathEntry{Prefix: prefix, Path: target})
	}
	return path, nil
}

func isURL(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(s, "channel:") || strings.HasPrefix(s, "flake:")
}

// A Derivation is what a value of the language says about itself as a
// derivation.
type Derivation struct {
	AttrPath string // where it was found, "" for the value itself
	Name     string
	DrvPath  store.Path
	// Outputs are those that are meant if no others are asked for.
	Outputs []store.OutputName
	// AllOutputs are all it has, in its own order.
	AllOutputs []store.OutputName
}

// Target returns what has to be realised for the derivation's outputs.
func (d Derivation) Target() store.DerivedPath {
	return store.DerivedPath{Path: d.DrvPath, Outputs: d.Outputs}
}

// ErrNotDerivation reports that a value is neither a derivation nor holds any.
var ErrNotDerivation = errors.New("expected a derivation")

// Derivations returns the derivations that v is or holds: in lists, and in sets
// that are the value itself or say recurseForDerivations. The .drv files are
// written by then.
// Behaviour: getDerivations in Nix's get-drvs.cc.
func (e *Engine) Derivations(ctx context.Context, ev *eval.Evaluator, v eval.Value) ([]Derivation, error) {
	var found []Derivation
	err := ev.Do(ctx, func(s *eval.State) {
		c := collector{s: s, seen: make(map[store.Path]bool)}
		c.collect(v, "", true)
		found = c.found
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w, but got %s", ErrNotDerivation, ev.Snapshot(v).Text)
	}
	return found, e.flush(ctx)
}

// collector walks a value for derivations.
type collector struct {
	s     *eval.State
	seen  map[store.Path]bool
	found []Derivation
}

func (c *collector) collect(v eval.Value, attrPath string, top bool) {
	v = c.s.AutoCall(c.s.ForceCtx(v, ""), eval.NoAttrs())
	switch {
	case v.Kind() == eval.KindList:
		for i, elem := range c.s.ForceElems(v, "") {
			c.collect(elem, joinAttr(attrPath, fmt.Sprint(i)), false)
		}
	case v.Kind() != eval.KindAttrs:
	case c.s.IsDerivation(v):
		c.add(v, attrPath)
	case top || c.recurses(v):
		for attr := range c.s.ForceAttrs(v, "").All() {
			c.collect(attr.Value, joinAttr(attrPath, eval.QuoteName(eval.SymName(attr.Name))), false)
		}
	}
}

func joinAttr(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// recurses reports whether a set wants the derivations in it to be found.
func (c *collector) recurses(set eval.Value) bool {
	v, ok := c.s.ForceAttrs(set, "").Get(eval.Intern("recurseForDerivations"))
	return ok && c.s.ForceBool(v, "while evaluating the attribute `recurseForDerivations`")
}

func (c *collector) add(v eval.Value, attrPath string) {
	attrs := c.s.ForceAttrs(v, "")
	drvPath, _ := c.s.ForceString(c.s.ForceAttr(attrs, eval.Intern("drvPath"), "while evaluating the 'drvPath' attribute of a derivation"), "")
	d := Derivation{AttrPath: attrPath, DrvPath: store.Path(drvPath)}
	if name, ok := attrs.Get(eval.Intern("name")); ok {
		d.Name, _ = c.s.ForceString(name, "while evaluating the 'name' attribute of a derivation")
	}
	d.AllOutputs = c.names(attrs, "outputs")
	if d.AllOutputs == nil {
		d.AllOutputs = []store.OutputName{"out"}
	}
	d.Outputs = c.wanted(attrs, d.AllOutputs)
	if !c.seen[d.DrvPath] {
		c.seen[d.DrvPath] = true
		c.found = append(c.found, d)
	}
}

// wanted returns the outputs that are meant: the one that the value was
// selected by, or meta.outputsToInstall, or "out" or else the first.
func (c *collector) wanted(attrs eval.Attrs, all []store.OutputName) []store.OutputName {
	if v, ok := attrs.Get(eval.Intern("outputSpecified")); ok && c.s.ForceBool(v, "while evaluating the 'outputSpecified' attribute of a derivation") {
		name, _ := c.s.ForceString(c.s.ForceAttr(attrs, eval.Intern("outputName"), ""), "while evaluating the 'outputName' attribute of a derivation")
		return []store.OutputName{name}
	}
	if meta, ok := attrs.Get(eval.Intern("meta")); ok {
		if names := c.names(c.s.ForceAttrs(meta, "while evaluating the 'meta' attribute of a derivation"), "outputsToInstall"); names != nil {
			return names
		}
	}
	if slices.Contains(all, "out") {
		return []store.OutputName{"out"}
	}
	return all[:1]
}

// names returns a list of strings, nil if there is no such attribute.
func (c *collector) names(attrs eval.Attrs, name string) []string {
	v, ok := attrs.Get(eval.Intern(name))
	if !ok {
		return nil
	}
	var names []string
	for _, elem := range c.s.ForceElems(v, "while evaluating the '"+name+"' attribute of a derivation") {
		s, _ := c.s.ForceString(elem, "while evaluating the name of an output of a derivation")
		names = append(names, s)
	}
	return names
}
