package tuitest

import (
	"context"
	"reflect"
	"strings"

	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/tui"
	"nixbench/tui/widget/logview"
)

// Corpus is text that must not reach a terminal as it is.
// Source: the corpus of what terminals obey; screens.md 4.8 names the classes.
var Corpus = []string{
	"\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "\x1b]0;unterminated",
	"\x1bP+q544e\x1b\\", "\x1b_apc\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x1bc", "\x1b(0lqk", "\x1b[?1049l", "\x1b[6n", "\x1b[5m\x1b[8mhidden",
	"\u009b31m", "\u009d0;x\u009c", "\x9b2J", "\x07\x08\x7f", "\rover", "line\nline", "a\tb", "\u202eevil\u202c", "\u2066x\u2069", "zero\u200bwidth\ufeff",
	"\xff\xfe\xc0", "e\u0301\u0301\u0301\u0301", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "世界", "%s%n", "<script>", "\x00",
}

// Hostile is a world in which every name, value, message and log is out of the
// corpus.
type Hostile struct {
	*Backend
	next int
}

var _ tui.Backend = (*Hostile)(nil)

// evil returns s with something of the corpus in it, another at each call.
func (h *Hostile) evil(s string) string {
	h.next++
	bad := Corpus[h.next%len(Corpus)]
	switch h.next % 3 {
	case 0:
		return bad + s
	case 1:
		return s + bad
	}
	return s[:len(s)/2] + bad + s[len(s)/2:]
}

// path gives p a name out of the corpus, always the same one.
func (h *Hostile) path(p store.Path) store.Path {
	if p == "" {
		return ""
	}
	n := 0
	for _, b := range []byte(p) {
		n += int(b)
	}
	return p + store.Path(strings.ReplaceAll(Corpus[n%len(Corpus)], "/", ""))
}

// poison puts something of the corpus into every text of v, a pointer.
func (h *Hostile) poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			h.poison(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				h.poison(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			h.poison(v.Index(i))
		}
	case reflect.String:
		switch {
		case !v.CanSet():
		case v.Type() == reflect.TypeFor[store.Path]():
			v.SetString(string(h.path(store.Path(v.String()))))
		case v.Type() == reflect.TypeFor[string]():
			v.SetString(h.evil(v.String()))
		}
	}
}

// poisoned is v with something of the corpus in every text.
func poisoned[T any](h *Hostile, v T, err error) (T, error) {
	if err == nil {
		h.poison(reflect.ValueOf(&v))
	}
	return v, err
}

// Graph implements tui.Stores.
func (h *Hostile) Graph(ctx context.Context) (*store.Graph, error) {
	g, err := h.Backend.Graph(ctx)
	if err != nil {
		return nil, err
	}
	nodes := make([]store.GraphNode, g.Len())
	var refs [][2]int32
	for i := range int32(g.Len()) {
		nodes[i] = store.GraphNode{Path: h.path(g.Paths[i]), NarSize: g.NarSize[i]}
		for _, r := range g.References(i) {
			refs = append(refs, [2]int32{i, r})
		}
	}
	return store.NewGraph(nodes, refs, nil), nil
}

// Places implements tui.Stores.
func (h *Hostile) Places(ctx context.Context) ([]tui.Place, error) {
	v, err := h.Backend.Places(ctx)
	return poisoned(h, v, err)
}

// Files implements tui.Stores.
func (h *Hostile) Files(ctx context.Context, p store.Path) (*files.Tree, error) {
	v, err := h.Backend.Files(ctx, p)
	return poisoned(h, v, err)
}

// FilesHolding implements tui.Stores.
func (h *Hostile) FilesHolding(ctx context.Context, a, b store.Path) ([]why.Occurrence, error) {
	v, err := h.Backend.FilesHolding(ctx, a, b)
	return poisoned(h, v, err)
}

// ProfileList implements tui.Profiles: the links stay, as they are real.
func (h *Hostile) ProfileList(ctx context.Context) ([]tui.Profile, error) {
	list, err := h.Backend.ProfileList(ctx)
	for i := range list {
		list[i].Name, list[i].ReadOnly = h.evil(list[i].Name), h.evil(list[i].ReadOnly)
	}
	return list, err
}

// Generations implements tui.Profiles: only labels are of others.
func (h *Hostile) Generations(ctx context.Context, link string) ([]tui.Generation, error) {
	list, err := h.Backend.Generations(ctx, link)
	for i := range list {
		list[i].Label, list[i].Path = h.evil("label"), h.path(list[i].Path)
		list[i].System = diff.System{Version: h.evil("26.11"), Revision: h.evil("8e1f0c2"), Kernel: h.evil("6.9")}
	}
	return list, err
}

// GCPlan implements tui.GC.
func (h *Hostile) GCPlan(ctx context.Context) (*gc.Plan, error) {
	plan, err := h.Backend.GCPlan(ctx)
	if err != nil {
		return nil, err
	}
	for i := range plan.Roots {
		r := &plan.Roots[i]
		r.Link, r.Note = h.evil(r.Link), h.evil(r.Note)
	}
	return plan, nil
}

// OpenLog implements tui.Builds.
func (h *Hostile) OpenLog(context.Context, store.Path) (logview.File, error) {
	return memFile{strings.NewReader(strings.Repeat(strings.Join(Corpus, "text\n"), 20))}, nil
}

// Eval implements tui.Repl.
func (h *Hostile) Eval(ctx context.Context, input string) (*tui.Result, error) {
	v, err := h.Backend.Eval(ctx, input)
	return poisoned(h, v, err)
}

// Expand implements tui.Repl.
func (h *Hostile) Expand(ctx context.Context, n tui.Handle, from, count int) ([]tui.Node, error) {
	v, err := h.Backend.Expand(ctx, n, from, count)
	return poisoned(h, v, err)
}

// Glance implements tui.Repl.
func (h *Hostile) Glance(ctx context.Context, hs ...tui.Handle) ([]tui.Node, error) {
	return h.Force(ctx, hs...)
}

// Force implements tui.Repl.
func (h *Hostile) Force(ctx context.Context, hs ...tui.Handle) ([]tui.Node, error) {
	v, err := h.Backend.Force(ctx, hs...)
	return poisoned(h, v, err)
}

// Complete implements tui.Repl.
func (h *Hostile) Complete(ctx context.Context, input string, cursor int) (*tui.Completions, error) {
	v, err := h.Backend.Complete(ctx, input, cursor)
	return poisoned(h, v, err)
}

// Doc implements tui.Repl.
func (h *Hostile) Doc(ctx context.Context, input string, cursor int) (*tui.Doc, error) {
	v, err := h.Backend.Doc(ctx, input, cursor)
	return poisoned(h, v, err)
}

// Scope implements tui.Repl.
func (h *Hostile) Scope(ctx context.Context) (*tui.Scope, error) {
	v, err := h.Backend.Scope(ctx)
	return poisoned(h, v, err)
}

// History implements tui.Repl.
func (h *Hostile) History() []string {
	var list []string
	for _, bad := range Corpus {
		list = append(list, "x = "+bad)
	}
	return list
}
