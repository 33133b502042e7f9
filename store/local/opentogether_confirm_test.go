//go:build confirm

package local_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"nixbench/store/local"
)

// nixCollides is what Nix 2.34 says when two of its processes make a store at once: it
// creates what is missing while others may do so too, and writes the number of the schema
// into a file that others may read before it is there.
var nixCollides = regexp.MustCompile(`(?s)unique constraint failed|UNIQUE constraint failed|already exists|File exists|no such table|SQLite database .* is busy|disk I/O error|/db/schema" is corrupt`)

// openRounds is how often they do it.
const openRounds = 10

// Ours open a store that is not there yet while real Nixes do so too, which may run into
// each other: ours do not mind what those leave half made.
func TestConfirmOpenAbsent(t *testing.T) {
	openers := startOpeners(t, 4)
	collisions := 0
	for round := range openRounds {
		root, dir := newDir(t), newDir(t)
		var real sync.WaitGroup
		said := make([]string, 3)
		for i := range said {
			name := filepath.Join(dir, fmt.Sprint("f", i))
			if err := os.WriteFile(name, []byte(name), 0o644); err != nil {
				t.Fatal(err)
			}
			real.Go(func() { said[i] = nixSays(t, root, "nix-store", "--add", name) })
		}
		// In every other round ours come while the real ones are at it.
		db := filepath.Join(root, "nix/var/nix/db")
		for end := time.Now().Add(time.Minute); round%2 == 1 && !exists(db) && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		for _, o := range openers {
			if _, err := fmt.Fprintln(o.in, root); err != nil {
				t.Fatal(err)
			}
		}
		for i, o := range openers {
			if !o.out.Scan() || o.out.Text() != "opened" {
				t.Errorf("process %d: %s", i, o.out.Text())
			}
		}
		real.Wait()
		want := len(openers)
		for _, text := range said {
			switch {
			case strings.HasPrefix(lastLine(text), "/nix/store/"): // after "waiting for the big Nix store lock..."
				want++
			case nixCollides.MatchString(text):
				collisions++
			default:
				t.Errorf("the real Nix says: %s", text)
			}
		}
		st, err := local.Open(t.Context(), local.Options{Root: root})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(must(st.AllPaths(t.Context()))(t)); got != want {
			t.Errorf("got %d paths, want %d", got, want)
		}
		verifyClean(t, st)
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		nix(t, root, "nix-store", "--verify", "--check-contents")
	}
	t.Logf("real Nixes ran into each other %d times", collisions)
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
