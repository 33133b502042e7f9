package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/engine/peers"
)

// A report is all that was measured, as it is written to a file.
type report struct {
	Started    time.Time `json:"started"`
	LoadBefore string    `json:"loadBefore"`
	LoadAfter  string    `json:"loadAfter"`
	Rounds     int       `json:"rounds"`
	Programs   []string  `json:"programs"` // in the order of their runs
	Results    []*result `json:"results"`
}

// save writes the report to a file, if there is to be one.
func (r *report) save(file string) error {
	if file == "" {
		return nil
	}
	b, err := json.MarshalIndent(r, "", "\t")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, append(b, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("save the results: %v", err)
	}
	return nil
}

func readReport(file string) (*report, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read results: %v", err)
	}
	r := &report{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("read results of %s: %v", file, err)
	}
	return r, nil
}

// fastest returns the real Nix whose best run was the best by f, "" if there
// is none.
func (r *report) fastest(res *result, f func(sample) float64) string {
	best := ""
	for _, name := range r.Programs {
		runs := res.Runs[name]
		if peers.IsReal(name) && len(runs) > 0 && (best == "" || runs.least(f) < res.Runs[best].least(f)) {
			best = name
		}
	}
	return best
}

// print prints the tables.
func (r *report) print(w io.Writer, known map[string]bool) {
	fmt.Fprintf(w, "%s; load %s before, %s after; %d rounds in turns: %s\n", r.Started.Format(time.DateTime), r.LoadBefore, r.LoadAfter, r.Rounds, strings.Join(r.Programs, ", "))
	fmt.Fprintf(w, "\nOne thread, no caches; beside the real Nix with the least CPU time. Least values; (median) is the ratio of medians.\n\n")
	r.printAgainst(w, oneThread, false)
	if !known["eval-cores"] {
		fmt.Fprintf(w, "\nTwo cores: nixbench knows no setting eval-cores.\n")
	} else {
		fmt.Fprintf(w, "\nTwo cores, no caches; beside the real Nix with the least wall time.\n\n")
		r.printAgainst(w, twoCores, true)
	}
	if !known["eval-file-cache"] {
		fmt.Fprintf(w, "\nCached: nixbench knows no setting eval-file-cache.\n")
	} else {
		fmt.Fprintf(w, "\nOne thread, with the cache of parsed files; beside nixbench without.\n\n")
		r.printCached(w)
	}
	r.printRemarks(w)
}

// printAgainst prints the table of nixbench, in one of its modes, beside the
// fastest real Nix.
func (r *report) printAgainst(w io.Writer, ours string, byWall bool) {
	by, other, byName, otherName := cpu, wall, "CPU", "wall"
	if byWall {
		by, other, byName, otherName = wall, cpu, "wall", "CPU"
	}
	fmt.Fprintf(w, "%-19s %3s %-10s %8s %8s %6s %8s  %8s %8s  %7s %7s %6s\n", "case", "n", "real Nix",
		byName+" ms", "real", "ratio", "(median)", otherName+" ms", "real", "RSS MB", "real", "ratio")
	var ratios, rssRatios []float64
	total := 0
	for _, res := range r.Results {
		if byWall && len(res.Runs[ours]) == 0 && res.Unable[ours] == "" {
			continue // has no parts
		}
		total++
		name := r.fastest(res, by)
		mine, real := res.Runs[ours], res.Runs[name]
		ratio, rssRatio := mine.least(by)/real.least(by), mine.least(rss)/real.least(rss)
		if len(mine) > 0 && len(real) > 0 {
			ratios, rssRatios = append(ratios, ratio), append(rssRatios, rssRatio)
		}
		fmt.Fprintf(w, "%-19s %3d %-10s %8s %8s %6s %8s  %8s %8s  %7s %7s %6s\n", res.Case, len(mine), strings.TrimPrefix(name, "nix "),
			number(mine.least(by), 0), number(real.least(by), 0), number(ratio, 2), number(mine.median(by)/real.median(by), 2),
			number(mine.least(other), 0), number(real.least(other), 0),
			number(mine.least(rss), 0), number(real.least(rss), 0), number(rssRatio, 2))
	}
	if len(ratios) == 0 {
		return
	}
	fmt.Fprintf(w, "%-19s %14s %8s %8s %6.2f %8s  %8s %8s  %7s %7s %6.2f   (%d of %d cases)\n", "geometric mean", "", "", "", geometricMean(ratios), "", "", "", "", "", geometricMean(rssRatios), len(ratios), total)
	fmt.Fprintf(w, "%-19s %14s %8s %8s %6.2f %8s  %8s %8s  %7s %7s %6.2f\n", "largest", "", "", "", slices.Max(ratios), "", "", "", "", "", slices.Max(rssRatios))
}

// printCached prints what the cache of parsed files is worth.
func (r *report) printCached(w io.Writer) {
	fmt.Fprintf(w, "%-19s %8s %8s %6s  %8s %8s %6s  %7s %7s\n", "case", "CPU ms", "without", "ratio", "wall ms", "without", "ratio", "RSS MB", "without")
	for _, res := range r.Results {
		with, without := res.Runs[cached], res.Runs[oneThread]
		fmt.Fprintf(w, "%-19s %8s %8s %6s  %8s %8s %6s  %7s %7s\n", res.Case,
			number(with.least(cpu), 0), number(without.least(cpu), 0), number(with.least(cpu)/without.least(cpu), 2),
			number(with.least(wall), 0), number(without.least(wall), 0), number(with.least(wall)/without.least(wall), 2),
			number(with.least(rss), 0), number(without.least(rss), 0))
	}
}

// printRemarks prints who could not do what, or did it differently.
func (r *report) printRemarks(w io.Writer) {
	fmt.Fprintln(w)
	for _, res := range r.Results {
		for _, name := range r.Programs {
			if why := res.Unable[name]; why != "" {
				fmt.Fprintf(w, "%s: %s cannot run it: %s\n", res.Case, name, why)
			}
			if how := res.Wrong[name]; how != "" {
				fmt.Fprintf(w, "%s: %s DIFFERS: %s\n", res.Case, name, how)
			}
		}
	}
}

// err returns an error if nixbench could not do something that a real Nix can,
// or did it differently.
func (r *report) err() error {
	bad := 0
	for _, res := range r.Results {
		for _, name := range r.Programs {
			if !peers.IsReal(name) && (res.Unable[name] != "" && r.fastest(res, cpu) != "" || res.Wrong[name] != "") {
				bad++
				break
			}
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d cases went wrong", bad, len(r.Results))
	}
	if len(r.Results) == 0 {
		return errors.New("no cases")
	}
	return nil
}

// number prints a number with so many digits after the point; "-" if there is
// none.
func number(x float64, digits int) string {
	if math.IsNaN(x) {
		return "-"
	}
	return fmt.Sprintf("%.*f", digits, x)
}
