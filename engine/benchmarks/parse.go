package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// batch is how many files xargs gives to one process.
const batch = 1000

// starts is how often each program is started, for each round.
const starts = 10

// benchParse compares the parsing of all files of nixpkgs, and the start-up.
func benchParse(conf *config) error {
	if conf.nixpkgs == "" {
		return errUsage
	}
	scratch, programs, err := conf.prepare()
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	list := filepath.Join(scratch, "files")
	files, err := listSources(conf.nixpkgs, list)
	if err != nil {
		return err
	}
	rep := &report{Started: time.Now(), LoadBefore: load(), Rounds: conf.rounds}
	for _, p := range programs {
		rep.Programs = append(rep.Programs, p.Name)
	}
	start, parse := newResult("start-up"), newResult("parse")
	rep.Results = []*result{start, parse}
	for range conf.rounds {
		for _, p := range programs {
			for range starts {
				s, a, err := p.run("nix-instantiate", "--readonly-mode", "--eval", "--expr", "1")
				if err != nil {
					return err
				}
				start.note(p.Name, s, &a)
			}
		}
		for _, p := range programs {
			s, a, err := p.parseAll(list)
			if err != nil {
				return err
			}
			parse.note(p.Name, s, &a)
		}
	}
	rep.LoadAfter = load()
	if err := rep.save(conf.json); err != nil {
		return err
	}
	fmt.Printf("%s; load %s before, %s after; %d rounds in turns: %s\n\n", rep.Started.Format(time.DateTime), rep.LoadBefore, rep.LoadAfter, rep.Rounds, strings.Join(rep.Programs, ", "))
	rep.printParse(os.Stdout, files)
	return rep.err()
}

func newResult(name string) *result {
	return &result{Case: name, Runs: map[string]series{}, Unable: map[string]string{}, Wrong: map[string]string{}}
}

// note adds a run to a result.
func (res *result) note(name string, s sample, a *answer) {
	if a.failed {
		res.Unable[name] = a.complaint()
		return
	}
	res.Runs[name] = append(res.Runs[name], s)
}

// listSources writes the names of all Nix files below dir to a file, each
// followed by a zero byte, and returns how many there are.
func listSources(dir, list string) (n int, err error) {
	var names strings.Builder
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(name, ".nix") {
			names.WriteString(name + "\x00")
			n++
		}
		return err
	})
	if err == nil {
		err = os.WriteFile(list, []byte(names.String()), 0o644)
	}
	if err != nil {
		return 0, fmt.Errorf("list the files of nixpkgs: %v", err)
	}
	return n, nil
}

// parseAll lets xargs give the files of a list to nix-instantiate --parse, whose
// output is dropped. The sample is of all processes together, but for the
// memory, which is of the largest.
func (p *program) parseAll(list string) (sample, answer, error) {
	in, err := os.Open(list)
	if err != nil {
		return sample{}, answer{}, fmt.Errorf("list the files of nixpkgs: %v", err)
	}
	defer in.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return sample{}, answer{}, fmt.Errorf("drop output: %v", err)
	}
	defer null.Close()
	cmd := exec.Command("xargs", "-0", "-n", strconv.Itoa(batch), p.Tool("nix-instantiate"), "--parse")
	cmd.Env, cmd.Stdin = p.Env, in
	return measureTo(cmd, null)
}

// printParse prints the table of start-up and parsing.
func (r *report) printParse(w io.Writer, files int) {
	fmt.Fprintf(w, "start-up: nix-instantiate --eval --expr 1; parse: %d files by xargs -n %d nix-instantiate --parse.\nLeast values and medians in ms; ratios to the real Nix with the least CPU time.\n\n", files, batch)
	r.printRuns(w)
}

// printRuns prints a table of least values and medians in milliseconds, and of
// ratios to the real Nix with the least CPU time.
func (r *report) printRuns(w io.Writer) {
	printRunsHead(w)
	for _, res := range r.Results {
		r.printCase(w, res)
	}
	r.printRemarks(w)
}

// printRunsHead prints the first line of the table of printRuns.
func printRunsHead(w io.Writer) {
	fmt.Fprintf(w, "%-17s %-12s %4s %9s %9s %6s  %9s %9s %6s  %7s\n", "case", "program", "n", "CPU", "median", "ratio", "wall", "median", "ratio", "RSS MB")
}

// printCase prints the lines of a case.
func (r *report) printCase(w io.Writer, res *result) {
	best := res.Runs[r.fastest(res, cpu)]
	for _, name := range r.Programs {
		runs := res.Runs[name]
		fmt.Fprintf(w, "%-17s %-12s %4d %9s %9s %6s  %9s %9s %6s  %7s\n", res.Case, name, len(runs),
			number(runs.least(cpu), 1), number(runs.median(cpu), 1), number(runs.least(cpu)/best.least(cpu), 2),
			number(runs.least(wall), 1), number(runs.median(wall), 1), number(runs.least(wall)/best.least(wall), 2),
			number(runs.least(rss), 0))
	}
}
