package resolve

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/syntax"
)

// TestStoredTape pins that what was stored of a text is, when it is loaded in another
// place by a process that knows other names, what parsing the text there gives: the
// tree, the order of symbols, lines, documentation and warnings.
func TestStoredTape(t *testing.T) {
	stored, ordered := 0, 0
	for _, text := range append(tapeTexts(t), "/** a */ x: /** b */ y: { /** c */ z = 1; }\n\n", "http://x.y/z + a/b + /c + ~/d", "[ (f or) f or ]") {
		first := newPlace("/dir", "these", "names")
		tape, f, err := first.parse(text)
		if err != nil {
			continue
		}
		data, ok := syntax.AppendTape(nil, tape, f, first.syms)
		if !ok {
			ordered++
			continue
		}
		stored++
		fresh, cached := newPlace("/elsewhere/deep", "body", "names", "x", "y"), newPlace("/elsewhere/deep", "body", "names", "x", "y")
		wantTape, want, err := fresh.parse(text)
		if err != nil {
			t.Fatal(err)
		}
		gotTape, got, err := syntax.LoadTape(string(data), "/elsewhere/deep/file.nix", text, cached.options())
		if err != nil {
			t.Fatalf("load tape of %s: %v", text, err)
		}
		if diff := cmp.Diff(fresh.names(), cached.names()); diff != "" {
			t.Errorf("names of %s (-parsed +loaded):\n%s", text, diff)
		}
		if diff := cmp.Diff(syntax.Print(wantTape.Unfold(0), fresh.syms), syntax.Print(gotTape.Unfold(0), cached.syms)); diff != "" {
			t.Errorf("tree of %s (-parsed +loaded):\n%s", text, diff)
		}
		if diff := cmp.Diff(about(want), about(got)); diff != "" {
			t.Errorf("file of %s (-parsed +loaded):\n%s", text, diff)
		}
		again, ok := syntax.AppendTape([]byte("before"), gotTape, got, cached.syms)
		wantAgain, wantOK := syntax.AppendTape([]byte("before"), wantTape, want, fresh.syms)
		if !ok || !wantOK || !slices.Equal(again, wantAgain) || string(again) != "before"+string(data) {
			t.Errorf("%s is not stored again as it was", text)
		}
	}
	if stored < 300 || ordered == 0 {
		t.Errorf("compared %d texts, and %d that cannot be stored, want more", stored, ordered)
	}
}

// A place is where a text is parsed: a directory, and the names that are known.
type place struct {
	dir    string
	syms   *syntax.Symbols
	tables *syntax.PosTable
}

func newPlace(dir string, names ...string) *place {
	return &place{dir, syntax.NewSymbols(names...), syntax.NewPosTable()}
}

func (p *place) options() *syntax.Options {
	return &syntax.Options{
		Symbols: p.syms, Positions: p.tables, BasePath: p.dir, Home: "/home",
		URLLiterals: syntax.LintWarn, ShortPaths: syntax.LintWarn, AbsolutePaths: syntax.LintWarn,
	}
}

func (p *place) parse(text string) (*syntax.Tape, *syntax.File, error) {
	return syntax.ParseTape(p.dir+"/file.nix", text, p.options(), func(e syntax.Expr, f *syntax.File) error {
		_, err := Expr(e, f, &Options{Symbols: p.syms, Global: globalsOf(p.syms)})
		return err
	})
}

// names returns the names in the order of their symbols.
func (p *place) names() []string {
	var names []string
	for y := 1; y <= p.syms.Len(); y++ {
		names = append(names, p.syms.Name(syntax.Sym(y)))
	}
	return names
}

// about returns what a file says of each position, and its warnings.
func about(f *syntax.File) (out []any) {
	for _, w := range f.Warnings {
		out = append(out, w)
	}
	for i := range len(f.Source()) + 1 {
		p := f.Position(f.Pos(i))
		p.File = nil
		out = append(out, p)
		if doc, ok := f.Doc(f.Pos(i)); ok {
			out = append(out, doc)
		}
	}
	for n := range f.LineCount() + 2 {
		out = append(out, f.Line(n))
	}
	return out
}
