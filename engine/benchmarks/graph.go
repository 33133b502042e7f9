package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"nixbench/store"
	"nixbench/store/local"
)

// A graphReport is what [measureGraph] measured.
type graphReport struct {
	Paths int `json:"paths"`
	// Load is from opening the store until its graph is there, Warm the closure of the
	// first path after that, the median of many, and Sorted its topological order.
	Load   timing  `json:"load"`
	Warm   timing  `json:"warm"`
	Sorted timing  `json:"sorted"`
	Found  int     `json:"found"`
	Held   float64 `json:"held"` // MB that the graph takes
}

// A timing is how long something took, in milliseconds.
type timing struct {
	Wall float64 `json:"wall"`
	CPU  float64 `json:"cpu"`
}

// since returns what has passed since a moment, of which only the difference to
// another means anything.
func (t timing) since() timing {
	var use syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &use) // cannot fail
	ms := func(t syscall.Timeval) float64 { return float64(t.Sec)*1000 + float64(t.Usec)/1000 }
	return timing{float64(time.Now().UnixNano())/1e6 - t.Wall, ms(use.Utime) + ms(use.Stime) - t.CPU}
}

// measureGraph loads the graph of a store, asks it for the closure of [graphPath] 0 as
// nix-store -qR does, in the order to print it in, and writes a [graphReport].
func measureGraph(ctx context.Context, dir string, to io.Writer) (err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := timing{}.since()
	st, err := local.Open(ctx, local.Options{Root: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	g, err := st.Graph(ctx)
	if err != nil {
		return err
	}
	rep := graphReport{Paths: g.Len(), Load: start.since()}
	debug.FreeOSMemory()
	runtime.ReadMemStats(&after)
	rep.Held = float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / (1 << 20)
	root, found := g.Index(store.Path(graphPath(0)))
	if !found {
		return fmt.Errorf("%s is not in the store", graphPath(0))
	}
	var warm, sort []timing
	for range 21 {
		start := timing{}.since()
		found := g.Requisites([]int32{root})
		warm = append(warm, start.since())
		start = timing{}.since()
		sorted, err := g.TopoSort(found)
		if err != nil {
			return err
		}
		sort, rep.Found = append(sort, start.since()), len(sorted)
	}
	rep.Warm, rep.Sorted = middle(warm), middle(sort)
	return json.NewEncoder(to).Encode(rep)
}

// middle returns the median by CPU time.
func middle(all []timing) timing {
	slices.SortFunc(all, func(a, b timing) int { return cmp.Compare(a.CPU, b.CPU) })
	return all[len(all)/2]
}

// runGraph has another process measure the graph of a store, so that its memory is its
// own, and prints what it says.
func (b *storeBench) runGraph(res *result, dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := findMemory("nix-store"); err != nil {
		return err
	}
	cmd := exec.Command(self, "load", dir)
	cmd.Env = b.ours.Env
	s, a, err := measure(cmd)
	if err != nil || a.failed {
		return errors.Join(err, errors.New(a.complaint()))
	}
	var rep graphReport
	if err := json.Unmarshal([]byte(a.start), &rep); err != nil {
		return fmt.Errorf("read what was measured: %v", err)
	}
	res.note(b.ours.Name, s, &a)
	fmt.Fprintf(os.Stderr, "  %d paths loaded in %.0f ms (CPU %.0f), %.0f MB; a closure of %d warm in %.1f ms (CPU %.1f), sorted in %.1f (%.1f)\n",
		rep.Paths, rep.Load.Wall, rep.Load.CPU, rep.Held, rep.Found, rep.Warm.Wall, rep.Warm.CPU, rep.Sorted.Wall, rep.Sorted.CPU)
	return nil
}
