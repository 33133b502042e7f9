package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/vt"
)

// patience is how long anything may take before a case gives up.
const patience = 2 * time.Minute

// env is the environment of a program that sees nothing of this machine's user.
func (b *bench) env(home string) []string {
	return []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
		"NIX_CONFIG=build-users-group =",
	}
}

// home makes the home of a case.
func (b *bench) home(name string) (string, error) {
	home := filepath.Join(b.dir, name)
	return home, os.MkdirAll(home, 0o755)
}

// start opens the workbench with a home and a store of its own.
func (b *bench) start(name string, args ...string) (*terminal, error) {
	home, err := b.home(name)
	if err != nil {
		return nil, err
	}
	args = append([]string{"--fresh", "--store", filepath.Join(home, "store")}, args...)
	return open(home, b.env(home), b.nixbench, args...)
}

// ready starts the workbench and waits for a text.
func (b *bench) ready(name, text string, args ...string) (*terminal, error) {
	t, err := b.start(name, args...)
	if err != nil {
		return nil, err
	}
	if _, err := t.untilText(text, patience); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// prompt stands before the input.
const prompt = "nix>"

// enter presses keys and waits for a text.
func (t *terminal) enter(keys, text string) error {
	if err := t.press(keys); err != nil {
		return err
	}
	_, err := t.untilText(text, patience)
	return err
}

// starts is how often the program is started.
const starts = 20

func benchStart(_ context.Context, b *bench, name string) error {
	var best, sum, used time.Duration
	for i := range starts {
		t, err := b.start(name)
		if err != nil {
			return err
		}
		_, err = t.untilText("1 Repl", patience)
		took := time.Since(t.since)
		if cpu, cerr := t.processorTime(); cerr == nil {
			used += cpu
		}
		t.close()
		if err != nil {
			return err
		}
		sum += took
		if i == 0 || took < best {
			best = took
		}
	}
	b.add(row{Case: name, What: "first frame, mean", Got: ms(sum / starts), Limit: 60, Unit: "ms", Detail: fmt.Sprintf("best %.0f of %d; processor %.0f ms", ms(best), starts, ms(used/starts))})
	return nil
}

func benchIdle(ctx context.Context, b *bench, name string) error {
	t, err := b.ready(name, prompt)
	if err != nil {
		return err
	}
	defer t.close()
	time.Sleep(3 * time.Second) // what belongs to the start has ended
	before, err := t.processorTime()
	if err != nil {
		return err
	}
	time.Sleep(b.idle)
	after, err := t.processorTime()
	if err != nil {
		return err
	}
	b.add(row{Case: name, What: "of a core, in " + b.idle.String(), Got: 100 * float64(after-before) / float64(b.idle), Limit: 0.5, Unit: "%"})
	return nil
}

// press presses keys in turn and takes the time until the cursor has moved.
func (b *bench) press(t *terminal, keys ...string) ([]time.Duration, error) {
	times := make([]time.Duration, 0, b.keys)
	for i := range b.keys {
		x, y := t.cursor()
		from := time.Now()
		if err := t.press(keys[i%len(keys)]); err != nil {
			return nil, err
		}
		_, err := t.until("the cursor's move after "+keys[i%len(keys)], patience, func(em *vt.Emulator) bool {
			at := em.CursorPosition()
			return at.X != x || at.Y != y
		})
		if err != nil {
			return nil, err
		}
		times = append(times, time.Since(from))
		time.Sleep(20 * time.Millisecond) // a fast typist has 60
	}
	return times, nil
}

// The keys of a list: down and up, so that the cursor moves on the screen.
var upAndDown = []string{"j", "k"}

// logLines and logRate are how much a builder prints.
const (
	logLines = 1_000_000
	logRate  = 50_000 // lines a second
)

func benchLog(_ context.Context, b *bench, name string) error {
	script := fmt.Sprintf("i=0; while [ $i -lt %d ]; do i=$((i + 1)); seq -s ' of the objects that are compiled%s' $((i * %d)) $((i * %d + %d)); sleep 0.1; done; echo; echo all done; sleep 600",
		logLines/(logRate/10), `
`, logRate/10, logRate/10, logRate/10-1)
	expr := fmt.Sprintf(`
let
  run = name: script: needs: derivation { inherit name needs; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ]; };
in { top = run "top" "true" [ (run "noisy" %s [ ]) (run "quiet" "sleep 600" [ ]) ]; }`, nixString(script))
	t, err := b.withFile(name, expr, "--max-jobs", "2")
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.enter(":b top\r\x1b2", "of the objects"); err != nil {
		return err
	}
	from := time.Now()
	if err := b.frames(name, t, upAndDown...); err != nil {
		return err
	}
	if _, err := t.untilText("all done", patience); err != nil {
		return err
	}
	took := time.Since(from)
	b.add(row{Case: name, What: "lines a second", Got: logLines / took.Seconds(), Unit: "/s"})
	return b.memory(name, t, 150)
}

// nixString is s as an expression.
func nixString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "${", `\${`).Replace(s) + `"`
}

// withFile starts the workbench with a file loaded, and waits until it is.
func (b *bench) withFile(name, expr string, args ...string) (*terminal, error) {
	home, err := b.home(name)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(home, "default.nix")
	if err := os.WriteFile(file, []byte(expr), 0o644); err != nil {
		return nil, err
	}
	return b.ready(name, "out 1", append(args, file)...)
}

