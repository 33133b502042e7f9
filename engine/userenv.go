package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/store"
	"nixbench/store/drvname"
)

// This file makes user environments: what the profiles of nix-env lead to.
// Behaviour: user-env.cc of Nix, to the byte: the same packages have the same
// environment, whoever makes it.

// An EnvPackage is a package of a user environment.
type EnvPackage struct {
	Name  string
	pkg   *Package          // nil for a store path that was named
	path  store.Path        // of such
	drv   store.Path        // of such, if it is a derivation
	flags map[string]string // of meta, beside or instead of what the package says
}

// NewEnvPackage returns p as a package of an environment.
func NewEnvPackage(p *Package) *EnvPackage { return &EnvPackage{Name: p.Name, pkg: p} }

// EnvPath returns a valid store path, or the output "out" of a derivation, as a package
// of an environment.
func (e *Engine) EnvPath(ctx context.Context, p store.Path) (*EnvPackage, error) {
	ep := &EnvPackage{Name: p.Name(), path: p}
	if !p.IsDerivation() {
		return ep, nil
	}
	d, err := e.ReadDerivation(ctx, p)
	if err != nil {
		return nil, err
	}
	ep.drv, ep.path = p, d.OutputPath("out")
	if ep.path == "" {
		return nil, fmt.Errorf("derivation '%s' has no output 'out' whose path is known", p)
	}
	return ep, nil
}

// SetFlag sets an attribute of meta to a string.
func (ep *EnvPackage) SetFlag(name, value string) {
	if ep.flags == nil {
		ep.flags = make(map[string]string)
	}
	ep.flags[name] = value
}

// OutPath returns the path of the output that the package stands for.
func (ep *EnvPackage) OutPath(s *eval.State) store.Path {
	if ep.pkg == nil {
		return ep.path
	}
	return ep.pkg.OutPath(s)
}

// DrvPath returns the path of the derivation, "" if there is none.
func (ep *EnvPackage) DrvPath(s *eval.State) store.Path {
	if ep.pkg == nil {
		return ep.drv
	}
	return ep.pkg.DrvPath(s)
}

// System returns the system that the package is for, "" if that is not known.
func (ep *EnvPackage) System(s *eval.State) string {
	if ep.pkg == nil {
		return ""
	}
	return ep.pkg.System(s)
}

// Keep reports whether the package is not to be replaced.
func (ep *EnvPackage) Keep(s *eval.State) bool {
	if text, ok := ep.flags["keep"]; ok {
		return text == "true"
	}
	if ep.pkg == nil {
		return false
	}
	v, ok := ep.pkg.Meta(s, "keep")
	switch {
	case !ok:
		return false
	case v.Kind() == eval.KindBool:
		return v.AsBool()
	}
	return v.Kind() == eval.KindString && v.AsString() == "true"
}

