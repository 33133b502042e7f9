package builtins

import (
	"slices"
	"sync"

	"nixbench/engine/eval"
)

// lists are the builtins on lists.
func lists() []eval.Builtin {
	return []eval.Builtin{
		def1("head", 1, "list", head),
		def1("tail", 1, "list", tail),
		def1("length", 1, "e", length),
		says(elemAtIndex, def2("elemAt", eval.Told<<1, "xs n", elemAt)),
		def2("elem", 2, "x xs", elem),
		global(def2("map", 2, "f list", mapList)),
		def2("filter", 2, "f list", filter),
		def2("all", eval.Told, "pred list", all),
		def2("any", eval.Told, "pred list", anyElem),
		says(foldFunction, def3("foldl'", eval.Told, "op nul list", foldl)),
		def1("concatLists", 1, "lists", concatLists),
		def2("concatMap", eval.Told, "f list", concatMap),
		def2("genList", eval.Told<<1, "generator length", genList),
		def2("sort", 2, "comparator list", sortList),
		def2("partition", eval.Told, "pred list", partition),
		def2("groupBy", eval.Told, "f list", groupBy),
		def1("genericClosure", 1, "attrset", genericClosure),
	}
}

const foldFunction = "while evaluating the first argument passed to builtins.foldlStrict"

const elemAtIndex = "while evaluating the second argument passed to 'builtins.elemAt'"

func head(s *eval.State, list eval.Value) eval.Value {
	elems := s.ForceElems(list, "while evaluating the first argument passed to 'builtins.head'")
	if len(elems) == 0 {
		s.Fail(eval.ErrorOther, "'builtins.head' called on an empty list")
	}
	return s.Force(elems[0])
}

func tail(s *eval.State, list eval.Value) eval.Value {
	elems := s.ForceElems(list, "while evaluating the first argument passed to 'builtins.tail'")
	if len(elems) == 0 {
		s.Fail(eval.ErrorOther, "'builtins.tail' called on an empty list")
	}
	return eval.MakeList(elems[1:])
}

func length(s *eval.State, list eval.Value) eval.Value {
	return eval.MakeInt(int64(s.ForceList(list, "while evaluating the first argument passed to builtins.length").Len()))
}

func elemAt(s *eval.State, list, index eval.Value) eval.Value {
	i := s.ForceInt(index, elemAtIndex)
	elems := s.ForceElems(list, "while evaluating the first argument passed to 'builtins.elemAt'")
	if i < 0 || i >= int64(len(elems)) {
		s.Fail(eval.ErrorOther, "'builtins.elemAt' called with index %d on a list of size %d", i, len(elems))
	}
	return s.Force(elems[i])
}

func elem(s *eval.State, x, list eval.Value) eval.Value {
	for i, e := range s.ForceElems(list, "while evaluating the second argument passed to builtins.elem") {
		if i%pollEvery == 0 {
			s.Poll()
		}
		if s.EqualSlots(x, e) {
			return eval.True
		}
	}
	return eval.False
}

func mapList(s *eval.State, f, list eval.Value) eval.Value {
	list = s.ForceList(list, "while evaluating the second argument passed to builtins.map")
	if list.Len() == 0 {
		return list
	}
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.map")
	return s.MapList(f, list)
}

// aheadOf is an Ahead of what do makes of each element.
func aheadOf[T any](s *eval.State, elems []eval.Value, do func(s *eval.State, e eval.Value) T) *eval.Ahead[T] {
	if len(elems) < 2 || !s.Shares() {
		return nil
	}
	return eval.NewAhead(s, len(elems), nil, func(s *eval.State, i int) T { return do(s, elems[i]) })
}

func filter(s *eval.State, f, list eval.Value) eval.Value {
	list = s.ForceList(list, "while evaluating the second argument passed to builtins.filter")
	if list.Len() == 0 {
		return list
	}
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.filter")
	elems := list.List()
	test := func(s *eval.State, e eval.Value) bool {
		return s.ForceBool(s.Call1(f, e), "while evaluating the return value of the filtering function passed to builtins.filter")
	}
	ahead := aheadOf(s, elems, test)
	defer ahead.Stop()
	kept := make([]eval.Value, 0, len(elems))
	for i, e := range elems {
		keep, ok := ahead.Take(i)
		if !ok {
			keep = test(s, e)
		}
		if keep {
			kept = append(kept, e)
		}
	}
	if len(kept) == len(elems) {
		return list
	}
	return s.ListOf(kept...)
}

func all(s *eval.State, f, list eval.Value) eval.Value {
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.all")
	for _, e := range s.ForceElems(list, "while evaluating the second argument passed to builtins.all") {
		if !s.ForceBool(s.Call1(f, e), "while evaluating the return value of the function passed to builtins.all") {
			return eval.False
		}
	}
	return eval.True
}

func anyElem(s *eval.State, f, list eval.Value) eval.Value {
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.any")
	for _, e := range s.ForceElems(list, "while evaluating the second argument passed to builtins.any") {
		if s.ForceBool(s.Call1(f, e), "while evaluating the return value of the function passed to builtins.any") {
			return eval.True
		}
	}
	return eval.False
}

