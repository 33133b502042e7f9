package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drvname"
)

// This file prints what `nix-env --query` found: as a table, XML or JSON.
// Behaviour: opQuery in Nix's nix-env.cc.

// sortPackages returns packages by name, upper and lower case alike.
func sortPackages(pkgs []*engine.Package) []*engine.Package {
	sorted := slices.Clone(pkgs)
	cxxSort(sorted, func(a, b *engine.Package) bool { return lessFold(a.Name, b.Name) })
	return sorted
}

func lessFold(a, b string) bool {
	for i := range min(len(a), len(b)) {
		if x, y := upper(a[i]), upper(b[i]); x != y {
			return x < y
		}
	}
	return len(a) < len(b)
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// A packagePrinter prints packages.
type packagePrinter struct {
	e         *evaluation
	s         *eval.State
	q         *packageQuery
	installed map[store.Path]bool
	valid     map[store.Path]bool
	// substitutable are the paths that caches have, sorted.
	substitutable []store.Path
	failed        map[*engine.Package]bool
	others        []otherPackage // for --compare-versions
	rows          [][]string
}

type otherPackage struct{ name, version string }

// printPackages prints packages; of XML also what comes before an error.
func (e *evaluation) printPackages(ctx context.Context, pkgs, installed, others []*engine.Package) error {
	p := &packagePrinter{e: e, q: &e.inv.pkgs, failed: make(map[*engine.Package]bool)}
	for _, o := range others {
		name, version := drvname.Split(o.Name)
		p.others = append(p.others, otherPackage{name, version})
	}
	if err := p.readStatus(ctx, pkgs, installed); err != nil {
		return err
	}
	var out bytes.Buffer
	err := e.ev.Do(ctx, func(s *eval.State) {
		p.s = s
		switch {
		case e.inv.json:
			p.json(&out, pkgs)
		case e.inv.xml:
			p.xml(&out, pkgs)
		default:
			p.each(pkgs, func(pkg *engine.Package) { p.rows = append(p.rows, p.columns(pkg)) })
			writeTable(&out, p.rows)
		}
	})
	if err != nil && (!e.inv.xml || e.ev.BeginsAgain(err)) {
		return e.traced(err)
	}
	_, failed := out.WriteTo(e.inv.env.Stdout)
	return cmp.Or(e.traced(err), failed)
}

// readStatus finds out which packages are installed and which are in a store, if
// that is asked for.
func (p *packagePrinter) readStatus(ctx context.Context, pkgs, installed []*engine.Package) error {
	if !p.q.status && !p.q.prebuiltOnly {
		return nil
	}
	p.installed, p.valid = make(map[store.Path]bool), make(map[store.Path]bool)
	err := p.e.ev.Do(ctx, func(s *eval.State) {
		for _, pkg := range installed {
			p.installed[pkg.OutPath(s)] = true
		}
		for _, pkg := range pkgs {
			if err := s.Try(func() { p.valid[pkg.OutPath(s)] = false }, p.skip(pkg)); err != nil {
				p.failed[pkg] = true
			}
		}
	})
	if err != nil {
		return p.e.traced(err)
	}
	for path := range p.valid {
		_, err := p.e.eng.StoreOf(ctx, path)
		if err != nil && !errors.Is(err, store.ErrInvalidPath) {
			return err
		}
		p.valid[path] = err == nil
	}
	p.substitutable, err = p.e.eng.MassSubstitutable(ctx, slices.Collect(maps.Keys(p.valid)))
	return err
}

// canSubstitute reports whether a path is in a cache that may be asked about all packages.
func (p *packagePrinter) canSubstitute(out store.Path) bool {
	_, found := slices.BinarySearch(p.substitutable, out)
	return found
}

// skip tells, if asked to say more, that a package is passed over because of an
// error, if that is one that is.
func (p *packagePrinter) skip(pkg *engine.Package) func(*eval.Error) bool {
	return func(err *eval.Error) bool {
		if !err.Kind.Catchable() {
			return false
		}
		if p.e.inv.verbosity() >= levelTalkative {
			p.e.inv.tell("skipping derivation named '" + pkg.Name + "' which gives an assertion failure")
		}
		return true
	}
}

// each calls f with the packages that are to be shown, and passes over those
// whose assertions fail.
func (p *packagePrinter) each(pkgs []*engine.Package, f func(*engine.Package)) {
	for _, pkg := range pkgs {
		if p.failed[pkg] {
			continue
		}
		p.s.While(0, syntax.Hintf("while querying the derivation named '%s'", pkg.Name), func() {
			p.s.Try(func() {
				if !p.q.prebuiltOnly || p.e.inv.json || p.valid[pkg.OutPath(p.s)] || p.canSubstitute(pkg.OutPath(p.s)) {
					f(pkg)
				}
			}, p.skip(pkg))
		})
	}
}

// columns returns the cells of a package's row.
func (p *packagePrinter) columns(pkg *engine.Package) (cells []string) {
	add := func(wanted bool, cell func() string) {
		if wanted {
			cells = append(cells, cell())
		}
	}
	add(p.q.status, func() string {
		out := pkg.OutPath(p.s)
		return mark(p.installed[out], "I") + mark(p.valid[out], "P") + mark(p.canSubstitute(out), "S")
	})
	add(p.q.attrPath, func() string { return pkg.AttrPath })
	add(!p.q.noName, func() string { return pkg.Name })
	add(p.q.compareVersions, func() string {
		sign, version := p.compare(pkg)
		return sign + " " + version
	})
	add(p.q.system, func() string { return pkg.System(p.s) })
	add(p.q.drvPath, func() string { return cmp.Or(string(pkg.DrvPath(p.s)), "-") })
	add(p.q.outPath, func() string {
		var parts []string
		for _, out := range pkg.Outputs(p.s, true) {
			part := string(out.Path)
			if out.Name != "out" {
				part = out.Name + "=" + part
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ";")
	})
	add(p.q.description, func() string { return pkg.MetaString(p.s, "description") })
	return cells
}

func mark(is bool, letter string) string {
	if is {
		return letter
	}
	return "-"
}

// compare compares a package's version with those of the same name on the other
// side: "<" is that there is a higher one, "-" that there is none.
func (p *packagePrinter) compare(pkg *engine.Package) (sign, version string) {
	name, own := drvname.Split(pkg.Name)
	sign, version = "-", "?"
	for _, other := range p.others {
		if other.name != name {
			continue
		}
		switch d := drvname.CompareVersions(own, other.version); {
		case d < 0:
			sign, version = "<", other.version
		case sign != "<" && d == 0:
			sign, version = "=", other.version
		case sign != "<" && sign != "=":
			sign = ">"
			if version == "" || drvname.CompareVersions(version, other.version) < 0 {
				version = other.version
			}
		}
	}
	return sign, version
}

// writeTable writes rows of equally many cells, all columns but the last as wide
// as their widest cell and two spaces.
func writeTable(w io.Writer, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var line strings.Builder
	for _, row := range rows {
		line.Reset()
		for i, cell := range row {
			line.WriteString(strings.ReplaceAll(cell, "\n", " "))
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-len(cell)+2))
			}
		}
		line.WriteByte('\n')
		io.WriteString(w, line.String())
	}
}

