//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"nixbench/repl/text"
)

// This file drives the workbench by keys in a real terminal on the tour's store, and
// lets a real Nix check the effect. NIX is the directory of the real Nix, NIXBENCH the
// program under test; `make e2e` sets both.

// withNix makes a desktop with a real Nix.
func withNix(t *testing.T) *desktop {
	t.Helper()
	d := newDesktop(t, t.TempDir())
	d.nix = filepath.Join(os.Getenv("NIX"), "bin")
	if _, err := os.Stat(filepath.Join(d.nix, "nix")); err != nil {
		t.Fatalf("NIX must be set, as make e2e does: %v", err)
	}
	return d
}

// realNix runs a command of the real Nix on the tour's store and returns the
// lines of its standard output.
func (d *desktop) realNix(name string, args ...string) []string {
	d.t.Helper()
	common := []string{"--store", d.root, "--option", "build-users-group", "", "--extra-experimental-features", "nix-command"}
	if name == "nix" { // its command comes first
		args = slices.Concat(args[:1], common, args[1:])
	} else {
		args = append(common, args...)
	}
	return strings.Fields(d.run(filepath.Join(d.nix, name), args...))
}

// lines returns the lines of text, sorted, without empty ones.
func lines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

// above is a pattern for the numbers from n+1 to n+50.
func above(n int) string {
	var all []string
	for i := range 50 {
		all = append(all, fmt.Sprint(n+1+i))
	}
	return strings.Join(all, "|")
}

// same fails unless two sorted lists are the same.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	for _, p := range got {
		if !slices.Contains(want, p) {
			t.Errorf("%s: %s is ours alone", what, p)
		}
	}
	for _, p := range want {
		if !slices.Contains(got, p) {
			t.Errorf("%s: %s is the real Nix's alone", what, p)
		}
	}
}

// TestE2E goes through the five jobs, one after the other, on one tour.
func TestE2E(t *testing.T) {
	d := withNix(t)
	for _, job := range []struct {
		name string
		do   func(*desktop)
	}{
		{"builds", e2eBuilds}, {"repl", e2eRepl}, {"closure", e2eClosure}, {"profiles", e2eProfiles}, {"marks", e2eMarks}, {"gc", e2eCollect},
		{"terminal", e2eTerminal}, {"session", e2eSession},
	} {
		if !t.Run(job.name, func(t *testing.T) { d.t = t; job.do(d) }) {
			break // what comes next would start from something else
		}
	}
	d.t = t
}

// The collection: the plan on the screen is what the real Nix would delete,
// and afterwards that is gone and everything else is there.
func e2eCollect(d *desktop) {
	t := d.t
	dead := d.realNix("nix-store", "--gc", "--print-dead")
	live := d.realNix("nix-store", "--gc", "--print-live")
	plan := lines(d.run(d.bench, "store", "gc", "--dry-run", "--store", d.root))
	same(t, "dead paths", plan, dead)

	term := d.open(80, 24, "--store", d.root)
	term.keys("M-5")
	term.want(fmt.Sprintf(`dead .* \(%d paths\)`, len(dead)), `total to free +`+fmt.Sprint(len(dead))+` paths`)
	term.keys("X")
	term.want(`collect garbage`, `type "delete"`)
	term.text("delete")
	term.keys("Enter")
	term.want(`dead 0 B`)
	term.leave()

	for _, p := range dead {
		if _, err := os.Lstat(filepath.Join(d.root, p)); err == nil {
			t.Errorf("%s is still there", p)
		}
	}
	for _, p := range live {
		if _, err := os.Lstat(filepath.Join(d.root, p)); err != nil {
			t.Errorf("%s should have stayed: %v", p, err)
		}
	}
	d.realNix("nix-store", "--verify", "--check-contents")
}

// Marks: the plan with a marked root counts what the real Nix finds dead once
// the root is gone.
func e2eMarks(d *desktop) {
	t := d.t
	before := d.realNix("nix-store", "--gc", "--print-dead")
	term := d.open(140, 40, "--store", d.root)
	term.keys("M-5")
	term.want(`total to free +` + fmt.Sprint(len(before)) + ` paths`)
	term.keys("/")
	term.text("result-games")
	term.keys("Enter")
	term.keys("Space")
	screen := term.want(`\[[x✓]\].*result-games`, `1 marked root `, fmt.Sprintf(`total to free +(%s) paths`, above(len(before))))
	found := regexp.MustCompile(`total to free +([0-9,]+) paths`).FindStringSubmatch(screen)
	term.keys("Escape")
	term.leave()
	if err := os.Remove(filepath.Join(d.root, "tour", "result-games")); err != nil {
		t.Fatal(err)
	}
	after := d.realNix("nix-store", "--gc", "--print-dead")
	if got, want := found[1], fmt.Sprint(len(after)); got != want {
		t.Errorf("with the root marked, the plan has %s paths; with it gone, the real Nix finds %s dead", got, want)
	}
}

