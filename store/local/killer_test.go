package local_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// victim is the child that does one thing to a store and waits to be killed.
const victim = "victim"

// A killer has other processes do things to a store and kills them at some moment.
type killer struct {
	path, test string
	// text is the name of the paths that they add, which no other test of this machine uses at
	// the same time: what is in the environment of any process is in use.
	text string
}

func newKiller(t *testing.T, test string) *killer {
	return &killer{childTest(t, test, victim).Path, test, fmt.Sprint("text", os.Getpid())}
}

// run has a process do what args say, see beVictim, and kills it within a few
// milliseconds. Done says that it had ended what it did. The moment cannot be repeated:
// what fails may have to be tried again.
func (k *killer) run(rt *rapid.T, root string, args ...string) (done bool) {
	cmd := exec.Command(k.path, "-test.run=^"+k.test+"$", "-test.v")
	cmd.Env = append(os.Environ(), "NIXBENCH_CHILD="+victim, "ROOT="+root, "TEXT="+k.text, "ARGS="+strings.Join(args, "\n"))
	cmd.Dir = "/"
	out, err := cmd.StdoutPipe()
	if err != nil {
		rt.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // open for as long as this process is there
		rt.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		rt.Fatal(err)
	}
	after := time.Duration(rapid.IntRange(0, 5000).Draw(rt, "microseconds")) * time.Microsecond
	var said []string
	isReady := false
	for in := bufio.NewScanner(out); in.Scan(); {
		switch in.Text() {
		case "ready":
			isReady = true
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		case "done":
			done = true
			cmd.Process.Kill()
		default:
			said = append(said, in.Text())
		}
	}
	cmd.Wait()
	if !isReady || len(said) > 1 { // that the test runs
		rt.Fatalf("%q: %s", args, strings.Join(said, "\n"))
	}
	return done
}

// beVictim does what it is told: to add a text that refers to paths, or a root, or to
// collect.
func beVictim(t *testing.T) {
	st := must(local.Open(t.Context(), local.Options{Root: os.Getenv("ROOT"), SyncMode: local.SyncNone}))(t)
	args := strings.Split(os.Getenv("ARGS"), "\n")
	fmt.Println("ready")
	switch args[0] {
	case "add":
		var refs []store.Path
		for _, ref := range args[2:] {
			refs = append(refs, store.Path(ref))
		}
		must(st.AddText(t.Context(), os.Getenv("TEXT"), []byte(args[1]), refs))(t)
	case "root":
		if err := st.AddPermRoot(t.Context(), store.Path(args[1]), args[2]); err != nil {
			t.Fatal(err)
		}
	case "collect":
		plan := must(gc.NewPlan(t.Context(), st, gc.Options{}))(t)
		must(plan.Execute(t.Context(), nil))(t)
	}
	fmt.Println("done")
	io.Copy(io.Discard, os.Stdin) // until it is killed, or who started it is
}

// stringsOf returns paths as strings.
func stringsOf(paths []store.Path) []string {
	list := make([]string, len(paths))
	for i, p := range paths {
		list[i] = string(p)
	}
	return list
}
