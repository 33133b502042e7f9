package local_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// TestKilled kills a process at some moment while it adds or collects, again
// and again on the same store. The next one finds the store valid, without a
// trace of the former, and goes on.
func TestKilled(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == "adder" {
		addForever(t)
		return
	}
	root := newDir(t)
	st := openAt(t, root)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	added := 0
	for round := range 12 {
		cmd := childTest(t, "TestKilled", "adder", "ROOT="+root, "TMPDIR="+newDir(t), fmt.Sprintf("ROUND=%d", round))
		out := must(cmd.StdoutPipe())(t)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		promised := readPromises(t, cmd, bufio.NewScanner(out), time.Duration(1+15*round)*time.Millisecond)
		added += len(promised)
		st := openAt(t, root)
		for _, p := range promised {
			if valid := must(st.IsValid(t.Context(), p))(t); !valid {
				t.Errorf("round %d: %s was added and is not valid", round, p)
			}
		}
		verifyClean(t, st)
		names := must(st.Entries(t.Context()))(t)
		for _, name := range names {
			if strings.HasPrefix(name, "tmp-") {
				t.Errorf("round %d: %s is left", round, name)
			}
		}
		files := must(os.ReadDir(filepath.Join(st.StateDir(), "temproots")))(t)
		for _, f := range files {
			t.Errorf("round %d: temporary roots %s are left", round, f.Name())
		}
		if round%4 == 3 {
			collect(t, st, gc.Options{})
			if names := must(st.Entries(t.Context()))(t); len(names) != 0 {
				t.Errorf("round %d: collected all, and %v are left", round, names)
			}
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d paths promised over 12 kills", added)
}

// readPromises waits until the child is at work, lets it work on for a while
// and kills it. It returns the paths that the child said were added.
func readPromises(t *testing.T, cmd *exec.Cmd, in *bufio.Scanner, after time.Duration) (promised []store.Path) {
	t.Helper()
	var head []string
	started := false
	for in.Scan() {
		if p, ok := strings.CutPrefix(in.Text(), "added "); ok {
			promised = append(promised, store.Path(p))
			if !started {
				started = true
				time.AfterFunc(after, func() { cmd.Process.Kill() })
			}
		} else {
			head = append(head, in.Text())
		}
	}
	cmd.Wait()
	if !started {
		t.Fatalf("the child did nothing:\n%s", strings.Join(head, "\n"))
	}
	return promised
}

// addForever adds texts, trees and derivations, and collects now and then
// without deleting what it promised, until it is killed.
func addForever(t *testing.T) {
	root, round := os.Getenv("ROOT"), os.Getenv("ROUND")
	st := must(local.Open(t.Context(), local.Options{Root: root}))(t)
	churn := must(local.Open(t.Context(), local.Options{Root: root}))(t)
	tree := makeTree(t)
	m := &drv.Modulo{Dir: st.Dir()}
	for i := 0; ; i++ {
		text := must(st.AddText(t.Context(), "text", fmt.Append(nil, round, i), nil))(t)
		fmt.Println("added", text)
		fmt.Println("added", must(st.AddTree(t.Context(), fmt.Sprintf("t%s-%d", round, i), tree, store.NAR, 0, nil))(t))
		var drvs []store.Path
		for j := range 20 {
			d := &drv.Derivation{
				Name: fmt.Sprintf("d%s-%d-%d", round, i, j), System: "x", Builder: "/bin/sh", InputSrcs: []store.Path{text},
				Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
			}
			if err := m.FillOutputs(d); err != nil {
				t.Fatal(err)
			}
			drvs = append(drvs, must(st.AddDerivation(t.Context(), d))(t))
		}
		if err := st.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range drvs {
			fmt.Println("added", p)
		}
		must(churn.AddText(t.Context(), "churn", fmt.Append(nil, round, i), nil))(t)
		if err := churn.ReleaseTempRoots(); err != nil {
			t.Fatal(err)
		}
		collect(t, churn, gc.Options{})
	}
}
