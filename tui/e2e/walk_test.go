//go:build walk

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// This file walks through every screen in a real terminal at three sizes, on the tour's
// store and on one of 100,000 paths, checks what is there, and keeps the screens in
// docs/captures and README.md. `make walk` does it: WALK is the directory that it makes
// everything in, and GRAPH the command that prints a graph for nix-store --load-db.

// captures is where the screens go.
const captures = "docs/captures"

// walkSizes are the sizes of the terminal, in cells.
var walkSizes = [][2]int{{80, 24}, {120, 40}, {200, 60}}

// A station is a screen that is walked to, and then seen at all sizes.
type station struct {
	name string   // of its captures
	keys []string // as tmux names them; "=x" types x, "~x" waits for a pattern
	want []string // patterns that have to be there at all sizes
	main bool     // it is kept at all sizes, and not only at the smallest
}

// tourStations begin while the tour's last packages are built.
var tourStations = []station{
	{name: "builds", keys: []string{"M-2"}, want: []string{`failed +broken-0\.1 +check`, `running +slow-1\.0 +build`, `waiting +machine`, `done +chatty`, `round-trip \.\.\. FAILED`}, main: true},
	{name: "why-build", keys: []string{"G", "k", "W"}, want: []string{`machine-2026`}},
	{name: "graph", keys: []string{"Escape", "t"}, want: []string{`machine-2026\.11 +waiting`, `[├└]─ slow-1\.0 +running`}, main: true},
	{name: "log", keys: []string{"t", "/", "=chatty", "Enter", "Enter", `~linking done`, "/", "=unit 19000", "Enter"}, want: []string{`log: chatty-1\.0`, `warning: unit 19000 is large`}},
	{name: "repl", keys: []string{
		"Escape", "Escape", `~builds  3 done  1 failed`, "M-1", `={ set = { a = [ 1 2 3 ]; b = greet; }; later = throw "no"; }`, "Enter", "Escape", "G", "l", "i",
		"=:b calc", "Enter", "=greet.nme", "Enter", "=libhttp",
	}, want: []string{`▾ set = `, `later = «error: no»`, `out -> /nix/store/[0-9a-z]+-calc-12\.4`, `did you mean name`, `nix> libhttp`}, main: true},
	{name: "complete", keys: []string{"C-c", "=greet.", "Tab"}, want: []string{`18 matches`, `builder +"/bin/sh"`}},
	{name: "help", keys: []string{"C-c", "F1"}, want: []string{`help`, `Evaluate the input`}},
	{name: "palette", keys: []string{"Escape", "F2", "=why"}, want: []string{`> why`, `[Ww]hy`}},
	{name: "themes", keys: []string{"Escape", "M-t"}, want: []string{`high-contrast`, `gruvbox`}},
}

// storeStations are those of the tour's store when nothing is built in it any more.
var storeStations = []station{
	{name: "closure", keys: []string{"M-3", `~the closure of what`, `~› .*profile`, "Enter"}, want: []string{`16 paths`, `▸ browser-127\.0`}, main: true},
	{name: "why", keys: []string{"/", "=libcore", "Enter", "w", `~ways`, "a", "f"}, want: []string{`why does profile depend on libcore-2\.1\?`, `bin/calc, byte [0-9]+: `}},
	{name: "map", keys: []string{"Escape", "Escape", "t", "t", "t"}, want: []string{`fonts-3\.0`, `1 path in it`}},
	{name: "closure-diff", keys: []string{"t", "/", "=editor", "Enter", "m", "/", "=browser", "Enter", "d", `~enter dive`}, want: []string{`editor-29\.1 -> browser-127\.0|editor.*browser`, `[+-][0-9.]+ [KM]iB`}},
	{name: "profiles", keys: []string{"Escape", "Escape", "M-4", `~› 5`, "j", "j", `~(?m)^ enter diff`}, want: []string{`5\* `, `5 generations`, `› 3`}, main: true},
	{name: "switch", keys: []string{"S"}, want: []string{`switch profile to generation 3\?`, `n/esc`}},
	{name: "time-line", keys: []string{"Escape", "t"}, want: []string{`5 generations`}},
	{name: "gc", keys: []string{"t", "M-5", `~result-games`, "/", "=result-games", "Enter", "Space"}, want: []string{`\[[x✓]\].*lt-games`, `1 marked root `, `total to free +23 paths`}, main: true},
}

