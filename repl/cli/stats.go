package cli

import (
	"cmp"
	"maps"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"syscall"
	"time"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// stats returns the figures of NIX_SHOW_STATS under the names that Nix gives
// them, as far as there is such a thing here: frames for environments, cells for
// values. A cell has 16 bytes; a set has a cell for its shape and one a value.
// Format: EvalState::printStatistics in Nix's eval.cc.
func (w *watchers) stats() map[string]any {
	var st eval.Stats
	exprs := 0
	for _, ev := range w.evs {
		st.Add(ev.Stats())
		exprs += ev.Exprs()
	}
	const cell, frameHeader = eval.CellSize, eval.CellSize
	cpu := cpuSeconds()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	gc := gcSeconds()
	symbols, symbolBytes := eval.SymbolStats()
	out := map[string]any{
		"cpuTime": cpu,
		"time":    map[string]any{"cpu": cpu, "gc": gc, "gcFraction": gc / max(cpu, 1e-9)},
		"envs": map[string]any{
			"number": st.Frames, "elements": st.FrameElems, "bytes": st.Frames*frameHeader + st.FrameElems*cell,
		},
		"nrExprs": exprs,
		"list":    map[string]any{"elements": st.ListElems, "bytes": st.ListElems * cell, "concats": st.Concats},
		"values":  map[string]any{"number": st.Bytes / cell, "bytes": st.Bytes},
		"symbols": map[string]any{"number": symbols, "bytes": symbolBytes},
		"sets": map[string]any{
			"number": st.Sets, "bytes": (st.Sets + st.SetElems) * cell, "elements": st.SetElems,
		},
		"sizes":                  map[string]any{"Env": frameHeader, "Value": cell, "Bindings": cell, "Attr": cell},
		"nrOpUpdates":            st.Updates,
		"nrOpUpdateValuesCopied": st.Copied,
		"nrThunks":               st.Thunks,
		"nrAvoided":              st.Avoided,
		"nrLookups":              st.Lookups,
		"nrPrimOpCalls":          st.Builtins,
		"nrFunctionCalls":        st.Calls,
		"gc":                     map[string]any{"heapSize": mem.HeapSys, "totalBytes": mem.TotalAlloc, "cycles": mem.NumGC},
	}
	if w.counter != nil {
		out["primops"] = w.counter.Builtins()
		out["functions"] = w.functionCounts()
		out["attributes"] = w.selectionCounts()
	}
	return out
}

func (w *watchers) functionCounts() []map[string]any {
	out := []map[string]any{}
	for _, f := range w.counter.Functions() {
		row := map[string]any{"name": nil, "count": f.Count}
		if f.Name != "" {
			row["name"] = f.Name
		}
		addPlace(row, f.Place)
		out = append(out, row)
	}
	return out
}

// selectionCounts returns how often attributes were selected, by where they are
// defined; of those that are defined nowhere, all in one row.
func (w *watchers) selectionCounts() []map[string]any {
	counts := make(map[syntax.Position]int64)
	for _, ev := range w.evs {
		for pos, n := range ev.Selections() {
			counts[ev.Position(pos)] += n
		}
	}
	byPlace := func(a, b syntax.Position) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Offset, b.Offset))
	}
	out := []map[string]any{}
	for _, p := range slices.SortedFunc(maps.Keys(counts), byPlace) {
		row := map[string]any{"count": counts[p]}
		addPlace(row, p)
		out = append(out, row)
	}
	return out
}

func addPlace(row map[string]any, p syntax.Position) {
	if p.Line == 0 {
		return
	}
	row["line"], row["column"] = p.Line, p.Column
	if strings.Contains(p.Name, "/") { // not that of a text
		row["file"] = p.Name
	}
}

// cpuSeconds returns the time that this process has computed for itself.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano()).Seconds()
}

// gcSeconds returns the time that all cores have spent collecting garbage.
func gcSeconds() float64 {
	sample := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64 {
		return 0
	}
	return sample[0].Value.Float64()
}
