package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixjson"
)

// This file is nix store ls, nix store cat and nix nar: what is in objects and
// archives.

// lsFlags are those of the commands that list.
func lsFlags() []flag {
	return []flag{
		{[]string{"--recursive", "-R"}, nil, "also what is in directories below", on(func(inv *invocation) *bool { return &inv.recursive })},
		{[]string{"--long", "-l"}, nil, "with permissions, sizes and targets", on(func(inv *invocation) *bool { return &inv.long })},
		{[]string{"--directory", "-d"}, nil, "the directory itself, not what is in it", on(func(inv *invocation) *bool { return &inv.directory })},
		jsonFlag,
	}
}

// insideStore returns the store path that an argument is in, where that is on
// disk, and what follows.
func (inv *invocation) insideStore(ctx context.Context, arg string) (file, inside string, done func(), err error) {
	eng, err := inv.open(ctx)
	if err != nil {
		return "", "", nil, err
	}
	done = func() { eng.Close() }
	name := inv.abs(arg)
	p, rest, err := eng.Store().Dir().PathOf(name)
	if err == nil {
		var valid string
		if err = eng.Unpack(ctx, p); err == nil {
			valid, err = realIfValid(ctx, eng.Reader(), p)
		}
		if err == nil {
			return valid, rest, done, nil
		}
	} else {
		err = fmt.Errorf("path '%s' is not in the Nix store", arg)
	}
	done()
	return "", "", nil, err
}

func realIfValid(ctx context.Context, st store.Reader, p store.Path) (string, error) {
	valid, err := st.IsValid(ctx, p)
	if err == nil && !valid {
		err = fmt.Errorf("path '%s' is not a valid store path", p)
	}
	return st.RealPath(p), err
}

// lstatInside returns what is at inside in the object at file. A link on the way there is an
// error, as it could lead out of the object.
func lstatInside(file, inside string) (fs.FileInfo, error) {
	info, err := os.Lstat(file)
	at := file
	for part := range strings.SplitSeq(strings.Trim(path.Clean("/"+inside), "/"), "/") {
		if part == "" || err != nil {
			continue
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("path '%s' is a symlink", at)
		}
		at += "/" + part
		info, err = os.Lstat(at)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("path '%s' does not exist", file+inside)
	}
	return info, err
}

// runStoreLs is `nixbench store ls`.
func runStoreLs(ctx context.Context, inv *invocation) error {
	file, inside, done, err := inv.insideStore(ctx, inv.args[0])
	if err != nil {
		return err
	}
	defer done()
	if _, err := lstatInside(file, inside); err != nil {
		return err
	}
	node, err := nar.ListFile(file+inside, inv.recursive || inv.long)
	if err != nil {
		return err
	}
	return inv.list(node, baseOf(inside))
}

// runNarLs is `nixbench nar ls`.
func runNarLs(_ context.Context, inv *invocation) error {
	node, inside, f, err := inv.insideArchive()
	if errors.Is(err, errNotInArchive) {
		return fmt.Errorf("path '«unknown»%s' does not exist", inside)
	} else if err != nil {
		return err
	}
	f.Close()
	return inv.list(node, baseOf(inside))
}

// baseOf returns the last part of a path in an object, "" for the object itself.
func baseOf(inside string) string {
	if base := path.Base(path.Clean("/" + inside)); base != "/" {
		return base
	}
	return ""
}

// errNotInArchive reports that there is nothing at a path in an archive.
var errNotInArchive = errors.New("not in the archive")

// insideArchive returns what is at the second argument in the archive that the
// first one names, and the file. The caller closes it. If there is nothing at
// inside, which is still returned, errors.Is(err, errNotInArchive).
func (inv *invocation) insideArchive() (node *nar.Node, inside string, f *os.File, err error) {
	if f, err = os.Open(inv.abs(inv.args[0])); err != nil {
		return nil, "", nil, openingArchive(inv.args[0], err)
	}
	listing, err := nar.List(f)
	err = archiveError(err)
	inside = path.Clean("/" + inv.args[1])
	if err == nil {
		if node = listing.Root.At(inside); node == nil {
			err = errNotInArchive
		}
	}
	if err != nil {
		f.Close()
		return nil, inside, nil, err
	}
	return node, inside, f, nil
}

// openingArchive is Nix's error about an archive that cannot be opened.
func openingArchive(name string, err error) error {
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		return fmt.Errorf("opening NAR file %s: %s", store.QuoteFile(name), store.Capital(failed.Err.Error()))
	}
	return err
}

