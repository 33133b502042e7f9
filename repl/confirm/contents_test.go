//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Floating, impure and dynamic derivations: what is said of their builds, what is in
// the database afterwards, what outputs came to be, and what is in the store.
func TestConfirmContents(t *testing.T) {
	b := newBuilds(t, "testdata/builds/contents.nix")
	for i, setting := range b.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			b.env[i] += "\nexperimental-features = ca-derivations impure-derivations dynamic-derivations nix-command"
		}
	}
	for _, line := range []string{
		"low", "same", "top", "plain", "flat", "text", "fails", "needsFails", "executable", "pureNeedsImpure",
		"plain -A text", "top --check",
	} {
		t.Run(line, func(t *testing.T) {
			ours, theirs := b.both(t, append([]string{"-A"}, strings.Fields(line)...)...)
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("(-nix +nixbench)\n%s", diff)
			}
		})
	}
	// What 2.34 says of these is another thing: it plans to build what has been built
	// by another name, crashes after it has built what is impure, and says that it does
	// not plan what derivations make. What it does is the same.
	for _, attr := range []string{"alike", "impure", "needsImpure", "dynamic"} {
		ours, _ := b.both(t, "-A", attr)
		if ours.Status != 0 {
			t.Errorf("%s: %s", attr, ours.Stderr)
		}
	}
	// 2.34 notes an output for what was resolved and for what that resolved to.
	b.sameStores(t, "select distinct outputName, outputPath from BuildTraceV3",
		"select distinct outputName, path from Realisations r join ValidPaths v on v.id = r.outputPath")
}

// Paths are copied to the same content-addressed ones, and the same is said.
func TestConfirmMakeContentAddressed(t *testing.T) {
	tw := newTwins(t)
	file, err := filepath.Abs("testdata/builds/addressed.nix")
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(tw.dir, "from")
	built := tw.ours(t, "nix-build", "--store", from, "--no-out-link", file)
	if built.Status != 0 {
		t.Fatal(built.Stderr)
	}
	top := strings.TrimSpace(built.Stdout)
	for _, args := range []string{top, "--json " + top, "-r --json " + top, top + " " + top} {
		run := func(who string) []string {
			return append([]string{"store", "make-content-addressed", "--from", from, "--to", filepath.Join(tw.dir, who)}, strings.Fields(args)...)
		}
		if diff := cmp.Diff(tw.theirs(t, run("theirs")...), tw.ours(t, run("ours")...)); diff != "" {
			t.Errorf("%s: (-nix +nixbench)\n%s", args, diff)
		}
	}
	(&builds{tw, file}).sameStores(t, "", "")
}

// sameStores compares what both stores have: rows, references, files, and by queries of
// their own what outputs came to be, with "" nothing. Each has its own logs.
func (b *builds) sameStores(t *testing.T, ours, theirs string) {
	t.Helper()
	for what, queries := range map[string][2]string{
		"valid paths":            both("select path, hash, quote(deriver), quote(narSize), quote(ultimate), quote(sigs), quote(ca) from ValidPaths"),
		"references":             both("select a.path, b.path from Refs join ValidPaths a on a.id = referrer join ValidPaths b on b.id = reference"),
		"outputs of derivations": both("select v.path, o.id, o.path from DerivationOutputs o join ValidPaths v on v.id = o.drv"),
		"outputs":                {ours, theirs},
	} {
		if queries[0] == "" {
			continue
		}
		got, want := b.rows(t, "ours", queries[0]), b.rows(t, "theirs", queries[1])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-nix +nixbench)\n%s", what, diff)
		}
	}
	for _, dir := range []string{"nix/store", "nix/var/log/nix/drvs"} {
		if diff := cmp.Diff(b.listing(t, "theirs", dir), b.listing(t, "ours", dir)); diff != "" {
			t.Errorf("%s: (-nix +nixbench)\n%s", dir, diff)
		}
	}
}

func both(query string) [2]string { return [2]string{query, query} }

// rows returns what a query finds in a store's database, sorted.
func (b *builds) rows(t *testing.T, who, query string) []string {
	t.Helper()
	c, err := sqlite.OpenConn(filepath.Join(b.dir, who, "nix/var/nix/db/db.sqlite"), sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var found []string
	if err := sqlitex.Execute(c, query, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		var columns []string
		for i := range row.ColumnCount() {
			columns = append(columns, row.ColumnText(i))
		}
		found = append(found, strings.Join(columns, "|"))
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// listing returns the names and kinds of the files in a directory of a store, and what
// is in plain ones; of logs, which are compressed, only the names.
func (b *builds) listing(t *testing.T, who, dir string) []string {
	t.Helper()
	top := filepath.Join(b.dir, who, dir)
	var found []string
	err := filepath.WalkDir(top, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == top {
			return nil
		}
		if entry.Name() == ".links" {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".lock") { // of a build that has failed: 2.34 leaves it
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text := ""
		switch {
		case entry.Type() == os.ModeSymlink:
			text, err = os.Readlink(name)
		case entry.Type().IsRegular() && dir == "nix/store":
			var data []byte
			data, err = os.ReadFile(name)
			text = string(data)
		}
		mode := info.Mode()
		if dir != "nix/store" {
			mode = 0
		}
		found = append(found, strings.TrimPrefix(name, top)+" "+mode.String()+" "+text)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return found
}
