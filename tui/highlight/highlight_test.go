package highlight

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
)

func TestNixPieces(t *testing.T) {
	const src = `let x = "a${b}\n"; in # c
map f [ ./p 1 ] |> x.y or null`
	var got []string
	for _, p := range NixPieces(src) {
		got = append(got, p.Token.String()+" "+src[p.Start:p.End])
	}
	want := []string{
		"Keyword let", "AttrName x", "Bracket =", `String "`, "String a", "Escape ${", "Variable b", "Escape }",
		`Escape \n`, `String "`, "Bracket ;", "Keyword in", "Comment # c",
		"Builtin map", "Variable f", "Bracket [", "Path ./p", "Number 1", "Bracket ]", "Operator |>",
		"Variable x", "Bracket .", "AttrName y", "Keyword or", "Keyword null",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pieces (-want +got):\n%s", diff)
	}
}

func TestPiecesOfBrokenText(t *testing.T) {
	const src = "{ a = ''x ${ \"\\"
	last := 0
	for _, p := range NixPieces(src) {
		if p.Start < last || p.End > len(src) || p.Start >= p.End {
			t.Errorf("piece %v is out of order or range", p)
		}
		last = p.End
	}
}

func FuzzTokenise(f *testing.F) {
	for _, s := range []string{"let a = 1; in a", "''\n ${x}''", "\"\x00", "/* ", "a |> b # "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		next, err := Nix().Tokenise(nil, src)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for tok := next(); tok != chroma.EOF; tok = next() {
			b.WriteString(tok.Value)
		}
		if b.String() != src {
			t.Errorf("got %q back from %q", b.String(), src)
		}
		for _, p := range NixPieces(src) {
			if p.Token == themes.Text {
				t.Errorf("piece %v says nothing", p)
			}
		}
	})
}

func BenchmarkNixPieces(b *testing.B) {
	src := strings.Repeat("  name-of-attr = builtins.map (x: \"${x}-suffix\") [ 1 2 3 ]; # why\n", 1000)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		NixPieces(src)
	}
}

func TestPiecesAreWholeCharacters(t *testing.T) {
	src := "1 → 2 ü \"→\""
	for _, p := range NixPieces(src) {
		if s := src[p.Start:p.End]; !utf8.ValidString(s) {
			t.Errorf("got the piece %q of %q, want whole characters", s, src)
		}
	}
}