// list prints a node, whose own name is base.
func (inv *invocation) list(node *nar.Node, base string) error {
	if inv.json {
		if inv.directory {
			return inv.cmd.usage("'--directory' is useless with '--json'")
		}
		if !inv.recursive {
			node = node.Shallow()
		}
		if err := checkNames(node); err != nil {
			return err
		}
		return writeJSON(inv.env.Stdout, node)
	}
	if node.Type != nar.Directory {
		return inv.listNode(node, base)
	}
	if inv.directory {
		return inv.listNode(node, ".")
	}
	return inv.listEntries(node, ".")
}

// checkNames refuses what JSON cannot have: names and targets that are no UTF-8.
func checkNames(node *nar.Node) error {
	if _, err := nixjson.AppendString(nil, node.Target); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(node.Entries)) {
		if _, err := nixjson.AppendString(nil, name); err != nil {
			return err
		}
		if err := checkNames(node.Entries[name]); err != nil {
			return err
		}
	}
	return nil
}

func (inv *invocation) listEntries(node *nar.Node, name string) error {
	for _, entry := range slices.Sorted(maps.Keys(node.Entries)) {
		if err := inv.listNode(node.Entries[entry], name+"/"+entry); err != nil {
			return err
		}
	}
	return nil
}

// listNode prints a node and what is below it.
func (inv *invocation) listNode(node *nar.Node, name string) error {
	if err := inv.listLine(node, name); err != nil {
		return err
	}
	if inv.recursive && node.Type == nar.Directory {
		return inv.listEntries(node, name)
	}
	return nil
}

func (inv *invocation) listLine(node *nar.Node, name string) error {
	shown := inv.shownName(name)
	if !inv.long {
		return inv.println(shown)
	}
	mode := "-r--r--r--"
	switch {
	case node.Type == nar.Directory:
		mode = "dr-xr-xr-x"
	case node.Type == nar.Symlink:
		mode = "lrwxrwxrwx"
		shown += " -> " + inv.shownName(node.Target)
	case node.Executable:
		mode = "-r-xr-xr-x"
	}
	return inv.println(fmt.Sprintf("%s %20d %s", mode, node.Size, shown))
}

// shownName returns the name of a file: cleaned for a terminal, as it is for others.
func (inv *invocation) shownName(name string) string {
	if inv.env.OutTerminal {
		return text.SanitiseName(name)
	}
	return name
}

// runStoreCat is `nixbench store cat`.
func runStoreCat(ctx context.Context, inv *invocation) error {
	file, inside, done, err := inv.insideStore(ctx, inv.args[0])
	if err != nil {
		return err
	}
	defer done()
	info, err := lstatInside(file, inside)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("path '%s' is not a regular file", path.Clean("/"+inside))
	}
	f, err := os.Open(file + inside)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(store.StopWriter(ctx, inv.env.Stdout), f)
	return err
}

// runNarCat is `nixbench nar cat`.
func runNarCat(ctx context.Context, inv *invocation) error {
	node, _, f, err := inv.insideArchive()
	if err == nil {
		defer f.Close()
	} else if !errors.Is(err, errNotInArchive) {
		return err
	}
	if node == nil || node.Type != nar.Regular {
		return fmt.Errorf("NAR does not contain regular file '%s'", inv.args[1])
	}
	_, err = io.Copy(store.StopWriter(ctx, inv.env.Stdout), io.NewSectionReader(f, node.NarOffset, node.Size))
	return err
}

// runNarPack is `nixbench nar pack`: the archive of a file.
func runNarPack(ctx context.Context, inv *invocation) error {
	if inv.cmd.name == "nar dump-path" {
		inv.warn("'nix nar dump-path' is a deprecated alias for 'nix nar pack'")
	}
	return inv.dumpFile(ctx, inv.args[0])
}

// runStoreDumpPath is `nixbench store dump-path`.
func runStoreDumpPath(ctx context.Context, inv *invocation) error {
	if inv.env.OutTerminal {
		return inv.cmd.usage("refusing to write NAR to a terminal")
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	paths, err := inv.paths(ctx, eng, inv.args)
	if err == nil && len(paths) != 1 {
		err = inv.cmd.usage("this command requires exactly one store path")
	}
	if err == nil {
		_, err = realIfValid(ctx, eng.Reader(), paths[0])
	}
	if err != nil {
		return err
	}
	return eng.DumpPath(ctx, inv.env.Stdout, paths[0])
}