// largeStations are those of the store of 100,000 paths.
var largeStations = []station{
	{name: "repl", keys: []string{"=builtins.genList (x: x * x) 100000", "Enter"}, want: []string{`out 1 +\[ 100,?000 items \]`}},
	{name: "builds", keys: []string{"M-2"}, want: []string{`Nothing is building`}},
	{name: "closure", keys: []string{"M-3", `~the closure of what`, `~› .*profile`, "Enter"}, want: []string{`99,000 paths`, `path0 +510\.5K +46\.31G`, `▸ path1 `}},
	{name: "flat", keys: []string{"t"}, want: []string{`99,000 paths`, `path0 `}},
	{name: "why", keys: []string{"/", "=path98765", "Enter", "w"}, want: []string{`path0 (depend on|->) path98765`}},
	{name: "profiles", keys: []string{"Escape", "Escape", "M-4"}, want: []string{`3 generations`, `3\* .*46\.31G .*\d+ new`}},
	{name: "gc", keys: []string{"M-5"}, want: []string{`total to free +1,?000 paths`}},
	{name: "help", keys: []string{"F1"}, want: []string{`help`, `Mark or unmark the root`}},
	{name: "palette", keys: []string{"Escape", "F2", "=delete"}, want: []string{`> delete`}},
	{name: "themes", keys: []string{"Escape", "M-t"}, want: []string{`high-contrast`}},
}

func TestWalk(t *testing.T) {
	home := os.Getenv("WALK")
	if home == "" {
		t.Fatal("WALK must be set, as make walk does")
	}
	if err := os.Mkdir(home, 0o755); err != nil { // paths are on the screens: it has one name only
		t.Fatal(err)
	}
	t.Cleanup(func() { removeStores(t, home) })
	t.Run("tour", func(t *testing.T) {
		d := newDesktop(t, home)
		forgetCaptures(t, func(name string) bool { return !strings.HasPrefix(name, "large-") })
		d.walk("", tourStations, d.bench, "tour")
		d.walk("", storeStations, d.bench, "--fresh", "--store", d.root)
	})
	t.Run("large", func(t *testing.T) {
		d := newDesktop(t, home)
		forgetCaptures(t, func(name string) bool { return strings.HasPrefix(name, "large-") })
		root := filepath.Join(home, "large")
		d.makeLarge(root)
		d.walk("large-", largeStations, d.bench, "--fresh", "--store", root)
	})
	if !t.Failed() {
		showCaptures(t, "README.md", "docs/screens.md")
	}
}

// walk starts a program and goes through stations; prefix begins the names of captures.
func (d *desktop) walk(prefix string, stations []station, program ...string) {
	d.t.Helper()
	term := d.start(80, 24, program...)
	term.tmux("set-option", "-g", "status", "off")
	term.want(`1 Repl`, `nix>`)
	from := time.Now()
	for _, s := range stations {
		for _, key := range s.keys {
			switch key[0] {
			case '=':
				term.text(key[1:])
			case '~':
				term.want(key[1:])
			default:
				term.keys(key)
			}
			time.Sleep(100 * time.Millisecond) // a list that comes moves the cursor
		}
		for _, size := range walkSizes {
			name := fmt.Sprintf("%s%s-%dx%d", prefix, s.name, size[0], size[1])
			term.tmux("resize-window", "-x", fmt.Sprint(size[0]), "-y", fmt.Sprint(size[1]))
			term.want(s.want...)
			screen := term.still(size[1])
			d.t.Logf("%s after %.1f s", name, time.Since(from).Seconds())
			d.checkScreen(name, screen, size[1])
			if s.main || size == walkSizes[0] {
				d.keep(name, screen)
			}
		}
	}
	for range 10 { // back, and back, and out
		term.keys("Escape", "q")
		if strings.Contains(term.screen(), "exit status") {
			break
		}
	}
	term.want(`exit status 0`)
}

// still waits until a screen of that height is drawn to its foot and stays as it is, but
// for what keeps running, and returns it.
func (term *terminal) still(height int) string {
	term.d.t.Helper()
	last := ""
	for range 50 {
		time.Sleep(100 * time.Millisecond)
		screen := timeless(term.screen())
		if screen == last && strings.Count(strings.TrimRight(screen, "\n"), "\n") == height-1 {
			return screen
		}
		last = screen
	}
	tty := strings.TrimSpace(term.tmux("display-message", "-p", "#{pane_tty}"))
	out, _ := exec.Command("stty", "-F", tty, "size").CombinedOutput()
	term.d.t.Logf("stty says %s", out)
	return last
}

// wrong is what never stands on a screen of the walk.
var wrong = regexp.MustCompile(`error: [^n]|internal error|panic|goroutine|exit status [0-9]+$|too small`)

// checkScreen fails if a screen has not what every screen has.
func (d *desktop) checkScreen(name, screen string, height int) {
	d.t.Helper()
	rows := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
	for len(rows) < height { // tmux leaves empty ones away
		rows = append(rows, "")
	}
	switch {
	case len(rows) != height:
		d.t.Errorf("%s: got %d rows, want %d:\n%s", name, len(rows), height, screen)
	case !regexp.MustCompile(`\[[1-5] ?(R|B|C|P|G)`).MatchString(rows[0]):
		d.t.Errorf("%s: the header names no screen:\n%s", name, screen)
	case !regexp.MustCompile(`\? help|F1 help|esc|enter`).MatchString(rows[height-1]):
		d.t.Errorf("%s: the footer says nothing:\n%s", name, screen)
	}
	if found := wrong.FindString(screen); found != "" {
		d.t.Errorf("%s: the screen says %q:\n%s", name, found, screen)
	}
}

