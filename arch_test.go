package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file holds the import rules of ARCHITECTURE.md as a test. Each package
// has a line; what the line does not name, the package may not import.
// Arrows point down: main → tui → repl, inspect → engine → store.

const module = "nixbench"

// A rule is the allow-list of one package, or of a folder of packages if its
// path ends in "/...". The most specific rule counts.
type rule struct {
	pkg  string
	ours string // of this module, words; "x/..." allows x and all below it
	from string // from outside the standard library, words; prefixes of import paths
}

var rules = []rule{
	{"store/nixbase32", "", ""},
	{"store/nar", "", "golang.org/x/sys/unix"},
	{"store/aterm", "", ""},
	{"store/nixhash", "store/nixbase32", "lukechampine.com/blake3"},
	{"store/edges", "", ""},
	{"store", "store/edges store/nixbase32 store/nixhash", ""},
	{"store/nixjson", "", ""},
	{"store/drvname", "", ""},
	{"store/drv", "store store/aterm store/nixbase32 store/nixhash store/nixjson", ""},
	{"store/narinfo", "store store/nixbase32 store/nixhash", ""},
	{"store/refscan", "store store/nixbase32 store/nixhash", ""},
	{"store/gc", "store store/edges", ""},
	{"store/profile", "store store/disk", "golang.org/x/sys/unix"},
	{"store/export", "store store/nar store/nixhash", ""},
	{"store/githash", "store store/nixhash", "golang.org/x/sys/unix"},
	{"store/disk", "", "golang.org/x/sys/unix"},
	{"store/cores", "", ""},
	{"store/socket", "", ""},
	{"store/cache", "store store/cores store/nar store/narinfo store/nixhash store/nixjson",
		"github.com/andybalholm/brotli github.com/dsnet/compress/bzip2 github.com/klauspost/compress github.com/pierrec/lz4/v4 github.com/therootcompany/xz github.com/ulikunitz/xz golang.org/x/sys/unix"},
	{"store/local", "store store/aterm store/cores store/disk store/drv store/gc store/githash store/nar store/narinfo store/nixbase32 store/nixhash store/pending store/refscan store/socket",
		"zombiezen.com/go/sqlite modernc.org/sqlite golang.org/x/sys/unix github.com/dsnet/compress/bzip2"},
	{"store/daemon", "store store/drv store/githash store/nar store/nixhash store/pending store/socket", ""},
	{"store/pending", "store store/drv store/nixhash", ""},
	{"store/daemon/daemontest", "store/...", ""},
	{"store/storetest", "store/...", "github.com/rogpeppe/go-internal/txtar"},

	{"engine/event", "", ""},
	{"engine/xmlout", "", ""},
	{"engine/filecache", "", "golang.org/x/sys/unix"},
	{"engine/pages", "", "golang.org/x/sys/unix"},
	{"engine/syntax", "engine/pages", ""},
	{"engine/uri", "", ""},
	{"engine/early", "", ""},
	{"engine/chroot", "store", "golang.org/x/sys/unix"},
	{"engine/sandbox", "engine/early", "golang.org/x/sys/unix"},
	{"engine/shell", "engine/shell/applet", "mvdan.cc/sh golang.org/x/sys/unix"},
	{"engine/shell/applet", "engine/shell/regex", "github.com/benhoyt/goawk golang.org/x/sys/unix github.com/klauspost/compress github.com/therootcompany/xz github.com/dsnet/compress/bzip2"},
	{"engine/shell/regex", "", ""},
	{"engine/settings", "engine/uri store", ""},
	{"engine/resolve", "engine/syntax", ""},
	{"engine/eval", "engine/syntax engine/resolve store", ""},
	{"engine/archive", "", "github.com/klauspost/compress github.com/therootcompany/xz golang.org/x/sys/unix"},
	{"engine/builtins/...", "engine/builtins/... engine/archive engine/eval engine/syntax engine/uri engine/instantiate engine/xmlout store store/drv store/drvname store/nar store/nixbase32 store/nixhash store/nixjson",
		"github.com/BurntSushi/toml github.com/klauspost/compress"},
	{"engine/watch", "engine/eval engine/syntax", ""},
	{"engine/instantiate", "engine/eval engine/syntax store/nixjson engine/builtins/serial store store/drv store/nixbase32 store/nixhash", ""},
	{"engine/build", "engine/archive engine/event engine/sandbox engine/settings store store/disk store/drv store/githash store/nar store/nixbase32 store/nixhash store/nixjson store/refscan", "golang.org/x/sys/unix"},
	{"engine", "engine/... store/...", "golang.org/x/sys/unix"},
	{"engine/exprtest", "engine/syntax", ""},
	{"engine/enginetest", "engine/... store/...", "github.com/rogpeppe/go-internal/txtar"},

	{"inspect/doctor", "engine engine/sandbox store store/disk store/socket", ""},
	{"inspect/...", "store store/cores store/drv store/edges store/drvname store/gc store/profile inspect/closure inspect/version", ""},

	{"repl/text", "", "github.com/charmbracelet/x/ansi"},
	{"repl/tour", "repl engine engine/eval engine/settings store store/profile examples", "golang.org/x/sys/unix"},
	{"repl/desk", "repl repl/text engine engine/event inspect/... store store/disk store/gc store/profile", "golang.org/x/sys/unix mvdan.cc/sh/v3/shell"},
	{"repl/cli", "repl repl/text repl/tour engine engine/chroot engine/event engine/eval engine/syntax engine/settings engine/uri engine/watch engine/xmlout inspect/... store store/drv store/drvname store/gc store/profile store/nar store/narinfo store/nixhash store/githash store/nixjson store/socket",
		"github.com/fsnotify/fsnotify golang.org/x/sys/unix"}, // nix-hash and nix nar work on files; nix shell becomes its command
	{"repl/confirm", "repl/text", ""}, // runs the binary
	{"repl/...", "repl repl/text repl/tour engine engine/event engine/eval engine/syntax engine/settings engine/watch engine/xmlout inspect/... store store/drv store/gc store/profile",
		"github.com/fsnotify/fsnotify"},

	{"themes/mistakes", "", "github.com/BurntSushi/toml"},
	{"themes", "themes/mistakes", ""},

	{"tui/highlight", "engine/syntax themes", "github.com/alecthomas/chroma/v2"},
	{"tui/config", "tui/action tui/keymap tui/table themes themes/mistakes", "github.com/fsnotify/fsnotify"},
	{"tui/background", "", "golang.org/x/sys/unix"},
	{"tui/guard", "repl/text", "github.com/charmbracelet/x/ansi golang.org/x/sys/unix"},
	{"tui/...", "tui/... engine/event repl repl/text repl/desk inspect/... store store/drv store/gc store/profile themes",
		"charm.land github.com/charmbracelet/x/ansi github.com/charmbracelet/colorprofile github.com/charmbracelet/ultraviolet github.com/sahilm/fuzzy github.com/alecthomas/chroma/v2"},

	{".", "engine/... repl/... tui/... store/... inspect/... themes examples", "golang.org/x/sys/unix github.com/charmbracelet/x/term"},
	{"examples", "", ""},
	{"engine/peers", "", ""},
	{"engine/heap", "engine/eval engine/pages store/cores", "golang.org/x/sys/unix"},
	{"tui/e2e", "", ""}, // runs the binary
	{"tui/benchmarks", "", "github.com/charmbracelet/x/vt golang.org/x/sys/unix"}, // runs the binary
	{"engine/benchmarks", "engine/peers store store/local", ""},
	{"engine/trials", "engine/peers store/...", "golang.org/x/sys/unix"},
}

