package cache_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/cache"
)

// TestAdvisories tries what caches that are not to be trusted may say; see docs/advisories.md.
func TestAdvisories(t *testing.T) {
	const asked = store.Path("/nix/store/00000000000000000000000000000000-x")
	said := func(change ...string) string {
		return strings.NewReplacer(change...).Replace("StorePath: " + string(asked) + "\nURL: nar/x.nar\nCompression: none\n" +
			"NarHash: sha256:0000000000000000000000000000000000000000000000000000\nNarSize: 16\nReferences: \n")
	}
	open := func(t *testing.T, narinfo string, archive func(file string) error) *cache.Cache {
		t.Helper()
		dir := t.TempDir()
		err := errors.Join(
			os.Mkdir(filepath.Join(dir, "nar"), 0o755),
			os.WriteFile(filepath.Join(dir, asked.Digest()+".narinfo"), []byte(narinfo), 0o644),
			archive(filepath.Join(dir, "nar/x.nar")),
		)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cache.Open(dir, store.DefaultDir, cache.Options{Existing: true})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	file := func(size int) func(string) error {
		return func(file string) error { return os.WriteFile(file, make([]byte, size), 0o644) }
	}
	t.Run("narinfo-other-path", func(t *testing.T) {
		for _, other := range []string{"/nix/store/00000000000000000000000000000000-y", "/nix/store/11111111111111111111111111111111-x"} {
			c := open(t, said(string(asked), other), file(16))
			if info, err := c.Info(asked); !errors.Is(err, store.ErrInvalidPath) {
				t.Errorf("asked for %s, told of %s: %+v, %v, want ErrInvalidPath", asked, other, info, err)
			}
		}
	})
	t.Run("narinfo-outside", func(t *testing.T) {
		for _, url := range []string{"../x.nar", "/etc/passwd", "nar/../../x", ""} {
			c := open(t, said("nar/x.nar", url), file(16))
			if err := c.Dump(t.Context(), new(bytes.Buffer), asked); err == nil {
				t.Errorf("URL %q was read", url)
			}
		}
	})
	t.Run("bombs-archive", func(t *testing.T) {
		c, got := open(t, said(), file(1<<20)), new(bytes.Buffer)
		if err := c.Dump(t.Context(), got, asked); err != nil || got.Len() > 16 {
			t.Errorf("read %d bytes of an archive of 16, %v", got.Len(), err)
		}
	})
	t.Run("never-ending", func(t *testing.T) {
		c := open(t, said(), func(file string) error { return unix.Mkfifo(file, 0o644) })
		if err := c.Dump(t.Context(), new(bytes.Buffer), asked); err == nil {
			t.Error("a pipe was read")
		}
		trace := filepath.Join(strings.TrimPrefix(c.URL(), "file://"), "build-trace-v2", asked.Base(), "out.doi")
		if err := errors.Join(os.MkdirAll(filepath.Dir(trace), 0o755), unix.Mkfifo(trace, 0o644)); err != nil {
			t.Fatal(err)
		}
		read := make(chan error, 1)
		go func() {
			_, _, err := c.Realisation(t.Context(), asked, "out", nil)
			read <- err
		}()
		select {
		case err := <-read:
			if err == nil {
				t.Error("a pipe was read for what an output came to be")
			}
		case <-time.After(10 * time.Second):
			t.Error("waits for a pipe")
		}
	})
}
