package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"nixbench/engine/event"
)

// lines are what the screen of a terminal shows, without blank lines at the end.
func screenLines(e *vt.SafeEmulator) []string {
	var lines []string
	for line := range strings.SplitSeq(e.String(), "\n") {
		lines = append(lines, strings.TrimRight(line, " \r"))
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// newTerminal returns a terminal that takes a line feed as its driver does.
func newTerminal(w, h int) (*vt.SafeEmulator, io.Writer) {
	e := vt.NewSafeEmulator(w, h)
	return e, writerFunc(func(p []byte) (int, error) {
		_, err := e.Write([]byte(strings.ReplaceAll(string(p), "\n", "\r\n")))
		return len(p), err
	})
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func sameLines(t *testing.T, when string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: got\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Whatever is written stays above the lines of the bar, which are the last ones.
func TestBarStaysBelow(t *testing.T) {
	e, w := newTerminal(40, 8)
	b := &bar{w: w, size: func() (int, int) { return 40, 8 }}
	out := b.above(w)
	fmt.Fprintln(b, "first")
	b.show([]string{"[1 of 3]", "  a", "  b"})
	sameLines(t, "shown", screenLines(e), "first", "[1 of 3]", "  a", "  b")
	fmt.Fprintln(b, "second")
	fmt.Fprintln(out, "third")
	sameLines(t, "written above", screenLines(e), "first", "second", "third", "[1 of 3]", "  a", "  b")
	fmt.Fprint(b, "a question? ")
	sameLines(t, "in a line", screenLines(e), "first", "second", "third", "a question?")
	fmt.Fprintln(b, "yes")
	b.begin()
	for i := range 5 {
		fmt.Fprintln(b, "log", i)
	}
	fmt.Fprintln(out, "out")
	b.show([]string{"[2 of 3]"})
	sameLines(t, "scrolled", screenLines(e), "a question? yes", "log 0", "log 1", "log 2", "log 3", "log 4", "out", "[2 of 3]")
	b.show(nil)
	sameLines(t, "gone", screenLines(e), "a question? yes", "log 0", "log 1", "log 2", "log 3", "log 4", "out")
}

// The bar tells of each build that runs, with the end of its log, and a line stays of
// each that is built.
func TestBuildsInBar(t *testing.T) {
	e, w := newTerminal(70, 16)
	dir := t.TempDir()
	b := &bar{w: w, size: func() (int, int) { return 70, 16 }}
	f := follower{w: b, bar: b, fail: func(act event.Activity) { fmt.Fprintln(b, "error:", act.Name) },
		seen: map[event.ID]*followed{}, runs: map[event.ID]*followed{}, began: time.Now()}
	acts := make([]event.Activity, 6)
	for i := range acts {
		log := filepath.Join(dir, fmt.Sprint(i))
		text := "configure\n@nix {\"action\":\"setPhase\",\"phase\":\"build\"}\n" + fmt.Sprintf("  CC \x1b]0;x\x07 unit-%d.o\n", i)
		if err := os.WriteFile(log, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		acts[i] = event.Activity{ID: event.ID(i + 1), Kind: event.Build, Name: fmt.Sprintf("part-%d", i), State: event.Waiting}
		if i < 5 {
			acts[i].State, acts[i].LogFile, acts[i].LogSize, acts[i].Phase = event.Running, log, int64(len(text)), "build"
			acts[i].Started = time.Now().Add(time.Duration(i-90) * time.Second)
		}
	}
	tell := func(acts ...event.Activity) {
		b.begin()
		for i := range acts {
			f.tell([]*event.Activity{&acts[i]})
		}
		f.redraw(true)
	}
	tell(acts...)
	sameLines(t, "at first", screenLines(e),
		"[0 of 6 derivations built, 5 running]  0m00s  (1 not shown)",
		"  part-0   1m30s  build  CC  unit-0.o", "  part-1   1m29s  build  CC  unit-1.o",
		"  part-2   1m28s  build  CC  unit-2.o", "  part-3   1m27s  build  CC  unit-3.o")
	for i := range 2 {
		acts[i].State, acts[i].Ended = event.Done, acts[i].Started.Add(4*time.Second)
	}
	acts[2].State, acts[2].Ended = event.Failed, acts[2].Started.Add(4*time.Second)
	tell(acts[:3]...)
	sameLines(t, "later", screenLines(e), "part-0: built in 0m04s", "part-1: built in 0m04s", "part-2: failed in build after 0m04s", "error: part-2",
		"[2 of 6 derivations built, 1 failed, 2 running]  0m00s",
		"  part-3   1m27s  build  CC  unit-3.o", "  part-4   1m26s  build  CC  unit-4.o")
	for i := range 6 {
		acts[i].State = event.Done
	}
	tell(acts...)
	if got := screenLines(e); strings.Contains(strings.Join(got, "\n"), "running]") {
		t.Errorf("at the end: got\n%s", strings.Join(got, "\n"))
	}
}
