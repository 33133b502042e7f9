package build_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/engine/settings"
)

// What a hook has left running is waited for as long as it may say something, however
// long that takes: an upload in the background.
func TestHookInBackground(t *testing.T) {
	t.Parallel()
	hook := filepath.Join(t.TempDir(), "hook")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\n(sleep 6; echo later) &\necho now\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(s *settings.Settings) { s.PostBuildHook = hook })
	box := r.hub.Subscribe()
	r.build(script("hooked", "write $out x"), nil)
	if diff := cmp.Diff([]string{"now", "later"}, notices(t, box)); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

// A hook's processes that stay when it is cancelled hold nobody up.
func TestHookCancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hook := filepath.Join(dir, "hook")
	text := "#!/bin/sh\nsetsid sh -c 'echo $$ > " + dir + "/pid.new; mv " + dir + "/pid.new " + dir + "/pid; exec sleep 600' &\nexec sleep 600\n"
	if err := os.WriteFile(hook, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(s *settings.Settings) { s.PostBuildHook = hook })
	p := r.add(script("hooked", "write $out x"), nil)
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(dir + "/pid"); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	res, err := r.b.Realise(ctx, []build.Target{{Path: p, Outputs: []string{"*"}}}, build.Normal)
	if err != nil || res.Err() == nil {
		t.Errorf("got %v, %v, want a build that was cancelled", res, err)
	}
	number, err := os.ReadFile(dir + "/pid")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(number)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
