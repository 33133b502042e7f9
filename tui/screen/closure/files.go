package closure

// This file shows what is in a path: as a tree of directories with their sizes, or
// all files in one list, in both the biggest first.

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/files"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/rows"
)

func (s *Screen) newFiles(p store.Path) *frame {
	f := &frame{kind: kindFiles, path: p, name: cleanName(p), st: s.env.Styles}
	columns := []rows.Column{
		{Title: "FILE", Min: 20, Flex: 1},
		{Title: "FILES", Min: 7, Right: true, Rank: 3},
		{Title: "SIZE", Min: 7, Right: true},
		{Title: "%", Min: 6, Right: true, Rank: 1},
		{Min: 10, Rank: 2},
	}
	f.list, f.flat = rows.New(s.env.Styles, columns...), rows.New(s.env.Styles, columns...)
	f.list.Empty = "reading the files .."
	f.fileTree = &rows.Tree[files.Entry]{
		KeyOf:       func(e files.Entry) string { return base(f.files.Entries[e].Name) },
		TextOf:      func(e files.Entry) string { return f.fileName(e, false) },
		RowOf:       func(e files.Entry) rows.Row { return f.fileRow(e, f.fileName(e, false)) },
		HasChildren: func(e files.Entry) bool { return len(f.files.Children(e)) > 0 },
		Children:    func(e files.Entry) []files.Entry { return f.files.Children(e) },
	}
	return f
}

// base is the last part of a name.
func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// fileName is what a file is called: by its whole name in the path, or by the last
// part of it. A directory ends in a slash, an executable in a star; a link says where
// it leads.
func (f *frame) fileName(e files.Entry, whole bool) string {
	o := f.files.Entries[e]
	name := o.Name
	switch {
	case name == "": // the object itself
		return cleanName(f.path)
	case !whole:
		name = base(name)
	}
	switch o.Kind {
	case files.Directory:
		name += "/"
	case files.Executable:
		name += "*"
	case files.Link:
		name += " -> " + o.Target
	}
	return text.SanitiseName(name)
}

func (f *frame) fileRow(e files.Entry, name string) rows.Row {
	o, total := f.files.Entries[e], f.files.Entries[0].Size
	below := ""
	switch o.Kind {
	case files.Directory:
		below = text.Count(o.Files)
	case files.Link:
		return rows.Row{Cells: []rows.Cell{rows.Text(themes.Muted, name)}}
	}
	return rows.Row{Cells: []rows.Cell{
		rows.Text(themes.Path, name), rows.Text(themes.Muted, below), rows.Text(themes.Size, text.Size(o.Size)),
		rows.Text(themes.Muted, text.Percent(o.Size, total)), {f.st.Bar(o.Size, total, 10)},
	}}
}

// setFiles takes what is in the path; what was unfolded stays so.
func (f *frame) setFiles(tree *files.Tree, err error) {
	if f.refused("its files could not be read", err) {
		f.files = nil
		return
	}
	f.files = tree
	f.list.Empty = "it has no files"
	f.name = cleanName(f.path) + "   " + text.Plural(tree.Entries[0].Files, "file") + "   " + text.Bytes(tree.Entries[0].Size)
	top := tree.Children(0)
	if tree.Entries[0].Kind != files.Directory {
		top = []files.Entry{0}
	}
	f.fileTree.SetRoots(top...)
	f.list.SetSource(f.fileTree)
	f.bySize = tree.Largest()
	f.flat.SetSource(&rows.Func{
		N:      func() int { return len(f.bySize) },
		KeyOf:  func(i int) string { return f.files.Entries[f.bySize[i]].Name },
		TextOf: func(i int) string { return f.fileName(f.bySize[i], true) },
		RowOf:  func(i int) rows.Row { return f.fileRow(f.bySize[i], f.fileName(f.bySize[i], true)) },
	})
}

// file is what is under the cursor.
func (f *frame) file() (files.Entry, bool) {
	i, ok := f.main().Selected()
	switch {
	case f.kind != kindFiles || f.files == nil || !ok:
		return files.None, false
	case f.view == viewFlat:
		return f.bySize[i], true
	}
	return f.fileTree.Node(i), true
}

// goToFile puts the cursor on a file, unfolding what it is in.
func (f *frame) goToFile(e files.Entry) {
	name := f.files.Entries[e].Name
	if f.view == viewFlat {
		f.flat.Select(name)
		return
	}
	key := f.fileTree.OpenTo(strings.Split(name, "/")...)
	f.list.Changed()
	f.list.Select(key)
}

// flipFileView shows the tree, or all files in one list.
func (f *frame) flipFileView() {
	e, ok := f.file()
	if f.view == viewFlat {
		f.view = viewTree
	} else {
		f.view = viewFlat
	}
	if ok && (f.view == viewTree || f.files.Entries[e].Kind != files.Directory) {
		f.goToFile(e)
	}
	f.searchFiles(f.query)
}

// searchFiles looks for files by name, also in directories that are folded; the list
// shows only those.
func (f *frame) searchFiles(query string) {
	f.list.SetFind(query)
	f.flat.SetFind(query)
	f.flat.SetFilter(query)
	f.fileHits = nil
	if query == "" || f.files == nil {
		return
	}
	low := strings.ToLower(query)
	for i := 1; i < len(f.files.Entries); i++ {
		if strings.Contains(strings.ToLower(f.fileName(files.Entry(i), false)), low) {
			f.fileHits = append(f.fileHits, files.Entry(i))
		}
	}
}

// nextFile goes to the match n places on, as next does in closures.
func (f *frame) nextFile(n int) bool {
	if f.view == viewFlat {
		return f.flat.FindNext(n)
	}
	e, _ := f.file()
	return stepTo(f.fileHits, e, n, f.goToFile)
}

// fileInfo is about the file under the cursor, a fact a line.
func (s *Screen) fileInfo(f *frame, fact func(name, value string, token themes.Token) line) []line {
	e, ok := f.file()
	if !ok {
		return nil
	}
	o := f.files.Entries[e]
	lines := []line{nil, fact("file", f.fileName(e, true), themes.Path)}
	switch o.Kind {
	case files.Link:
		return lines
	case files.Directory:
		lines = append(lines, fact("holds", text.Plural(o.Files, "file")+"   "+text.Bytes(o.Size), themes.Size))
	default:
		lines = append(lines, fact("size", text.Bytes(o.Size), themes.Size))
	}
	return append(lines, fact("", text.Percent(o.Size, f.files.Entries[0].Size)+" of the path", themes.Muted))
}

// loadFiles asks for what is in the path.
func (s *Screen) loadFiles(f *frame) tea.Cmd {
	return tui.Ask(s.env, &f.loading, filesOf(s.env.Backend, f.path))
}
