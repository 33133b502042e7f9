package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"nixbench/engine/eval"
	"nixbench/engine/settings"
	"nixbench/engine/watch"
	"nixbench/repl"
)

// What watches the evaluations of a command. The zero value watches nothing.
type watchers struct {
	flame     *watch.Flame
	flameFile *os.File
	counter   *watch.Counter
	profile   *watch.Profile
	ofCalls   bool // something tells of calls as Nix does
	evs       []*eval.Evaluator
}

// watch returns what is to be told of calls, nil if nobody wants to know.
func (inv *invocation) watch(set *settings.Settings) (eval.Tracer, error) {
	w := &inv.watchers
	var all watch.All
	if set.EvalProfiler == "flamegraph" && w.flame == nil {
		f, err := os.Create(inv.abs(set.EvalProfileFile))
		if err != nil {
			return nil, fmt.Errorf("opening file \"%s\": %s", set.EvalProfileFile, systemError(err))
		}
		w.flame, w.flameFile = watch.NewFlame(set.EvalProfilerFrequency), f
		all = append(all, w.flame)
	}
	if set.TraceFunctionCalls {
		all = append(all, &watch.Functions{Tell: func(line string) {
			if inv.verbosity() >= levelInfo {
				inv.tell(line)
			}
		}})
	}
	if inv.countsCalls() && w.counter == nil {
		w.counter = &watch.Counter{}
		all = append(all, w.counter)
	}
	w.ofCalls = len(all) > 0
	if inv.profiling && w.profile == nil {
		w.profile = watch.NewProfile()
		all = append(all, w.profile)
	}
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return all, nil
}

// envSwitch reports whether a variable is set to something but "0".
func (inv *invocation) envSwitch(name string) bool {
	value := inv.env.Getenv(name)
	return value != "" && value != "0"
}

func (inv *invocation) showsStats() bool { return inv.envSwitch("NIX_SHOW_STATS") }

// countsCalls reports whether the statistics are to have what is called and selected.
func (inv *invocation) countsCalls() bool {
	return inv.showsStats() && inv.envSwitch("NIX_COUNT_CALLS")
}

// reportWatched writes what the watchers have seen. Statistics are told only of
// commands that succeed.
func (inv *invocation) reportWatched(succeeded bool) error {
	w := &inv.watchers
	if w.flame != nil {
		if _, err := w.flame.WriteTo(w.flameFile); err != nil {
			return err
		}
		if err := w.flameFile.Close(); err != nil {
			return err
		}
	}
	if w.profile != nil {
		inv.writeProfile(w.profile)
	}
	if succeeded && inv.showsStats() && len(w.evs) > 0 {
		return inv.writeStats()
	}
	return nil
}

const profiledRows = 40 // of each table, for people

// writeProfile writes the tables of --profile to standard error, or the whole of
// them as JSON if the value is written as JSON too.
func (inv *invocation) writeProfile(p *watch.Profile) {
	functions, files := p.Functions(), p.Files()
	if inv.json {
		out := map[string]any{"functions": profileJSON(functions), "files": profileJSON(files)}
		enc := json.NewEncoder(inv.env.Stderr)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		enc.Encode(out) //nolint:errcheck // standard error is gone
		return
	}
	profileTable(inv.env.Stderr, "function", functions)
	fmt.Fprintln(inv.env.Stderr)
	profileTable(inv.env.Stderr, "file", files)
}

func profileTable(w io.Writer, what string, rows []watch.ProfileRow) {
	fmt.Fprint(w, repl.ProfileTable(what, rows, profiledRows))
	if more := len(rows) - profiledRows; more > 0 {
		fmt.Fprintf(w, "and %d more; --json lists all\n", more)
	}
}

func profileJSON(rows []watch.ProfileRow) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		row := map[string]any{
			"calls": r.Calls, "selfSeconds": r.Self.Seconds(), "totalSeconds": r.Total.Seconds(),
			"thunks": r.Thunks, "bytes": r.Bytes,
		}
		if r.Name != "" {
			row["name"] = r.Name
		}
		if r.Place.Name != "" {
			row["file"] = r.Place.Name
		}
		if r.Place.Line != 0 {
			row["line"], row["column"] = r.Place.Line, r.Place.Column
		}
		out[i] = row
	}
	return out
}

// writeStats writes what NIX_SHOW_STATS asks for to standard error, or to the
// file that NIX_SHOW_STATS_PATH names.
func (inv *invocation) writeStats() error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(inv.watchers.stats()); err != nil {
		return err
	}
	if name := inv.env.Getenv("NIX_SHOW_STATS_PATH"); name != "" && name != "-" {
		return os.WriteFile(inv.abs(name), out.Bytes(), 0o666)
	}
	_, err := out.WriteTo(inv.env.Stderr)
	return err
}