// Profiles: the link is the generation that was chosen, and the real Nix says
// the same.
func e2eProfiles(d *desktop) {
	t := d.t
	link := filepath.Join(d.root, "nix/var/nix/profiles/profile")
	current := func() string {
		target, err := os.Readlink(link)
		if err != nil {
			t.Fatal(err)
		}
		return target
	}
	term := d.open(80, 24, "--store", d.root)
	term.keys("M-4")
	term.want(`5\* `, `5 generations`)
	term.keys("j", "j", "S")
	term.want(`switch profile to generation 3\?`)
	if got := current(); got != "profile-5-link" {
		t.Errorf("the plan alone switched to %s", got)
	}
	term.keys("y")
	term.want(`3\* `)
	if got := current(); got != "profile-3-link" {
		t.Errorf("got %s, want profile-3-link", got)
	}
	gens := d.run(filepath.Join(d.nix, "nix-env"), "--profile", link, "--list-generations")
	if !regexp.MustCompile(`(?m)^ *3 .*\(current\)`).MatchString(gens) {
		t.Errorf("the real Nix has another generation:\n%s", gens)
	}
	term.keys("R")
	term.want(`switch profile to generation 2\?`)
	term.keys("y")
	term.want(`2\* `)
	if got := current(); got != "profile-2-link" {
		t.Errorf("got %s, want profile-2-link", got)
	}
	// Deleting asks too, and never takes the current one.
	term.keys("G")
	term.want(`› 1 `)
	term.keys("Space", "D")
	term.want(`delete`)
	term.keys("y")
	term.want(`═ 4 generations ═`)
	if _, err := os.Lstat(link + "-1-link"); err == nil {
		t.Error("generation 1 is still there")
	}
	term.leave()
	history := d.run(d.bench, "profile", "history", "--store", d.root, "--json")
	if strings.Contains(history, `"number":1,`) || !strings.Contains(history, `"number":2,`) {
		t.Errorf("history says %s", history)
	}
}

// Builds: what runs is shown with its log, and a cancelled build leaves no
// process and no lock.
func e2eBuilds(d *desktop) {
	t := d.t
	term := d.start(140, 40, d.bench, "tour")
	term.want(`\[1 Repl\]`)
	term.keys("M-2")
	term.want(`failed +broken-0\.1 +check`, `test round-trip \.\.\. FAILED`, `running +slow-1\.0`)
	// The log of 20,000 lines, searched and followed.
	term.keys("/")
	term.text("chatty")
	term.keys("Enter")
	term.want(`log: chatty-1\.0`, `linking done`)
	term.keys("Enter", "/")
	term.text("unit 19000")
	term.keys("Enter")
	term.want(`warning: unit 19000 is large`, `/ unit 19000`)
	term.keys("Escape", "Escape")
	// Cancelling asks, then kills.
	term.keys("/")
	term.text("slow")
	term.keys("Enter")
	term.want(`log: slow-1\.0`, `step [0-9]+ of 20`)
	term.keys("x")
	term.want(`cancel slow-1\.0\?`)
	term.keys("y")
	term.want(`cancelled +slow-1\.0`)
	if out, err := exec.Command("pgrep", "-f", "nixbench-e2e-no-such|^/bin/sh -eu .*setup.sh").Output(); err == nil {
		t.Errorf("builders are still running: %s", out)
	}
	locks, err := filepath.Glob(filepath.Join(d.root, "nix/store/*.lock"))
	if err != nil || len(locks) > 0 {
		t.Errorf("locks are left: %v, %v", locks, err)
	}
	term.leave()
	d.realNix("nix-store", "--verify", "--check-contents")
}

