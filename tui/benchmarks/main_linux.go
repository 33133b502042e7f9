// Command benchmarks measures the workbench as its users see it: the program runs on a
// pseudo-terminal with an emulated screen, keys are sent, and the time is taken until
// the screen has changed accordingly. `make bench-tui` runs it.
//
// Stores, builds and values are real ones, made for the purpose in a directory of
// their own. The limits are those that the project has set itself.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// A bench is one run of the command.
type bench struct {
	nixbench string // the binary
	dir      string // for everything that is made
	keys     int    // pressed for each case
	idle     time.Duration
	rows     []row
}

// A row is a figure with its limit.
type row struct {
	Case   string  `json:"case"`
	What   string  `json:"what"`
	Got    float64 `json:"got"`
	Limit  float64 `json:"limit"` // 0: none
	Unit   string  `json:"unit"`
	Detail string  `json:"detail,omitempty"`
}

// cases in the order in which they run.
var cases = []struct {
	name string
	run  func(context.Context, *bench, string) error
}{
	{"start", benchStart},
	{"idle", benchIdle},
	{"log", benchLog},
	{"graph", benchGraph},
	{"closure", benchClosure},
	{"attributes", benchAttributes},
	{"transcript", benchTranscript},
	{"paste", benchPaste},
}

func run(args []string) (err error) {
	b := &bench{}
	flags := flag.NewFlagSet("benchmarks", flag.ContinueOnError)
	flags.StringVar(&b.nixbench, "nixbench", "nixbench", "the binary")
	flags.IntVar(&b.keys, "keys", 400, "keys pressed for each case")
	flags.DurationVar(&b.idle, "idle", time.Minute, "how long the idle program is watched")
	only := flags.String("cases", "", "a regular expression: only cases with such names")
	flags.StringVar(&b.dir, "dir", "", "where stores are made, kept for the next run; made and removed if empty")
	out := flags.String("json", "", "where the raw results go")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	if b.nixbench, err = filepath.Abs(b.nixbench); err != nil {
		return err
	}
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "bench-tui-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, removeAll(b.dir)) }()
	}
	for _, c := range cases {
		if !wanted.MatchString(c.name) {
			continue
		}
		if err := c.run(context.Background(), b, c.name); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if *out != "" {
		data, err := json.MarshalIndent(b.rows, "", "\t")
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(*out), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(*out, append(data, '\n'), 0o644); err != nil {
			return err
		}
	}
	return b.judge()
}

// add prints a figure.
func (b *bench) add(r row) {
	if b.rows == nil {
		fmt.Printf("%-12s %-34s %10s %10s\n", "case", "", "got", "limit")
	}
	b.rows = append(b.rows, r)
	limit, mark := "", ""
	if r.Limit > 0 {
		limit = fmt.Sprintf("%.4g %s", r.Limit, r.Unit)
		if r.Got > r.Limit {
			mark = "  over"
		}
	}
	fmt.Printf("%-12s %-34s %7.3g %s %10s%s  %s\n", r.Case, r.What, r.Got, r.Unit, limit, mark, r.Detail)
}

// judge returns an error if a limit was not kept.
func (b *bench) judge() error {
	over := 0
	for _, r := range b.rows {
		if r.Limit > 0 && r.Got > r.Limit {
			over++
		}
	}
	if over > 0 {
		return fmt.Errorf("%d figures are over their limits", over)
	}
	return nil
}

// removeAll removes a directory with stores in it, whose directories are read-only.
func removeAll(dir string) error {
	_ = filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(name, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// The limits from a key to its frame.
const (
	frameP99   = 16 // ms
	frameWorst = 50 // ms
)

// frames presses keys in turn and adds the times to their frames.
func (b *bench) frames(name string, t *terminal, keys ...string) error {
	times, err := b.press(t, keys...)
	if err != nil {
		return err
	}
	slices.Sort(times)
	at := func(q float64) time.Duration { return times[int(q*float64(len(times)-1))] }
	b.add(row{Case: name, What: "key to frame, p50", Got: ms(at(0.5)), Unit: "ms", Detail: fmt.Sprintf("%d keys", len(times))})
	b.add(row{Case: name, What: "key to frame, p99", Got: ms(at(0.99)), Limit: frameP99, Unit: "ms"})
	b.add(row{Case: name, What: "key to frame, worst", Got: ms(times[len(times)-1]), Limit: frameWorst, Unit: "ms"})
	return nil
}

// memory adds the peak of a program's memory; limit in MB, 0 for none.
func (b *bench) memory(name string, t *terminal, limit float64) error {
	n, err := t.peakMemory()
	if err != nil {
		return err
	}
	b.add(row{Case: name, What: "peak memory", Got: float64(n) / 1e6, Limit: limit, Unit: "MB"})
	return nil
}
