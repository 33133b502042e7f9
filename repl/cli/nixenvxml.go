package cli

import (
	"bytes"
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

// xmlAttrs returns the attributes of a package's element, by name.
func (p *packagePrinter) xmlAttrs(pkg *engine.Package) (attrs []string) {
	add := func(name, value string) { attrs = append(attrs, name, value) }
	add("attrPath", pkg.AttrPath)
	if p.q.description {
		if text := pkg.MetaString(p.s, "description"); text != "" {
			add("description", text)
		}
	}
	if p.q.drvPath {
		if path := pkg.DrvPath(p.s); path != "" {
			add("drvPath", string(path))
		}
	}
	status := func(name string, is bool) {
		if p.q.status {
			add(name, map[bool]string{true: "1", false: "0"}[is])
		}
	}
	if p.q.status {
		status("installed", p.installed[pkg.OutPath(p.s)])
	}
	sign, other := "-", ""
	if p.q.compareVersions {
		sign, other = p.compare(pkg)
	}
	if sign != "-" {
		add("maxComparedVersion", other)
	}
	name, version := drvname.Split(pkg.Name)
	add("name", pkg.Name)
	add("outputName", pkg.OutputName(p.s))
	add("pname", name)
	if p.q.status {
		status("substitutable", p.canSubstitute(pkg.OutPath(p.s)))
	}
	if system := pkg.System(p.s); system != "" {
		add("system", system)
	}
	if p.q.status {
		status("valid", p.valid[pkg.OutPath(p.s)])
	}
	add("version", version)
	if sign != "-" {
		add("versionDiff", sign)
	}
	return attrs
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
