package eval

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
)

// inState runs f with a State.
func inState(t *testing.T, f func(*State)) {
	t.Helper()
	if err := newTestEvaluator(nil).Do(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func setOf(s *State, m map[string]int64) Value {
	b := s.NewAttrs(len(m))
	for k, v := range m {
		b.SetName(k, MakeInt(v))
	}
	return b.Value()
}

func goMap(v Value) map[string]int64 {
	m := make(map[string]int64)
	for a := range v.Attrs().All() {
		m[SymName(a.Name)] = a.Value.AsInt()
	}
	return m
}

// TestUpdateAgainstMap compares chains of // on sets of all sizes, layered ones
// included, with the same on maps.
func TestUpdateAgainstMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	inState(t, func(s *State) {
		for range 200 {
			want := make(map[string]int64)
			got := EmptyAttrs
			for range rnd.IntN(30) {
				m := make(map[string]int64)
				for range rnd.IntN([]int{3, 20, 150}[rnd.IntN(3)]) {
					m[fmt.Sprint("n", rnd.IntN(300))] = rnd.Int64N(1000)
				}
				for k, v := range m {
					want[k] = v
				}
				got = s.Update(got, setOf(s, m))
				if k := fmt.Sprint("n", rnd.IntN(300)); true {
					v, ok := got.Attrs().GetName(k)
					if w, has := want[k]; ok != has || ok && v.AsInt() != w {
						t.Fatalf("attribute %s: got %v %v, want %v %v", k, v, ok, w, has)
					}
				}
			}
			if diff := cmp.Diff(want, goMap(got)); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
			if got, want := got.Attrs().Len(), len(want); got != want {
				t.Fatalf("got %d attributes, want %d", got, want)
			}
		}
	})
}

// TestUpdateKeepsPositions compares chains of // of many attributes with few, whose names
// begin alike, with the same on maps: names, their order, and where each was defined.
func TestUpdateKeepsPositions(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	inState(t, func(s *State) {
		for range 10 {
			want := make(map[string]Pos)
			got := EmptyAttrs
			for range 60 {
				b := s.NewAttrs(0)
				for range rnd.IntN([]int{3, 20, 900}[rnd.IntN(3)]) {
					name := fmt.Sprint("attribute", rnd.IntN(5000)>>rnd.IntN(8))
					pos := Pos(rnd.IntN(1 << 20))
					b.Add(Attr{Name: Intern(name), Value: MakeInt(1), Pos: pos})
					want[name] = pos
				}
				got = s.Update(got, b.Value())
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), got.Attrs().Names()); diff != "" {
				t.Fatalf("names (-want +got)\n%s", diff)
			}
			have := make(map[string]Pos)
			for at := range got.Attrs().All() {
				have[SymName(at.Name)] = at.Pos
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Fatalf("positions (-want +got)\n%s", diff)
			}
		}
	})
}

// TestAddFirst pins that the first attribute of each name counts.
func TestAddFirst(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	inState(t, func(s *State) {
		for _, n := range []int{1, fewAdded, 40 * fewAdded} {
			want := make(map[string]int64)
			b := s.NewAttrs(n)
			for i := range int64(n) {
				name := fmt.Sprint("first", rnd.IntN(n))
				_, there := want[name]
				if !there {
					want[name] = i
				}
				if added := b.AddFirst(Attr{Name: Intern(name), Value: MakeInt(i)}); added == there {
					t.Errorf("%s, of %d: added is %v", name, n, added)
				}
			}
			if diff := cmp.Diff(want, goMap(b.Value())); diff != "" {
				t.Errorf("of %d (-want +got)\n%s", n, diff)
			}
		}
	})
}

