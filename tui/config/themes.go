package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"nixbench/themes"
)

// themeDir is the folder of the user's themes, "" if there can be none.
func (c *Config) themeDir() string {
	if c.file == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(c.file), "themes")
}

// ThemeNames lists the themes that there are, built in or the user's, sorted.
func (c *Config) ThemeNames() []string {
	names := themes.BuiltinNames()
	entries, _ := os.ReadDir(c.themeDir()) // without the folder there are none
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// LoadTheme returns the theme of that name, or if name is "" the one that the
// user chose: built in, or a file in the folder themes beside config.toml. For
// "auto" it returns nil, which leaves the choice to the terminal.
func (c *Config) LoadTheme(name string) (*themes.Theme, error) {
	if name == "" {
		name = c.Theme
	}
	if name == "" || name == "auto" {
		return nil, nil
	}
	if slices.Contains(themes.BuiltinNames(), name) {
		return themes.Named(name)
	}
	if c.file == "" || strings.ContainsAny(name, "/\\") {
		return themes.Named(name) // says which there are
	}
	file := filepath.Join(c.themeDir(), name+".toml")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("theme %q: it is neither %s, nor is there %s", name, strings.Join(themes.BuiltinNames(), ", "), file)
	}
	if err != nil {
		return nil, fmt.Errorf("theme %q: %w", name, err)
	}
	return themes.Parse(file, data)
}

// settle is how long the files must be left alone before they are read: editors
// write in several steps.
const settle = 100 * time.Millisecond

// WaitTheme waits until something in the folder of the user's themes is another than when
// it was waited for last. The folder need not be there yet. Where nothing can be watched,
// it waits for ctx to end.
func (c *Config) WaitTheme(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil || c.themeDir() == "" {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	defer watcher.Close()
	for {
		dir := nearest(c.themeDir())
		if err := watcher.Add(dir); err != nil {
			<-ctx.Done()
			return context.Cause(ctx)
		}
		if c.themes.changed(c.themeDir()) {
			return nil
		}
		if err := stir(ctx, watcher); err != nil {
			return err
		}
		_ = watcher.Remove(dir) // it may be gone
	}
}

// nearest is a directory, or of those that it is to be in the innermost that is there.
func nearest(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// stir waits until something happens in what is watched, and then nothing for a while.
func stir(ctx context.Context, watcher *fsnotify.Watcher) error {
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case _, ok := <-watcher.Events:
			if !ok {
				return fsnotify.ErrClosed
			}
			if quiet == nil { // what is written all the time does not put it off
				quiet = time.After(settle)
			}
		case err, ok := <-watcher.Errors:
			if !ok {
				return fsnotify.ErrClosed
			}
			return fmt.Errorf("watch themes: %w", err)
		case <-quiet:
			return nil
		}
	}
}

// A folder is what the folder of themes was when it was looked at last.
type folder struct {
	mu    sync.Mutex // mu guards the fields below
	known bool
	files map[string]stamp
}

// A stamp is what a file of the folder has another of once it is written.
type stamp struct {
	size int64
	at   time.Time
}

// changed looks at the folder and tells whether it is another than the last time.
func (f *folder) changed(dir string) bool {
	now := map[string]stamp{}
	entries, _ := os.ReadDir(dir) // without the folder there are none
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil {
			now[e.Name()] = stamp{info.Size(), info.ModTime()}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	isOther := f.known && !maps.Equal(f.files, now)
	f.known, f.files = true, now
	return isOther
}
