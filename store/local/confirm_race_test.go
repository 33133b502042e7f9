//go:build confirm

package local_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"nixbench/store"
	"nixbench/store/gc"
)

// TestTogetherWithNix lets a real Nix and us add the same things and collect at
// once, and then both check the store.
func TestTogetherWithNix(t *testing.T) {
	root := newDir(t)
	st, collector := openAt(t, root), openAt(t, root)
	dir := newDir(t)
	for i := range 5 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("f", i)), fmt.Append(nil, "contents ", i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expr := `builtins.genList (i: derivation { name = "d${toString i}"; system = "x86_64-linux"; builder = "/bin/sh"; }) 20`
	end := time.Now().Add(4 * time.Second)
	var wg sync.WaitGroup
	loop := func(what string, f func(i int) error) {
		wg.Go(func() {
			n := 0
			for ; time.Now().Before(end); n++ {
				if err := f(n); err != nil {
					t.Errorf("%s: %v", what, err)
					return
				}
			}
			t.Logf("%s: %d times", what, n)
		})
	}
	loop("Nix adds", func(i int) error {
		_, err := nixErr(t, root, "nix-store", "--add", filepath.Join(dir, fmt.Sprint("f", i%5)))
		return err
	})
	loop("Nix instantiates", func(int) error {
		_, err := nixErr(t, root, "nix-instantiate", "-E", expr)
		return err
	})
	loop("Nix collects", func(int) error {
		_, err := nixErr(t, root, "nix-store", "--gc")
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGABRT {
			// Nix 2.34 does that when a process that asked it to keep a path
			// goes as another comes. The store must be none the worse.
			t.Log("Nix's collector crashed")
			return nil
		}
		return err
	})
	loop("we add", func(i int) error {
		p, err := st.AddTree(t.Context(), fmt.Sprint("f", i%5), filepath.Join(dir, fmt.Sprint("f", i%5)), store.NAR, 0, nil)
		if err != nil {
			return err
		}
		if valid, err := st.IsValid(t.Context(), p); err != nil || !valid {
			return fmt.Errorf("%s: valid %v, %v", p, valid, err)
		}
		if _, err := os.Lstat(st.RealPath(p)); err != nil {
			return err
		}
		if i%20 == 0 {
			return st.ReleaseTempRoots()
		}
		return nil
	})
	loop("we collect", func(int) error {
		plan, err := gc.NewPlan(t.Context(), collector, gc.Options{})
		if err == nil {
			_, err = plan.Execute(t.Context(), nil)
		}
		time.Sleep(50 * time.Millisecond)
		return err
	})
	wg.Wait()
	nix(t, root, "nix-store", "--verify", "--check-contents")
	verifyClean(t, st)
}