// Priority returns the priority, 0 if the package does not say: lower wins.
func (ep *EnvPackage) Priority(s *eval.State) int64 {
	text, ok := ep.flags["priority"]
	if !ok && ep.pkg != nil {
		v, found := ep.pkg.Meta(s, "priority")
		switch {
		case !found:
			return 0
		case v.Kind() == eval.KindInt:
			return v.AsInt()
		case v.Kind() == eval.KindString:
			text = v.AsString()
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// outputs returns the outputs that are installed, by name.
func (ep *EnvPackage) outputs(s *eval.State) []PackageOutput {
	if ep.pkg == nil {
		return []PackageOutput{{Name: "out", Path: ep.path}}
	}
	wanted := ep.pkg.OutputsToInstall(s)
	return slices.DeleteFunc(ep.pkg.Outputs(s, true), func(out PackageOutput) bool {
		return !slices.Contains(wanted, out.Name)
	})
}

// Target returns what has to be realised before the package is installed: all outputs of
// its derivation, or its path.
func (ep *EnvPackage) Target(s *eval.State) store.DerivedPath {
	if p := ep.DrvPath(s); p != "" {
		return store.AllOutputsOf(p)
	}
	return store.DerivedPath{Path: ep.OutPath(s)}
}

// An envManifest is the expression that says what is in an environment.
type envManifest struct {
	text strings.Builder
	refs []store.Path
}

// add writes a package.
func (m *envManifest) add(s *eval.State, ep *EnvPackage, keepDrv bool) {
	attrs := map[string]string{
		"type": `"derivation"`, "name": eval.QuoteString(ep.Name), "meta": m.meta(s, ep),
		"outPath": eval.QuoteString(string(ep.OutPath(s))),
	}
	if system := ep.System(s); system != "" {
		attrs["system"] = eval.QuoteString(system)
	}
	if p := ep.DrvPath(s); p != "" && keepDrv {
		attrs["drvPath"] = eval.QuoteString(string(p))
		m.refs = append(m.refs, p)
	}
	names := "[ "
	for _, out := range ep.outputs(s) {
		names += eval.QuoteString(out.Name) + " "
		attrs[out.Name] = "{ outPath = " + eval.QuoteString(string(out.Path)) + "; }"
		m.refs = append(m.refs, out.Path)
	}
	attrs["outputs"] = names + "]"
	m.text.WriteString(printSet(attrs) + " ")
}

// meta returns what the package says of itself.
func (m *envManifest) meta(s *eval.State, ep *EnvPackage) string {
	attrs := make(map[string]string)
	if ep.pkg != nil {
		for _, name := range ep.pkg.MetaNames(s) {
			if v, ok := ep.pkg.Meta(s, name); ok {
				attrs[name] = printData(s, v)
			}
		}
	}
	for name, value := range ep.flags {
		attrs[name] = eval.QuoteString(value)
	}
	return printSet(attrs)
}

// printSet returns a set of attributes whose values are printed already.
func printSet(attrs map[string]string) string {
	var b strings.Builder
	b.WriteString("{ ")
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		b.WriteString(eval.QuoteName(name) + " = " + attrs[name] + "; ")
	}
	b.WriteString("}")
	return b.String()
}

// printData returns a value of plain data, evaluated with all that is in it, as an
// expression; what stands in it twice, twice.
func printData(s *eval.State, v eval.Value) string {
	v = s.Force(v)
	switch v.Kind() {
	case eval.KindList:
		text := "[ "
		for _, elem := range v.List() {
			text += printData(s, elem) + " "
		}
		return text + "]"
	case eval.KindAttrs:
		attrs := make(map[string]string)
		for attr := range v.Attrs().All() {
			attrs[eval.SymName(attr.Name)] = printData(s, attr.Value)
		}
		return printSet(attrs)
	}
	return s.PrintPlain(v)
}

// userEnvironment is the derivation that an environment is made by. Its attributes
// are those that Nix gives it; its builder reads them.
const userEnvironment = `packages: manifest: derivation {
  name = "user-environment"; system = "builtin"; builder = "builtin:buildenv";
  manifest = builtins.storePath manifest;
  derivations = map (p: [ (p.meta.active or "true") (p.meta.priority or 5) (builtins.length p.outputs) ] ++ map (name: p.${name}) p.outputs) packages;
  preferLocalBuild = true; allowSubstitutes = false;
}`

// MakeUserEnv realises packages and makes the environment that holds them. The error
// is a [*BuildError] if something could not be built, also because files of two
// packages have one name.
func (e *Engine) MakeUserEnv(ctx context.Context, ev *eval.Evaluator, packages []*EnvPackage) (store.Path, error) {
	var m envManifest
	var targets []store.DerivedPath
	keep, _ := e.settings.Get("keep-env-derivations")
	err := ev.Do(ctx, func(s *eval.State) {
		m.text.WriteString("[ ")
		for _, ep := range packages {
			targets = append(targets, ep.Target(s))
			m.add(s, ep, keep == "true")
		}
		m.text.WriteString("]")
	})
	if err == nil {
		err = e.realiseAll(ctx, targets)
	}
	if err != nil {
		return "", err
	}
	manifest, err := e.addText(ctx, "env-manifest.nix", m.text.String(), store.SortUnique(m.refs))
	if err != nil {
		return "", err
	}
	var env *Package
	err = ev.Do(ctx, func(s *eval.State) {
		f := s.EvalText("«user environment»", userEnvironment, "/", nil)
		list := s.EvalText("«manifest»", m.text.String(), "/", nil)
		env = Packages(s, s.Call2(f, list, eval.MakeString(string(manifest))), WalkOptions{})[0]
	})
	if err != nil {
		return "", err
	}
	var drvPath, out store.Path
	if err = ev.Do(ctx, func(s *eval.State) { drvPath, out = env.DrvPath(s), env.OutPath(s) }); err != nil {
		return "", err
	}
	return out, e.realiseAll(ctx, []store.DerivedPath{store.AllOutputsOf(drvPath)})
}

// addText adds a text, with what it refers to, to the store.
func (e *Engine) addText(ctx context.Context, name, text string, refs []store.Path) (store.Path, error) {
	if err := e.adopt(ctx, refs...); err != nil {
		return "", err
	}
	return e.store.AddText(ctx, name, []byte(text), refs)
}

// realiseAll realises targets or fails.
func (e *Engine) realiseAll(ctx context.Context, targets []store.DerivedPath) error {
	if len(targets) == 0 {
		return nil
	}
	res, err := e.Realise(ctx, targets)
	if err == nil && res.Err() != nil {
		err = &BuildError{Result: res}
	}
	return err
}

// Newest returns, of packages that are called the same, the one for this system, of the
// highest priority and version, and the names of which there was more than one
// best. They come in the order of names.
// Behaviour: pickNewestOnly in Nix's nix-env.cc.
func (e *Engine) Newest(s *eval.State, packages []*EnvPackage) (newest []*EnvPackage, several []string) {
	best := make(map[string]*EnvPackage)
	multiple := make(map[string]bool)
	for _, ep := range packages {
		name, version := drvname.Split(ep.Name)
		other, found := best[name]
		c := 1
		if found {
			c = e.compareSystems(ep.System(s), other.System(s))
			if c == 0 {
				c = compareInts(other.Priority(s), ep.Priority(s))
			}
			if c == 0 {
				_, otherVersion := drvname.Split(other.Name)
				c = drvname.CompareVersions(version, otherVersion)
			}
		}
		switch {
		case c > 0:
			best[name] = ep
			delete(multiple, ep.Name)
		case c == 0:
			multiple[ep.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(best)) {
		newest = append(newest, best[name])
		if multiple[name] {
			several = append(several, name)
		}
	}
	return newest, several
}

func (e *Engine) compareSystems(a, b string) int {
	switch own := e.settings.System; {
	case a == b:
		return 0
	case a == own:
		return 1
	case b == own:
		return -1
	}
	return 0
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
