//go:build confirm

package confirm

import (
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A builds is a file of derivations that both programs build, each in a store of
// its own, in sandboxes with the same shell.
type builds struct {
	*twins
	file string
}

func newBuilds(t *testing.T, file string) *builds {
	t.Helper()
	tw := newTwins(t)
	file, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	tw.env = append(tw.env, "NIX_CONFIG=build-users-group =\nsubstitute = false\nsandbox-paths = /bin/sh="+os.Getenv("NIXBENCH"))
	// A cancelled build of the real Nix's has root's files in its store.
	t.Cleanup(func() { makeRemovable(tw.dir) })
	return &builds{tw, file}
}

func makeRemovable(dir string) {
	filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			os.Chmod(name, 0o755)
		}
		return nil
	})
}

// both runs nix-build with args by both programs and returns what they said, with
// the stores' names taken out.
func (b *builds) both(t *testing.T, args ...string) (ours, theirs said) {
	t.Helper()
	flags := func(store string) []string {
		return append([]string{"--store", filepath.Join(b.dir, store), "--no-out-link", b.file}, args...)
	}
	ours = b.ours(t, append([]string{"nix-build"}, flags("ours")...)...)
	theirs = b.theirs(t, append([]string{"nix-build"}, flags("theirs")...)...)
	for _, s := range []*said{&ours, &theirs} {
		s.Stderr = strings.ReplaceAll(s.Stderr, b.dir+"/ours", "STORE")
		s.Stderr = strings.ReplaceAll(s.Stderr, b.dir+"/theirs", "STORE")
		s.Stderr = ownNames.ReplaceAllString(s.Stderr, "")
	}
	return ours, theirs
}

// ownNames are the parts of messages where each program names its own: the
// command that prints a log, a kept directory.
var ownNames = regexp.MustCompile(`nix-store -l |nixbench log |builds/[^/"]*`)

// TestConfirmRebuilds compares what is said when what is valid is built again, to
// check or to repair it, and what the programs around builds print.
func TestConfirmRebuilds(t *testing.T) {
	b := newBuilds(t, "testdata/builds/rebuilds.nix")
	hook := filepath.Join(b.dir, "hook")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho \"$DRV_PATH $OUT_PATHS\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	damage := func(name string) {
		for _, root := range []string{"ours", "theirs"} {
			files, err := filepath.Glob(filepath.Join(b.dir, root, "nix/store/*-"+name))
			if err != nil || len(files) != 1 {
				t.Fatalf("%s: %v, %v", name, files, err)
			}
			if err := os.Remove(files[0]); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], []byte("damaged"), 0o444); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct{ damaged, line string }{
		{"", "stable --check"},
		{"", "user --option post-build-hook " + hook},
		{"", "stable --check --option post-build-hook " + hook},
		{"", "user --option post-build-hook /bin/false"},
		{"", "other --option post-build-hook /bin/false"},
		{"", "unstable"},
		{"", "unstable --check"},
		{"", "unstable --check -K"},
		{"", "user --repair"},
		{"stable", "user --repair"},
		{"user", "user --repair"},
		{"user", "user --check"},
	} {
		if step.damaged != "" {
			damage(step.damaged)
		}
		ours, theirs := b.both(t, append([]string{"-A"}, strings.Fields(step.line)...)...)
		ours.Stderr = strings.ReplaceAll(ours.Stderr, "       Differing files:\n         d/other\n", "") // which only we say
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("%s: (-nix +nixbench)\n%s", step.line, diff)
		}
	}
	for _, root := range []string{"ours", "theirs"} {
		if files, err := filepath.Glob(filepath.Join(b.dir, root, "nix/store/*.check/d/other")); err != nil || len(files) != 1 {
			t.Errorf("%s: kept %v, %v", root, files, err)
		}
	}
}

// TestConfirmFailures compares what nix-build says of builds that fail, and what
// it returns.
func TestConfirmFailures(t *testing.T) {
	b := newBuilds(t, "testdata/builds/failures.nix")
	for _, line := range []string{
		"ok", "bad", "big", "needsBad", "needsNeedsBad", "needsTwo -k", "none", "noDev", "cycle", "wrong", "wrongFails",
		"slow --timeout 1", "slow --max-silent-time 1", "loud --option max-build-log-size 20", "noBuilder", "platform", "feature",
		"phases", "many", "many -Q", "many -Q --option log-lines 3", "many -j0", "redrawn", "writable", "allowed", "disallowed",
		"noRule", "large", "noChroot", "manyUsers",
		"manyUsers --option auto-allocate-uids true", "ok --option use-cgroups true", "magic", "notFixed", "noChannel", "long", "pipe", "floatingRefers --option extra-experimental-features ca-derivations", "bad -K", "bad -A wrong -A none -k", "bad --quiet",
		"bad -A needsBad", "bad -A needsBad -k", "bad -A bad", "needsBad -A none -A bad -j1", "needsBad -A ok -A bad -A none -k",
	} {
		t.Run(line, func(t *testing.T) {
			ours, theirs := b.both(t, append([]string{"-A"}, strings.Fields(line)...)...)
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("(-nix +nixbench)\n%s", diff)
			}
		})
	}
}

// TestConfirmView compares what builders see of themselves and of their sandboxes.
func TestConfirmView(t *testing.T) {
	// Under nohup both would begin with SIGHUP ignored, which Nix hands on to builders. What
	// is caught here is not.
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangUp) })
	b := newBuilds(t, "testdata/builds/view.nix")
	b.env = append(b.env, "HOME_OF_TEST=value")
	for _, name := range []string{"plain", "files", "two", "structured", "fixed"} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := b.both(t, "-A", name)
			if diff := cmp.Diff(strings.Split(theirs.Stderr, "\n"), strings.Split(ours.Stderr, "\n")); diff != "" {
				t.Errorf("(-nix +nixbench)\n%s", diff)
			}
			if ours.Status != 0 || ours.Stdout != theirs.Stdout {
				t.Errorf("got %d, %q, want 0, %q", ours.Status, ours.Stdout, theirs.Stdout)
			}
		})
	}
}
