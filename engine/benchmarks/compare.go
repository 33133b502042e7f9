package main

import (
	"fmt"
	"io"
)

// compare prints what changed between two results, for the programs that are
// in both: so those of the real Nix say how alike the machine was.
func compare(w io.Writer, oldFile, newFile string) error {
	before, err := readReport(oldFile)
	if err != nil {
		return err
	}
	after, err := readReport(newFile)
	if err != nil {
		return err
	}
	earlier := make(map[string]*result)
	for _, res := range before.Results {
		earlier[res.Case] = res
	}
	fmt.Fprintf(w, "%-19s %-18s %8s %8s %6s  %7s %7s %6s\n", "case", "program", "CPU ms", "before", "ratio", "RSS MB", "before", "ratio")
	for _, name := range after.Programs {
		var cpus, sizes []float64
		for _, res := range after.Results {
			old := earlier[res.Case]
			if old == nil || len(old.Runs[name]) == 0 || len(res.Runs[name]) == 0 {
				continue
			}
			now, then := res.Runs[name], old.Runs[name]
			c, m := now.least(cpu)/then.least(cpu), now.least(rss)/then.least(rss)
			cpus, sizes = append(cpus, c), append(sizes, m)
			fmt.Fprintf(w, "%-19s %-18s %8.0f %8.0f %6.2f  %7.0f %7.0f %6.2f\n", res.Case, name, now.least(cpu), then.least(cpu), c, now.least(rss), then.least(rss), m)
		}
		if len(cpus) > 0 {
			fmt.Fprintf(w, "%-19s %-18s %8s %8s %6.2f  %7s %7s %6.2f\n", "geometric mean", name, "", "", geometricMean(cpus), "", "", geometricMean(sizes))
		}
	}
	return nil
}
