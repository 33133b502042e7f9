package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/store"
)

// This file prints closures as graphs for other programs.

// walk calls node with each path of the closure of roots, the least of those
// found and not visited first, and edge with each reference.
// Behaviour: dotgraph.cc and graphml.cc of Nix.
func (q *storeQuery) walk(ctx context.Context, roots []store.Path, node func(p store.Path) error, edge func(from, to store.Path)) error {
	todo, done := slices.Clone(roots), make(map[store.Path]bool)
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		if done[p] {
			continue
		}
		done[p] = true
		if err := node(p); err != nil {
			return err
		}
		refs, err := q.lookup.References(ctx, p)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if ref == p {
				continue
			}
			if at, found := slices.BinarySearch(todo, ref); !found {
				todo = slices.Insert(todo, at, ref)
			}
			edge(p, ref)
		}
	}
	return nil
}

var edgeColours = [...]string{"black", "red", "green", "blue", "magenta", "burlywood"}

// dotGraph prints the closure of roots for Graphviz.
func (q *storeQuery) dotGraph(ctx context.Context, roots []store.Path) error {
	q.line("digraph G {")
	edges := 0
	err := q.walk(ctx, roots, func(p store.Path) error {
		q.line(fmt.Sprintf(`"%s" [label = "%s", shape = box, style = filled, fillcolor = "#ff0000"];`, p.Base(), p.Name()))
		return nil
	}, func(from, to store.Path) {
		q.line(fmt.Sprintf(`"%s" -> "%s" [color = "%s"];`, to.Base(), from.Base(), edgeColours[edges%len(edgeColours)]))
		edges++
	})
	if err != nil {
		return err
	}
	q.line("}")
	return nil
}

// graphMLHead begins a GraphML document.
const graphMLHead = `<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns='http://graphml.graphdrawing.org/xmlns'
    xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'
    xsi:schemaLocation='http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd'>
<key id='narSize' for='node' attr.name='narSize' attr.type='long'/><key id='name' for='node' attr.name='name' attr.type='string'/><key id='type' for='node' attr.name='type' attr.type='string'/><graph id='G' edgedefault='directed'>`

// graphML prints the closure of roots as GraphML.
func (q *storeQuery) graphML(ctx context.Context, roots []store.Path) error {
	q.line(graphMLHead)
	err := q.walk(ctx, roots, func(p store.Path) error {
		info, err := q.info(ctx, p)
		if err != nil {
			return err
		}
		kind := "output-path"
		if p.IsDerivation() {
			kind = "derivation"
		}
		name := p.Name()
		name = name[:strings.IndexByte(name, '-')+1] // so does Nix
		q.line(fmt.Sprintf(`  <node id="%s">
    <data key="narSize">%d</data>
    <data key="name">%s</data>
    <data key="type">%s</data>
  </node>`, p.Base(), info.NarSize, name, kind))
		return nil
	}, func(from, to store.Path) {
		q.line(fmt.Sprintf(`  <edge source="%s" target="%s"/>`, from.Base(), to.Base()))
	})
	if err != nil {
		return err
	}
	q.line("</graph>\n</graphml>")
	return nil
}
