package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/store"
	"nixbench/store/local"
)

// A finding is what a store and what lies beside it were like at some moment.
type finding struct {
	state      string   // all that is to be the same in the end
	violations []string // what must never be
	valid      int
	garbage    int // entries of the store that are no valid paths, and links without their names
	opening    time.Duration
}

// inspect looks at the store as nixbench sees it, which clears away what killed
// processes left, and at the links beside it.
func (r *rig) inspect(ctx context.Context) (f finding, err error) {
	begun := time.Now()
	st, err := local.Open(ctx, local.Options{Root: r.store()})
	if err != nil {
		return f, err
	}
	defer st.Close()
	f.opening = time.Since(begun)
	err = st.Verify(ctx, local.VerifyOptions{CheckContents: true}, func(v local.Finding) {
		f.violations = append(f.violations, fmt.Sprintf("%s: %v", v.Path, v.Err))
	})
	if err != nil {
		return f, err
	}
	var lines []string
	valid := map[store.Path]bool{}
	for info, err := range st.AllInfos(ctx) {
		if err != nil {
			return f, err
		}
		valid[info.Path] = true
		lines = append(lines, fmt.Sprint(info.Path, " ", info.NarHash, " ", info.References, " ", info.CA))
	}
	f.valid = len(valid)
	names, err := st.Entries(ctx)
	if err != nil {
		return f, err
	}
	for _, name := range names {
		if p, err := st.Dir().Join(name); err != nil || !valid[p] {
			f.garbage++
		}
	}
	links, broken, left, err := r.links(st, valid)
	if err != nil {
		return f, err
	}
	f.garbage += left
	f.violations = append(f.violations, broken...)
	slices.Sort(lines)
	f.state = strings.Join(append(lines, links...), "\n")
	return f, nil
}

// links returns the links beside the store, those of them that lead to something in
// it that is not valid, and how many there are that were not yet given their names.
func (r *rig) links(st *local.Store, valid map[store.Path]bool) (links, broken []string, left int, err error) {
	err = filepath.WalkDir(r.out(), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink == 0 {
			return err
		}
		target, err := os.Readlink(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(r.out(), name)
		if err != nil {
			return err
		}
		if strings.Contains(rel, ".tmp-") {
			left++
		} else {
			links = append(links, rel+" -> "+target)
		}
		if strings.HasPrefix(target, string(st.Dir())+"/") {
			if p, err := st.Dir().ParsePath(target); err != nil || !valid[p] {
				broken = append(broken, rel+" leads to "+target+", which is not valid")
			}
		} else if _, err := os.Lstat(filepath.Join(filepath.Dir(name), target)); err != nil {
			broken = append(broken, rel+" leads to "+target+", which is not there")
		}
		return nil
	})
	return links, broken, left, err
}

// settle ends what a fault interrupted: the operation is made again, unless it was
// complete, and has to lead to the state that it leads to undisturbed.
func (r *rig) settle(ctx context.Context, op *operation, want string) (after finding, err error) {
	after, err = r.inspect(ctx)
	if err != nil || after.state == want && len(after.violations) == 0 {
		return after, err
	}
	if op.mends {
		after.violations = nil
	}
	if op.keeps && after.state != want {
		after.violations = append(after.violations, "in the middle of it the store is another: "+firstDifference(after.state, want))
	}
	a, err := r.do(ctx, op.command)
	if err != nil {
		return after, err
	}
	if a.status != op.fails {
		after.violations = append(after.violations, fmt.Sprintf("made again it ends with %d, not %d: %s", a.status, op.fails, lastLines(a.stderr)))
		return after, nil
	}
	again, err := r.inspect(ctx)
	if err != nil {
		return after, err
	}
	after.violations = append(after.violations, again.violations...)
	if again.state != want {
		after.violations = append(after.violations, "made again it leads to something else: "+firstDifference(again.state, want))
	}
	return after, nil
}

// firstDifference shows where two states differ.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for _, line := range g {
		if !slices.Contains(w, line) {
			return "too much: " + line
		}
	}
	for _, line := range w {
		if !slices.Contains(g, line) {
			return "missing: " + line
		}
	}
	return "order"
}