func foldl(s *eval.State, f, acc, list eval.Value) eval.Value {
	f = s.ForceFunction(f, foldFunction)
	for _, e := range s.ForceElems(list, "while evaluating the third argument passed to builtins.foldlStrict") {
		acc = s.Call2(f, acc, e)
	}
	return s.Force(acc)
}

func concatLists(s *eval.State, lists eval.Value) eval.Value {
	elems := s.ForceElems(lists, "while evaluating the first argument passed to builtins.concatLists")
	ahead := s.ForceAhead(elems)
	defer ahead.Stop()
	forced := make([]eval.Value, len(elems))
	for i, e := range elems {
		ahead.Take(i)
		forced[i] = s.ForceList(e, "while evaluating a value of the list passed to builtins.concatLists")
	}
	return s.Concat(forced...)
}

func concatMap(s *eval.State, f, list eval.Value) eval.Value {
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.concatMap")
	elems := s.ForceElems(list, "while evaluating the second argument passed to builtins.concatMap")
	call := func(s *eval.State, e eval.Value) eval.Value {
		r := s.Call1(f, e)
		return s.ForceListAt(r, s.PlaceOf(r, s.PlaceOf(f, 0)), "while evaluating the return value of the function passed to builtins.concatMap")
	}
	ahead := aheadOf(s, elems, call)
	defer ahead.Stop()
	lists := make([]eval.Value, len(elems))
	for i, e := range elems {
		l, ok := ahead.Take(i)
		if !ok {
			l = call(s, e)
		}
		lists[i] = l
	}
	return s.Concat(lists...)
}

// maxGenList keeps a mistake from taking all memory at once.
const maxGenList = 1 << 27

func genList(s *eval.State, f, n eval.Value) eval.Value {
	size := s.ForceInt(n, "while evaluating the second argument passed to builtins.genList")
	if size < 0 {
		s.Fail(eval.ErrorOther, "cannot create list of size %d", size)
	}
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.genList")
	if size > maxGenList {
		s.Fail(eval.ErrorOther, "cannot create list of size %d", size)
	}
	return s.GenList(f, int(size))
}

func partition(s *eval.State, f, list eval.Value) eval.Value {
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.partition")
	var right, wrong []eval.Value
	for _, e := range s.ForceElems(list, "while evaluating the second argument passed to builtins.partition") {
		s.Force(e)
		if s.ForceBool(s.Call1(f, e), "while evaluating the return value of the partition function passed to builtins.partition") {
			right = append(right, e)
		} else {
			wrong = append(wrong, e)
		}
	}
	b := s.NewAttrs(2)
	b.Set(symRight, s.ListOf(right...))
	b.Set(symWrong, s.ListOf(wrong...))
	return b.Value()
}

func groupBy(s *eval.State, f, list eval.Value) eval.Value {
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.groupBy")
	elems := s.ForceElems(list, "while evaluating the second argument passed to builtins.groupBy")
	groups := newGroups(len(elems))
	for _, e := range elems {
		name := s.ForceStringNoCtx(s.Call1(f, e),
			"while evaluating the return value of the grouping function passed to builtins.groupBy")
		groups.add(eval.Intern(name), e)
	}
	b := s.NewAttrs(len(groups.names))
	for i, list := range groups.lists(s) {
		b.Set(groups.names[i], list)
	}
	groups.release()
	return b.Value()
}

// groups collects values under names.
type groups struct {
	index  map[eval.Sym]int32 // into names and sizes
	names  []eval.Sym
	sizes  []int32
	values []eval.Value // in the order in which they were added
	group  []int32      // of each value
}

// newGroups returns groups for about n values.
func newGroups(n int) *groups {
	g := idleGroups.Get().(*groups)
	g.values, g.group = slices.Grow(g.values, n), slices.Grow(g.group, n)
	return g
}

// idleGroups holds *groups without values.
var idleGroups = sync.Pool{New: func() any { return &groups{index: make(map[eval.Sym]int32)} }}

// release lets others use the memory of groups.
func (g *groups) release() {
	clear(g.index)
	clear(g.values)
	*g = groups{g.index, g.names[:0], g.sizes[:0], g.values[:0], g.group[:0]}
	idleGroups.Put(g)
}

func (g *groups) add(name eval.Sym, v eval.Value) {
	i, ok := g.index[name]
	if !ok {
		i = int32(len(g.names))
		g.index[name] = i
		g.names = append(g.names, name)
		g.sizes = append(g.sizes, 0)
	}
	g.sizes[i]++
	g.values = append(g.values, v)
	g.group = append(g.group, i)
}

// lists returns the groups as lists, in the order of names.
func (g *groups) lists(s *eval.State) []eval.Value {
	lists, rest := make([]eval.Value, len(g.names)), make([][]eval.Value, len(g.names))
	for i, n := range g.sizes {
		lists[i], rest[i] = s.NewList(int(n))
	}
	for k, i := range g.group {
		if k%pollEvery == 0 {
			s.Poll()
		}
		rest[i][0] = g.values[k]
		rest[i] = rest[i][1:]
	}
	return lists
}
