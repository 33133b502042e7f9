package syntax

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Names keep their number while the table grows, and preset ones are where
// they are said to be.
func TestSymbols(t *testing.T) {
	s := NewSymbols("first", "second")
	if got := s.Lookup("second"); got != FirstPreset+1 {
		t.Errorf("second preset: got %d, want %d", got, FirstPreset+1)
	}
	if got := s.Name(SymLessThan); got != "__lessThan" {
		t.Errorf("SymLessThan is %q", got)
	}
	numbers := map[string]Sym{}
	for i := range 20000 {
		name := "n" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/1000)
		y := s.Intern(name)
		if old, ok := numbers[name]; ok && old != y {
			t.Fatalf("%s: got %d, then %d", name, old, y)
		}
		numbers[name] = y
	}
	for name, y := range numbers {
		if got := s.Name(y); got != name {
			t.Fatalf("Name(%d): got %q, want %q", y, got, name)
		}
	}
	if got := s.Lookup("nowhere"); got != 0 {
		t.Errorf("Lookup of an unknown name: got %d", got)
	}
	if got, want := s.Len(), len(grammarNames)+2+len(numbers); got != want {
		t.Errorf("Len: got %d, want %d", got, want)
	}
}

// Many goroutines may intern the same names.
func TestSymbolsConcurrently(t *testing.T) {
	s := NewSymbols()
	const workers, names = 4, 3000
	results := make(chan []Sym, workers)
	for range workers {
		go func() {
			var syms []Sym
			for i := range names {
				syms = append(syms, s.Intern("n"+strings.Repeat("a", i%50)+strings.Repeat("b", i/50)))
			}
			results <- syms
		}()
	}
	first := <-results
	for range workers - 1 {
		if diff := cmp.Diff(first, <-results); diff != "" {
			t.Fatalf("goroutines got different numbers:\n%s", diff)
		}
	}
}

// Lines end with \n, \r\n or \r; columns count bytes.
func TestPosition(t *testing.T) {
	table := NewPosTable()
	if _, err := table.AddFile("before", "xyz"); err != nil {
		t.Fatal(err)
	}
	f, err := table.AddFile("/f.nix", "a\nbé\r\nc\rd")
	if err != nil {
		t.Fatal(err)
	}
	for offset, want := range map[int]string{
		0: "/f.nix:1:1", 1: "/f.nix:1:2", 2: "/f.nix:2:1", 5: "/f.nix:2:4", 7: "/f.nix:3:1", 9: "/f.nix:4:1", 10: "/f.nix:4:2",
	} {
		if got := table.Position(f.Pos(offset)).String(); got != want {
			t.Errorf("position of offset %d: got %s, want %s", offset, got, want)
		}
	}
	if got := table.Position(NoPos).String(); got != "«none»:0" {
		t.Errorf("NoPos: got %s", got)
	}
	var lines []string
	for n := range f.LineCount() + 2 {
		lines = append(lines, f.Line(n))
	}
	if diff := cmp.Diff([]string{"", "a", "bé", "c", "d", ""}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
