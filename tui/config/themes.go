package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// WaitTheme waits until something in the folder of the user's themes changes. Where
// there is no folder to watch, it waits for ctx to end.
func (c *Config) WaitTheme(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		defer watcher.Close()
		err = watcher.Add(c.themeDir())
	}
	if err != nil {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case _, ok := <-watcher.Events:
			if !ok {
				return fsnotify.ErrClosed
			}
			quiet = time.After(settle)
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