// The REPL: values, results that unfold, errors with their place, an evaluation
// that is interrupted and does no harm, a build whose output the real Nix knows.
func e2eRepl(d *desktop) {
	term := d.open(80, 24, "--store", d.root, filepath.Join(d.root, "tour", "default.nix"))
	term.want(`Added 3[0-9] variables`)
	submit := func(input string) {
		term.text(input)
		term.keys("Enter")
	}
	submit("greet.name")
	term.want(`out 2 +"greet-1\.0"`)
	submit("x = 21")
	submit("x * 2")
	term.want(`out 4 +42`)
	submit("_ + _2 _")
	term.want(`err 5 `, `\^`)
	submit(`{ deep.er = [ 1 (throw "below") ]; }`)
	term.want(`▸ deep = `)
	term.keys("Escape")
	term.keys("k", "j", "l")
	term.want(`▾ deep = `, `er = `)
	term.keys("i")
	submit("let f = n: if n == 0 then 0 else f (n - 1); in builtins.foldl' (a: x: a + f 9000) 0 (builtins.genList (x: x) 1000000)")
	term.want(`evaluating`)
	term.keys("C-c")
	term.want(`interrupted`)
	submit("let f = n: if n == 0 then 0 else f (n - 1); in f 9000")
	term.want(`out 8 +0`)
	submit(":b calc")
	term.want(`out -> /nix/store/[0-9a-z]+-calc-12\.4`)
	term.text("libht")
	term.keys("Tab")
	term.want(`nix> libhttp`)
	term.keys("C-c")
	// A changed file is noticed, and a reload keeps results.
	file := filepath.Join(d.root, "tour", "default.nix")
	src, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(file, append(src, "# changed\n"...), 0o644); err != nil {
		d.t.Fatal(err)
	}
	term.want(`changed`)
	submit(":r")
	submit("_4 + 1")
	term.want(`43`)
	term.leave()
	for _, p := range d.realNix("nix-store", "-q", "--requisites", d.path("calc-12.4")) {
		d.realNix("nix-store", "-q", "--hash", p)
	}
}

// path returns the store path of that name.
func (d *desktop) path(name string) string {
	d.t.Helper()
	for _, p := range strings.Fields(d.run(d.bench, "path-info", "--store", d.root, "--all")) {
		if strings.HasSuffix(p, "-"+name) {
			return p
		}
	}
	d.t.Fatalf("the store has no %s", name)
	return ""
}

// The closure: sizes are those of the real Nix, and every reference that
// why-depends shows is one that it knows.
func e2eClosure(d *desktop) {
	t := d.t
	profile := filepath.Join(d.root, "nix/var/nix/profiles/profile")
	target, err := os.Readlink(profile + "-5-link")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "requisites", strings.Fields(d.run(d.bench, "path-info", "--store", d.root, "-r", target)),
		d.realNix("nix-store", "-q", "--requisites", target))
	term := d.open(140, 40, "--store", d.root)
	term.keys("M-3")
	term.want(`the closure of what\?`, `profile`)
	term.keys("Enter")
	term.want(`16 paths`)
	term.keys("t")
	screen := term.want(`libcore-2\.1 +`, `calc-12\.4 +`)
	fields := d.realNix("nix", "path-info", "-rsS", target)
	paths := map[string]string{} // by name
	for i := 0; i+2 < len(fields); i += 3 {
		name := fields[i][len("/nix/store/")+33:]
		paths[name] = fields[i]
		own, err := strconv.ParseInt(fields[i+1], 10, 64)
		if err != nil {
			t.Fatalf("nix path-info printed %q: %v", fields, err)
		}
		all, err := strconv.ParseInt(fields[i+2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		row := regexp.QuoteMeta(name) + ` +` + regexp.QuoteMeta(text.Size(own)) + ` +` + regexp.QuoteMeta(text.Size(all)) + ` `
		if !regexp.MustCompile(row).MatchString(screen) {
			t.Errorf("the screen has no row %q:\n%s", row, screen)
		}
	}
	term.keys("/")
	term.text("libcore")
	term.keys("Enter")
	term.keys("w")
	term.want(`why does profile depend on libcore-2\.1\?`)
	term.keys("a", "f")
	screen = term.want(`browser-127\.0`, `libhttp-1\.8`, `bin/calc, byte [0-9]+: `)
	term.keys("Escape", "Escape")
	term.leave()
	checkTree(d, screen, paths)
}

// checkTree reads the tree of why-depends off the screen and asks the real Nix
// about every reference in it.
func checkTree(d *desktop, screen string, paths map[string]string) {
	t := d.t
	_, screen, _ = strings.Cut(screen, "why does ")
	row := regexp.MustCompile(`^║ [ ›] ([ │├└─▾▸]*)([a-z][a-z]*(?:-[0-9.]+)?)(?: |$)`)
	var chain []string
	edges := 0
	for line := range strings.SplitSeq(screen, "\n") {
		found := row.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		name := found[2]
		p, ok := paths[name]
		if !ok {
			t.Errorf("the tree has %q, which is not in the closure", name)
			continue
		}
		depth := (utf8.RuneCountInString(strings.TrimRight(found[1], "▾▸ ")) + 2) / 3
		if depth > len(chain) {
			t.Fatalf("cannot read the tree at %q:\n%s", line, screen)
		}
		chain = append(chain[:depth], p)
		if depth == 0 {
			continue
		}
		edges++
		if refs := d.realNix("nix-store", "-q", "--references", chain[depth-1]); !slices.Contains(refs, p) {
			t.Errorf("the tree says that %s refers to %s; the real Nix does not", chain[depth-1], p)
		}
	}
	if edges < 5 {
		t.Errorf("read %d references off the screen, want at least 5:\n%s", edges, screen)
	}
}