// moving are what of a screen differs from one run to the next, and what stands for it.
var moving = []struct {
	pattern *regexp.Regexp
	fixed   string
}{
	{regexp.MustCompile(`20\d\d-\d\d-\d\d \d\d:\d\d`), "2026-11-22 15:56"},
	{regexp.MustCompile(`\b20\d\d-\d\d-\d\d `), "2026-11-22 "},
	{regexp.MustCompile(` *\bdisk [\d.]+% used, [\d.]+ [KMGT]iB free`), " disk 72% used, 70.1 GiB free"},
	{regexp.MustCompile(`[\d.]+% -> [\d.]+%`), "72.2% -> 72.2%"},
	{regexp.MustCompile(`\b0m\d\ds`), "0m08s"},
	{regexp.MustCompile(`(?:<1|\d+(?:\.\d)?) m?s │`), "2 ms │"},
	{regexp.MustCompile(`built in (?:<1|\d+) m?s +`), "built in 2 ms "},
	{regexp.MustCompile(`cpu [\d.]+ m?s, [\d.]+ [KMG]?i?B`), "cpu 5 ms, 5.1 MiB"},
	{regexp.MustCompile(`cpu [\d.]+ m?s, [\d.]+[KMGB] `), "cpu 5 ms, 5.1M "},
	{regexp.MustCompile(`cpu [\d.]+ m?s, \d[\d.]*\.\.`), "cpu 5 ms, 5.. "},
	{regexp.MustCompile(`cpu \d+ m\.\.`), "cpu 5 m.."},
}

// timeless puts other words for times and for how full the disk is, without moving
// anything: they are made as wide as what was there, by blanks on the left.
func timeless(screen string) string {
	for _, m := range moving {
		screen = m.pattern.ReplaceAllStringFunc(screen, func(was string) string {
			word := strings.TrimSpace(m.fixed)
			if strings.HasSuffix(m.fixed, " ") { // blanks go to the right
				return fmt.Sprintf("%-*s", len(was), word)
			}
			if n := len([]rune(was)) - len([]rune(word)); n > 0 {
				return strings.Repeat(" ", n) + word
			}
			return word
		})
	}
	return screen
}

// keep writes a screen among the captures.
func (d *desktop) keep(name, screen string) {
	d.t.Helper()
	var rows []string
	for row := range strings.SplitSeq(strings.TrimRight(screen, "\n"), "\n") {
		rows = append(rows, strings.TrimRight(row, " "))
	}
	if err := os.MkdirAll(captures, 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(captures, name+".txt"), []byte(strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// forgetCaptures removes the captures of such names, lest some stay of screens that are no
// longer walked to.
func forgetCaptures(t *testing.T, which func(name string) bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(captures, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if which(filepath.Base(file)) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// showCaptures puts captures into documents, where they are named; see captureBlock.
func showCaptures(t *testing.T, docs ...string) {
	t.Helper()
	for _, doc := range docs {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		text := captureBlock.ReplaceAllStringFunc(string(data), func(block string) string {
			name := captureBlock.FindStringSubmatch(block)[1]
			screen, err := os.ReadFile(name)
			if err != nil {
				t.Errorf("%s: %v", doc, err)
				return block
			}
			return fmt.Sprintf("<!-- %s -->\n```\n%s```\n", name, screen)
		})
		if err := os.WriteFile(doc, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// largePaths is the size of the large store, and largeClosure that of its first path's
// closure.
const (
	largePaths   = 100_000
	largeClosure = 99_000
)

// makeLarge makes the large store: its database, a profile, and no files.
func (d *desktop) makeLarge(root string) {
	d.t.Helper()
	graph := exec.Command("sh", "-c", os.Getenv("GRAPH")+fmt.Sprintf(" %d %d", largePaths, largeClosure))
	load := exec.Command(d.bench, "nix-store", "--store", root, "--load-db")
	load.Env = d.env
	graph.Stderr, load.Stderr = os.Stderr, os.Stderr
	pipe, err := graph.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	load.Stdin = pipe
	if err := graph.Start(); err != nil {
		d.t.Fatal(err)
	}
	if err := errors.Join(load.Run(), graph.Wait()); err != nil {
		d.t.Fatal(err)
	}
	profiles := filepath.Join(root, "nix/var/nix/profiles")
	if err := os.MkdirAll(profiles, 0o755); err != nil {
		d.t.Fatal(err)
	}
	for i, path := range []int{2, 1, 0} { // the newest leads to the whole closure
		link := filepath.Join(profiles, fmt.Sprintf("profile-%d-link", i+1))
		if err := os.Symlink(fmt.Sprintf("/nix/store/%032d-path%d", path, path), link); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := os.Symlink("profile-3-link", filepath.Join(profiles, "profile")); err != nil {
		d.t.Fatal(err)
	}
}

// removeStores removes a directory with stores in it, whose directories are read-only.
func removeStores(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = os.Chmod(name, 0o700)
		}
		return err
	})
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		t.Error(err)
	}
}
