package cli

import (
	"bytes"
	"maps"
	"slices"
	"strconv"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/xmlout"
	"nixbench/store/drvname"
)

// xml writes packages as XML.
func (p *packagePrinter) xml(w *bytes.Buffer, pkgs []*engine.Package) {
	var x xmlout.Writer
	defer func() { w.WriteString(x.String()) }()
	x.Header()
	x.Element("items", nil, func() {
		p.each(pkgs, func(pkg *engine.Package) {
			x.Element("item", p.xmlAttrs(pkg), func() { p.xmlBody(&x, pkg) })
		})
	})
}

// xmlAttrs returns the attributes of a package's element, by name. What they need is
// evaluated in the order of the columns of a table.
func (p *packagePrinter) xmlAttrs(pkg *engine.Package) []string {
	attrs := make(map[string]string)
	if p.q.status {
		out := pkg.OutPath(p.s)
		for name, is := range map[string]bool{"installed": p.installed[out], "valid": p.valid[out], "substitutable": p.canSubstitute(out)} {
			attrs[name] = map[bool]string{true: "1", false: "0"}[is]
		}
	}
	name, version := drvname.Split(pkg.Name)
	attrs["attrPath"], attrs["name"], attrs["pname"], attrs["version"] = pkg.AttrPath, pkg.Name, name, version
	if p.q.compareVersions {
		if sign, other := p.compare(pkg); sign != "-" {
			attrs["versionDiff"], attrs["maxComparedVersion"] = sign, other
		}
	}
	addUnlessEmpty := func(name, value string) {
		if value != "" {
			attrs[name] = value
		}
	}
	addUnlessEmpty("system", pkg.System(p.s))
	if p.q.drvPath {
		addUnlessEmpty("drvPath", string(pkg.DrvPath(p.s)))
	}
	attrs["outputName"] = pkg.OutputName(p.s)
	if p.q.description {
		addUnlessEmpty("description", pkg.MetaString(p.s, "description"))
	}
	var sorted []string
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		sorted = append(sorted, name, attrs[name])
	}
	return sorted
}

func (p *packagePrinter) xmlBody(x *xmlout.Writer, pkg *engine.Package) {
	for _, out := range pkg.Outputs(p.s, p.q.outPath) {
		attrs := []string{"name", out.Name}
		if p.q.outPath {
			attrs = append(attrs, "path", string(out.Path))
		}
		x.Empty("output", attrs...)
	}
	if !p.q.meta {
		return
	}
	for _, name := range pkg.MetaNames(p.s) {
		if v, ok := pkg.Meta(p.s, name); ok {
			p.xmlMeta(x, name, v)
		} else {
			p.badMeta(pkg, name)
		}
	}
}

// xmlMeta writes an attribute of meta. Of lists and sets, only the strings are
// told.
func (p *packagePrinter) xmlMeta(x *xmlout.Writer, name string, v eval.Value) {
	plain := func(kind, value string) { x.Empty("meta", "name", name, "type", kind, "value", value) }
	strings := func(body func()) { x.Element("meta", []string{"name", name, "type", "strings"}, body) }
	switch v.Kind() {
	case eval.KindString:
		plain("string", v.AsString())
	case eval.KindInt:
		plain("int", strconv.FormatInt(v.AsInt(), 10))
	case eval.KindFloat:
		plain("float", strconv.FormatFloat(v.AsFloat(), 'g', 6, 64))
	case eval.KindBool:
		plain("bool", strconv.FormatBool(v.AsBool()))
	case eval.KindList:
		strings(func() {
			for _, elem := range v.List() {
				if elem = p.s.Force(elem); elem.Kind() == eval.KindString {
					x.Empty("string", "value", elem.AsString())
				}
			}
		})
	case eval.KindAttrs:
		strings(func() {
			for attr := range v.Attrs().BySymbol() {
				if elem := p.s.Force(attr.Value); elem.Kind() == eval.KindString {
					x.Empty("string", "type", eval.SymName(attr.Name), "value", elem.AsString())
				}
			}
		})
	}
}
