package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"nixbench/engine/peers"
)

// togetherTrials lets nixbench and, if there are any, real Nixes add, build, switch
// profiles, optimise and collect on one store, all at the same time. Now and then all
// pause, and the store is looked at.
func togetherTrials(ctx context.Context, conf *config) error {
	input := filepath.Join(conf.scratch, "input")
	if err := writeInputs(input); err != nil {
		return err
	}
	w := &workshop{conf: conf, rig: conf.newRig(input)}
	if err := w.rig.make(ctx, [][]string{{"nix-store", "--add", "$INPUT/file"}}); err != nil {
		return err
	}
	rounds := max(1, int(conf.duration/roundTime))
	for range rounds {
		if err := w.round(ctx, min(conf.duration, roundTime)); err != nil {
			return err
		}
	}
	fmt.Printf("%-12s %-12s %8s %10s %14s\n", "program", "work", "times", "failures", "longest")
	for _, j := range w.jobs {
		fmt.Printf("%-12s %-12s %8d %10d %14v\n", j.program.Name, j.name, j.times, j.failures, j.longest.Round(time.Millisecond))
		for _, e := range j.examples {
			fmt.Println("    " + e)
		}
	}
	r := row{program: "all", name: "together", points: rounds, violations: len(w.violations)}
	for _, v := range w.violations {
		fmt.Println("    " + v)
	}
	fmt.Printf("looked at the store %d times: %d violations\n", rounds, len(w.violations))
	for _, j := range w.jobs {
		if j.failures > 0 && !j.program.IsReal() {
			return errViolations
		}
	}
	return total([]*row{&r})
}

// roundTime is how long all work before they pause.
const roundTime = 30 * time.Second

// A workshop is a store that many work on.
type workshop struct {
	conf       *config
	rig        *rig
	jobs       []*job
	violations []string
}

// A job is one kind of work, done again and again by one program.
type job struct {
	name    string
	program peers.Program
	command func(n int) []string

	mu       sync.Mutex
	times    int
	failures int
	examples []string
	longest  time.Duration
}

// kinds are the kinds of work. $N is another number each time.
func (w *workshop) kinds(p peers.Program, who string) []*job {
	kind := func(name string, command func(n int) []string) *job {
		return &job{name: name, program: p, command: command}
	}
	script := func(text string) func(int) []string {
		return func(n int) []string { return []string{"sh", "-c", fmt.Sprintf("N=%s-%d; ", who, n) + text} }
	}
	return []*job{
		kind("add", script(`echo "$N" >"$OUT/add-$N" && exec "$BIN/nix-store" --store "$STORE" --add "$OUT/add-$N"`)),
		kind("build", script(`exec "$BIN/nix-build" --store "$STORE" -o "$OUT/result-$$" -E "`+shellBuild+`"`)),
		kind("build same", func(n int) []string {
			return []string{"sh", "-c", fmt.Sprintf("N=%d; ", n) + `exec "$BIN/nix-build" --store "$STORE" --no-out-link -E "` + shellBuild + `"`}
		}),
		kind("profile", script(`P=$("$BIN/nix-build" --store "$STORE" -o "$OUT/new-$N" -E "`+shellBuild+`") &&
			"$BIN/nix-env" --store "$STORE" -p "$OUT/profile-`+who+`" --set "$P" && rm "$OUT/new-$N" &&
			exec "$BIN/nix-env" --store "$STORE" -p "$OUT/profile-`+who+`" --delete-generations +2`)),
		kind("optimise", func(int) []string { return []string{"nix-store", "--optimise"} }),
		kind("collect", script(`rm -f "$OUT"/result-*; sleep 2; exec "$BIN/nix-store" --store "$STORE" --gc`)),
	}
}

// shellBuild is an expression for between the double quotes of a shell.
const shellBuild = `derivation { name = \"work-$N\"; system = builtins.currentSystem; builder = \"/bin/sh\"; PATH = \"/bin:/usr/bin\";` +
	` dep = builtins.toFile \"dep\" \"$N\"; args = [ \"-c\" \"mkdir \$out; echo \$dep >\$out/dep; echo \$out >\$out/self\" ]; }`

// round lets all work for a while and looks at the store.
func (w *workshop) round(ctx context.Context, d time.Duration) error {
	if w.jobs == nil {
		for i, p := range append([]peers.Program{w.conf.ours}, w.conf.real...) {
			w.jobs = append(w.jobs, w.kinds(p, fmt.Sprint("p", i))...)
		}
	}
	end := time.Now().Add(d)
	var all sync.WaitGroup
	failed := make(chan error, len(w.jobs))
	for _, j := range w.jobs {
		all.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				if err := w.work(ctx, j); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	f, err := w.rig.inspect(ctx)
	w.violations = append(w.violations, f.violations...)
	return err
}

// work does a job once.
func (w *workshop) work(ctx context.Context, j *job) error {
	r := *w.rig
	r.program = j.program
	j.mu.Lock()
	j.times++
	n := j.times
	j.mu.Unlock()
	a, err := r.do(ctx, j.command(n))
	if err != nil {
		return fmt.Errorf("%s, %s: %w", j.program.Name, j.name, err)
	}
	j.longest = max(j.longest, a.took)
	if wrong := complaints(a); a.status != 0 || len(wrong) > 0 {
		j.failures++
		if text := lastLines(a.stderr); len(j.examples) < 3 && !slices.Contains(j.examples, text) {
			j.examples = append(j.examples, text)
		}
	}
	return nil
}

// stoppedTrials has processes stand still that hold locks, or be gone that left
// something, and stores be elsewhere.
func stoppedTrials(ctx context.Context, conf *config) error {
	return whereMounting(ctx, func() error { return conf.standStill(ctx) })
}

func (conf *config) standStill(ctx context.Context) error {
	input := filepath.Join(conf.scratch, "input")
	if err := conf.inputs(ctx, input); err != nil {
		return err
	}
	writeHead(os.Stdout)
	var rows []*row
	for _, s := range standstills {
		if !conf.only.MatchString(s.name) {
			continue
		}
		r := conf.newRig(input)
		if err := r.make(ctx, [][]string{{"nix-build", "-o", "$OUT/result", "$INPUT/outputs.nix"}}); err != nil {
			return err
		}
		rw := &row{program: conf.ours.Name, name: s.name}
		wrong, err := s.try(ctx, conf, r)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		f, err := r.inspect(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		f.violations = append(f.violations, wrong...)
		rw.note("afterwards", f)
		rw.write(os.Stdout)
		rows = append(rows, rw)
		if err := errors.Join(removeTree(r.dir), ctx.Err()); err != nil {
			return err
		}
	}
	return total(rows)
}
