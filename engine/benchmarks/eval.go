package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// caseDir is where the expressions are, from the root of the repository.
const caseDir = "testdata/bench"

// enough is how long the rounds of one case may take: then two are enough.
const enough = 3 * time.Minute

// A result is what was measured of one case.
type result struct {
	Case string `json:"case"`
	// Runs has the samples by the names of programs.
	Runs map[string]series `json:"runs"`
	// Unable says why a program cannot run the case.
	Unable map[string]string `json:"unable,omitempty"`
	// Wrong says whose answer differs from that of the first real Nix.
	Wrong map[string]string `json:"wrong,omitempty"`
}

// The modes of nixbench, as the programs of a report are called.
const (
	oneThread = "nixbench"
	cached    = "nixbench cached"
	twoCores  = "nixbench 2 cores"
)

// modes are the ways in which nixbench runs. A mode that is about a setting is
// left out if nixbench does not know it.
var modes = []struct {
	name, about string
	settings    [][2]string
}{
	{oneThread, "", [][2]string{{"eval-cores", "1"}, {"eval-file-cache", "false"}}},
	{cached, "eval-file-cache", [][2]string{{"eval-cores", "1"}, {"eval-file-cache", "true"}}},
	{twoCores, "eval-cores", [][2]string{{"eval-cores", "2"}, {"eval-file-cache", "false"}}},
}

func benchEval(conf *config) error {
	scratch, programs, err := conf.prepare()
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	known, err := inModes(&programs)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(caseDir)
	if err != nil {
		return fmt.Errorf("find the cases: %v", err)
	}
	rep := &report{Started: time.Now(), LoadBefore: load(), Rounds: conf.rounds}
	for _, p := range programs {
		rep.Programs = append(rep.Programs, p.Name)
	}
	for _, c := range cases() {
		if !conf.cases.MatchString(c.name) || c.needsNixpkgs() && conf.nixpkgs == "" {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s …\n", c.name)
		res, err := runCase(&c, programs, c.expand(dir, conf.nixpkgs), conf.rounds)
		if err != nil {
			return err
		}
		rep.Results = append(rep.Results, res)
	}
	rep.LoadAfter = load()
	if err := rep.save(conf.json); err != nil {
		return err
	}
	rep.print(os.Stdout, known)
	return rep.err()
}

// inModes replaces nixbench among the programs by itself in each mode, as far
// as it knows the settings, and returns which settings it knows.
func inModes(programs *[]program) (known map[string]bool, err error) {
	ours := (*programs)[0]
	known = make(map[string]bool)
	for _, name := range []string{"eval-cores", "eval-file-cache"} {
		_, a, err := ours.run("nix-instantiate", "--option", name, "1", "--eval", "--expr", "1")
		if err != nil {
			return nil, err
		}
		known[name] = !strings.Contains(a.stderr, "unknown setting")
	}
	var out []program
	for _, mode := range modes {
		if mode.about != "" && !known[mode.about] {
			continue
		}
		p := ours
		p.Name = mode.name
		for _, s := range mode.settings {
			if known[s[0]] {
				p.flags = append(p.flags, "--option", s[0], s[1])
			}
		}
		out = append(out, p)
	}
	*programs = append(out, (*programs)[1:]...)
	return known, nil
}

// runCase lets the programs run a case in turns.
func runCase(c *benchCase, programs []program, args []string, rounds int) (*result, error) {
	res := newResult(c.name)
	var want *answer
	var wantFrom string
	answers := make(map[string]answer)
	began := time.Now()
	for round := range rounds {
		if round >= 2 && time.Since(began) > enough {
			break
		}
		for _, p := range programs {
			if res.Unable[p.Name] != "" || p.Name == twoCores && !c.parallel {
				continue
			}
			if round == 0 && p.Name == cached {
				if _, _, err := p.run(c.tool, args...); err != nil { // fills the cache
					return nil, err
				}
			}
			s, a, err := p.run(c.tool, args...)
			if err != nil {
				return nil, err
			}
			if a.failed {
				res.Unable[p.Name] = a.complaint()
				continue
			}
			res.Runs[p.Name] = append(res.Runs[p.Name], s)
			answers[p.Name] = a
			if want == nil && p.IsReal() {
				want, wantFrom = &a, p.Name
			}
		}
	}
	for name, a := range answers {
		if want != nil && a.sum != want.sum {
			res.Wrong[name] = fmt.Sprintf("printed %.200q, %s printed %.200q", a.start, wantFrom, want.start)
		}
	}
	return res, nil
}

// load returns the load of the machine, as the kernel tells it.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(b))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