// json writes packages as a JSON object by attribute path. Of a package whose
// assertions fail, what was known before is written.
func (p *packagePrinter) json(w *bytes.Buffer, pkgs []*engine.Package) {
	all := make(map[string]map[string]any)
	p.each(pkgs, func(pkg *engine.Package) {
		all[pkg.AttrPath] = nil
		name, version := drvname.Split(pkg.Name)
		fields := map[string]any{
			"name": pkg.Name, "pname": name, "version": version,
			"system": pkg.System(p.s), "outputName": pkg.OutputName(p.s),
		}
		all[pkg.AttrPath] = fields
		outputs := make(map[string]any)
		for _, out := range pkg.Outputs(p.s, p.q.outPath) {
			outputs[out.Name] = nil
			if p.q.outPath {
				outputs[out.Name] = out.Path
			}
		}
		fields["outputs"] = outputs
		if p.q.drvPath {
			if path := pkg.DrvPath(p.s); path != "" {
				fields["drvPath"] = path
			}
		}
		if p.q.meta {
			meta := make(map[string]any)
			fields["meta"] = meta
			p.metaJSON(pkg, meta)
		}
	})
	writeObjects(w, all)
	w.WriteByte('\n')
}

func (p *packagePrinter) metaJSON(pkg *engine.Package, meta map[string]any) {
	for _, name := range pkg.MetaNames(p.s) {
		v, ok := pkg.Meta(p.s, name)
		if !ok {
			p.badMeta(pkg, name)
			meta[name] = nil
			continue
		}
		meta[name] = json.RawMessage(engine.StateJSON(p.s, v))
	}
}

func (p *packagePrinter) badMeta(pkg *engine.Package, name string) {
	p.e.inv.tell("derivation '" + pkg.Name + "' has invalid meta attribute '" + name + "'")
}

// writeObjects writes objects, strings, null and ready JSON, indented by two
// spaces. encoding/json would escape what Nix does not.
func writeObjects(w *bytes.Buffer, v any) {
	var compact bytes.Buffer
	appendJSON(&compact, v)
	json.Indent(w, compact.Bytes(), "", "  ") //nolint:errcheck // what we wrote is JSON
}

func appendJSON(w *bytes.Buffer, v any) {
	switch v := v.(type) {
	case map[string]map[string]any:
		appendObject(w, v)
	case map[string]any:
		if v == nil {
			w.WriteString("null")
			return
		}
		appendObject(w, v)
	case json.RawMessage:
		w.Write(v)
	case string:
		w.Write(engine.JSONString(v))
	case store.Path:
		w.Write(engine.JSONString(string(v)))
	default:
		w.WriteString("null")
	}
}

func appendObject[V any](w *bytes.Buffer, object map[string]V) {
	w.WriteByte('{')
	for i, name := range slices.Sorted(maps.Keys(object)) {
		if i > 0 {
			w.WriteByte(',')
		}
		w.Write(engine.JSONString(name))
		w.WriteByte(':')
		appendJSON(w, object[name])
	}
	w.WriteByte('}')
}
