package cli

import (
	"context"
	"strings"

	"nixbench/inspect/files"
	"nixbench/repl/text"
	"nixbench/store"
)

// runFiles is `nixbench files PATH`.
func runFiles(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	arg := "" // the whole expression
	if len(inv.args) > 0 {
		arg = inv.args[0]
	}
	p, err := inv.validPath(ctx, eng, arg)
	if err != nil {
		return err
	}
	tree, err := files.Read(ctx, eng.Reader().RealPath(p))
	if err != nil {
		return err
	}
	list := tree.Largest()
	if inv.directory {
		list = directories(tree)
	}
	shown := inv.limited(len(list))
	if inv.json {
		return inv.printFilesJSON(p, tree, list[:shown])
	}
	table := text.Table{Columns: []text.Column{{Title: "SIZE", Right: true}, {Title: "FILES", Right: true}, {Title: "NAME"}}}
	for _, e := range list[:shown] {
		o := tree.Entries[e]
		name := o.Name
		switch {
		case name == "":
			name = string(p)
		case o.Kind == files.Directory:
			name += "/"
		case o.Kind == files.Executable:
			name += "*"
		case o.Kind == files.Link:
			name += " -> " + o.Target
		}
		table.Row(text.Size(o.Size), text.Count(o.Files), name)
	}
	if _, err := table.WriteTo(inv.env.Stdout); err != nil {
		return err
	}
	return inv.printRest(len(list) - shown)
}

// printFilesJSON prints some of what is in a path.
func (inv *invocation) printFilesJSON(p store.Path, tree *files.Tree, list []files.Entry) error {
	type file struct {
		Name   string `json:"name"`
		Kind   string `json:"kind"`
		Size   int64  `json:"size"`
		Files  int    `json:"files,omitempty"`
		Target string `json:"target,omitempty"`
	}
	out := make([]file, 0, len(list))
	for _, e := range list {
		o := tree.Entries[e]
		f := file{Name: strings.ToValidUTF8(o.Name, "�"), Kind: o.Kind.String(), Size: o.Size, Target: strings.ToValidUTF8(o.Target, "�")}
		if o.Kind == files.Directory {
			f.Files = o.Files
		}
		out = append(out, f)
	}
	return writeJSON(inv.env.Stdout, map[string]any{"path": p, "size": tree.Entries[0].Size, "files": out})
}

// directories returns the directories of a path, largest first.
func directories(tree *files.Tree) []files.Entry {
	var list []files.Entry
	for i, o := range tree.Entries {
		if o.Kind == files.Directory {
			list = append(list, files.Entry(i))
		}
	}
	tree.Sort(list)
	return list
}