// graphSize is the number of derivations of the build graph.
const graphSize = 150_000

func benchGraph(_ context.Context, b *bench, name string) error {
	expr := fmt.Sprintf(`
let
  n = %d;
  drv = i: needs: derivation { name = "package-${toString i}"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "sleep 600" ]; inherit needs; };
  all = builtins.genList (i: drv i (builtins.filter (x: x != null) (map (k: if k < n then builtins.elemAt all k else null) [ (2 * i + 1) (2 * i + 2) (i + 1500) ]))) n;
in { top = builtins.head all; }`, graphSize)
	t, err := b.withFile(name, expr)
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.press(":b top\r\x1b2"); err != nil {
		return err
	}
	took, err := t.untilText(" 1 running", 10*patience) // evaluated, written, planned
	if err != nil {
		return err
	}
	b.add(row{Case: name, What: fmt.Sprintf("%d derivations, to the first build", graphSize), Got: took.Seconds(), Unit: "s"})
	if err := b.frames(name+" list", t, upAndDown...); err != nil {
		return err
	}
	from := time.Now()
	if err := t.enter("t", "═ graph ═"); err != nil { // the foot has the word always
		return err
	}
	b.add(row{Case: name, What: "list to tree", Got: ms(time.Since(from)), Limit: frameWorst, Unit: "ms"})
	if err := b.frames(name+" tree", t, upAndDown...); err != nil {
		return err
	}
	return b.memory(name, t, 0)
}

func benchAttributes(_ context.Context, b *bench, name string) error {
	expr := fmt.Sprintf(`{ set = builtins.listToAttrs (builtins.genList (i: { name = "attribute-${toString i}"; value = i; }) %d); }`, attributes)
	t, err := b.withFile(name, expr)
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.enter("set\r", "out 2"); err != nil {
		return err
	}
	if err := t.enter("set.attribute-", "set.attribute-"); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // the result has been drawn
	if err := t.press("\t"); err != nil {
		return err
	}
	took, err := t.until("the completions", patience, func(em *vt.Emulator) bool {
		lines := strings.Split(em.String(), "\n")
		return strings.Contains(strings.Join(lines[len(lines)-inputLines:], "\n"), "attribute-10")
	})
	if err != nil {
		return err
	}
	b.add(row{Case: name, What: "first page of completions", Got: ms(took), Limit: 50, Unit: "ms"})
	if err := b.frames(name+" typing", t, "1", "\x7f"); err != nil {
		return err
	}
	if err := t.press("\x15\x1b"); err != nil { // clear the input, browse
		return err
	}
	time.Sleep(time.Second)
	if err := b.frames(name+" browsing", t, "k", "j"); err != nil {
		return err
	}
	return b.memory(name, t, 0)
}

// inputLines is how many lines at the foot of the screen belong to the input.
const inputLines = 8

// results is the length of the transcript.
const results = 10_000

func benchTranscript(_ context.Context, b *bench, name string) error {
	t, err := b.ready(name, prompt)
	if err != nil {
		return err
	}
	defer t.close()
	// A name is quickly typed; its value is shown anew each time, unfolded.
	if err := t.enter("r = { a = 1; b = [ 1 2 ]; }\r", "in  1"); err != nil {
		return err
	}
	const batch = 50
	watch, err := t.startWatch()
	if err != nil {
		return err
	}
	for n := batch; n <= results; n += batch {
		if err := t.enter(strings.Repeat("r\r", batch), fmt.Sprintf("out %d ", n)); err != nil {
			return err
		}
	}
	if err := b.stop(watch, row{Case: name, What: fmt.Sprintf("%d results, to the last", results)}); err != nil {
		return err
	}
	if err := b.frames(name+" typing", t, "x", "\x7f"); err != nil {
		return err
	}
	if err := t.press("\x1b"); err != nil {
		return err
	}
	time.Sleep(time.Second)
	if err := b.frames(name+" browsing", t, "k", "j"); err != nil {
		return err
	}
	return b.memory(name, t, 0)
}

// pasted is how many lines of a file are pasted into the input.
const pasted = 8000

func benchPaste(_ context.Context, b *bench, name string) error {
	t, err := b.ready(name, prompt)
	if err != nil {
		return err
	}
	defer t.close()
	var file strings.Builder
	file.WriteString("{\n")
	for i := range pasted {
		fmt.Fprintf(&file, "  attribute-%d = \"a value of some length\" + toString [ 1 2 ];\n", i)
	}
	watch, err := t.startWatch()
	if err != nil {
		return err
	}
	if err := t.enter("\x1b[200~"+file.String()+"  last = 1; }\x1b[201~", "last = 1"); err != nil {
		return err
	}
	if err := b.stop(watch, row{Case: name, What: fmt.Sprintf("%d lines pasted", pasted)}); err != nil {
		return err
	}
	if err := b.frames(name+" typing", t, "x", "\x7f"); err != nil {
		return err
	}
	if err := t.enter("\r", "out 1"); err != nil {
		return err
	}
	return b.frames(name+" evaluated", t, "x", "\x7f")
}