// testOnly are the libraries that only tests may import.
var testOnly = []string{
	"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "pgregory.net/rapid",
	"go.uber.org/goleak", "github.com/charmbracelet/x/vt", "github.com/charmbracelet/x/exp/teatest",
	"golang.org/x/sys/unix", "zombiezen.com/go/sqlite", "github.com/charmbracelet/ultraviolet",
}

// layers order the top folders; a test may import what stands at its own
// layer or below.
var layers = []string{"store", "engine", "inspect", "repl", "themes", "tui", "."}

// ruleFor returns the most specific rule for the package in dir.
func ruleFor(dir string) (rule, bool) {
	best, found := rule{}, false
	for _, r := range rules {
		if matches(r.pkg, dir) && (!found || len(r.pkg) > len(best.pkg) || best.pkg != dir && r.pkg == dir) {
			best, found = r, true
			if r.pkg == dir {
				break
			}
		}
	}
	return best, found
}

// matches reports whether pattern, a path or a path and "/...", covers pkg.
func matches(pattern, pkg string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pattern == pkg
}

func allowed(r rule, dir, imp string, test bool) bool {
	ours, isOurs := strings.CutPrefix(imp, module+"/")
	switch {
	case isOurs && strings.HasSuffix(path.Base(ours), "test") && !strings.HasSuffix(path.Base(dir), "test"):
		return test
	case isOurs && test:
		return layer(ours) <= layer(dir)
	case isOurs:
		return slices.ContainsFunc(strings.Fields(r.ours), func(p string) bool { return matches(p, ours) })
	case !strings.Contains(strings.SplitN(imp, "/", 2)[0], "."):
		return true // the standard library
	}
	words := strings.Fields(r.from)
	if test || strings.HasSuffix(path.Base(dir), "test") {
		words = append(words, testOnly...)
	}
	return slices.ContainsFunc(words, func(p string) bool { return imp == p || strings.HasPrefix(imp, p+"/") })
}

func layer(dir string) int {
	return slices.Index(layers, strings.SplitN(dir, "/", 2)[0])
}

func violations(fsys fs.FS) (out []string, err error) {
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		dir := path.Dir(p)
		r, ok := ruleFor(dir)
		if !ok {
			out = append(out, p+": no rule for its package")
			return nil
		}
		src, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, im := range f.Imports {
			imp, _ := strconv.Unquote(im.Path.Value)
			if !allowed(r, dir, imp, strings.HasSuffix(p, "_test.go")) {
				out = append(out, p+" imports "+imp)
			}
		}
		return nil
	})
	return out, err
}

// TestImports holds every package to its line of the allow-list.
func TestImports(t *testing.T) {
	found, err := violations(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// TestRuneWidth keeps out the versions of go-runewidth that cost 23 ms at
// every start.
func TestRuneWidth(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"go-runewidth v0.0.26 //", "go-runewidth v0.0.27 //"} {
		if strings.Contains(string(mod), bad) {
			t.Errorf("go.mod requires %s", bad)
		}
	}
}