// TestOrder pins that enumeration is lexicographic whatever the symbols are.
func TestOrder(t *testing.T) {
	inState(t, func(s *State) {
		v := s.Update(setOf(s, map[string]int64{"zz": 1, "b": 2, "a": 3}), setOf(s, map[string]int64{"aa": 4, "Z": 5}))
		if diff := cmp.Diff([]string{"Z", "a", "aa", "b", "zz"}, v.Attrs().Names()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// TestOrderOfMany pins that names of a large set are sorted as those of a small one.
func TestOrderOfMany(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	inState(t, func(s *State) {
		for _, form := range []string{"many%d", "%d", "of the same eight bytes %d", "\xff%c", "%[1]d\x00%[1]d"} {
			want := make(map[string]int64)
			for range 3 * manyKeys {
				n := rnd.IntN(1 << rnd.IntN(20))
				want[fmt.Sprintf(form, n)] = int64(n)
			}
			got := setOf(s, want).Attrs().Names()
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), got); diff != "" {
				t.Errorf("%q (-want +got)\n%s", form, diff)
			}
		}
	})
}

// TestShapesShared pins that the same expression, and the same operation on the
// same shapes, give the same shape.
func TestShapesShared(t *testing.T) {
	ev := newTestEvaluator(nil)
	v := eval1(t, ev, `map (i: { a = i; b = i; } // { c = i; }) [ 1 2 ]`)
	var shapes []*Shape
	for _, e := range v.List() {
		r, err := ev.Force(context.Background(), e)
		if err != nil {
			t.Fatal(err)
		}
		shapes = append(shapes, r.shape())
	}
	if shapes[0] != shapes[1] {
		t.Error("got two shapes, want one")
	}
}

func TestSetOperations(t *testing.T) {
	inState(t, func(s *State) {
		a := setOf(s, map[string]int64{"a": 1, "b": 2, "c": 3})
		b := setOf(s, map[string]int64{"b": 20, "d": 40})
		if diff := cmp.Diff(map[string]int64{"b": 20}, goMap(s.IntersectAttrs(a, b))); diff != "" {
			t.Errorf("intersect (-want +got)\n%s", diff)
		}
		got := goMap(s.RemoveAttrs(a, []Sym{Intern("b"), Intern("x"), Intern("b")}))
		if diff := cmp.Diff(map[string]int64{"a": 1, "c": 3}, got); diff != "" {
			t.Errorf("remove (-want +got)\n%s", diff)
		}
		twice := s.NewAttrs(2)
		twice.SetName("x", MakeInt(1))
		twice.SetName("x", MakeInt(2))
		if got := goMap(twice.Value())["x"]; got != 2 {
			t.Errorf("got %d, want 2", got)
		}
	})
}

func TestStringContext(t *testing.T) {
	p := store.Path("/nix/store/00000000000000000000000000000000-a=b")
	d := store.Path("/nix/store/11111111111111111111111111111111-c.drv")
	c := NewStringContext(BuiltElem(d, "out"), OpaqueElem(p), DrvDeepElem(d), OpaqueElem(p))
	if len(c) != 3 || !slices.IsSorted(c) {
		t.Errorf("got %v, want 3 sorted elements", c)
	}
	var got [][3]string
	for _, e := range c {
		got = append(got, [3]string{string(e.Path()), e.Output(), fmt.Sprint(e.IsDrvDeep())})
	}
	want := [][3]string{{string(d), "out", "false"}, {string(p), "", "false"}, {string(d), "", "true"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	u := c.Union(NewStringContext(OpaqueElem(p)))
	if &u[0] != &c[0] {
		t.Error("union with a part of itself made a new context")
	}
	u = NewStringContext(OpaqueElem(p)).Union(NewStringContext(DrvDeepElem(d)))
	if diff := cmp.Diff(NewStringContext(OpaqueElem(p), DrvDeepElem(d)), u); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A sum of contexts is their union, whatever their lengths, and goes on after it was
// asked for.
func TestContextSum(t *testing.T) {
	var sum ContextSum
	var want StringContext
	for i := range 300 {
		var elems []ContextElem
		for j := range i % 7 * (i % 5) {
			elems = append(elems, OpaqueElem(store.Path(fmt.Sprintf("/nix/store/%032d-x", i*j%101))))
		}
		c := NewStringContext(elems...)
		sum.Add(c)
		want = want.Union(c)
		if i%50 != 49 {
			continue
		}
		if diff := cmp.Diff(want, sum.Context()); diff != "" {
			t.Fatalf("after %d (-want +got):\n%s", i+1, diff)
		}
	}
}
