package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/eval"
)

// maxChannels bounds the expressions in one directory, as Nix does.
const maxChannels = 1024

// EvalSource evaluates what nix-env takes packages from: a file, a directory
// with a default.nix, or a directory of such, which become the attributes of one
// set, however deep they are.
// Behaviour: loadSourceExpr in Nix's nix-env.cc.
func (e *Engine) EvalSource(ctx context.Context, ev *eval.Evaluator, file string, warn func(string)) (eval.Value, error) {
	real, err := e.RealFile(file)
	if err != nil {
		real = file
	}
	info, err := os.Stat(real)
	if os.IsNotExist(err) {
		return eval.Value{}, fmt.Errorf("path '%s' does not exist", file)
	}
	if err != nil {
		return eval.Value{}, err
	}
	switch {
	case isNixExpr(real, info):
		return ev.EvalFile(ctx, file)
	case !info.IsDir():
		return eval.Value{}, fmt.Errorf("path '%s' is not a directory or a Nix expression", file)
	}
	c := channels{e: e, warn: warn, files: make(map[string]string)}
	if err := c.collect(ctx, file); err != nil {
		return eval.Value{}, err
	}
	var v eval.Value
	err = ev.Do(ctx, func(s *eval.State) {
		b := s.NewAttrs(len(c.files) + 1)
		b.SetName("_combineChannels", s.ListOf())
		importer, _ := ev.Global("import")
		for name, file := range c.files {
			b.SetName(name, s.Thunk(importer, eval.MakePath(file)))
		}
		v = b.Value()
	})
	return v, err
}

func isNixExpr(file string, info os.FileInfo) bool {
	if info.Mode().IsRegular() {
		return true
	}
	_, err := os.Stat(filepath.Join(file, "default.nix"))
	return info.IsDir() && err == nil
}

// channels collects the expressions of a directory, by attribute name.
type channels struct {
	e     *Engine
	warn  func(string)
	files map[string]string
	above []string // the directories on the way to the one that is collected
}

// collect adds the expressions in dir and below. A directory that links lead back to from
// within it is left out there; Nix would never end.
func (c *channels) collect(ctx context.Context, dir string) error {
	real, err := c.e.RealFile(dir)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil || slices.Contains(c.above, real) {
		return err
	}
	c.above = append(c.above, real)
	defer func() { c.above = c.above[:len(c.above)-1] }()
	entries, err := os.ReadDir(real) // sorted
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == "manifest.nix" {
			continue // of a profile: channels are profiles
		}
		file, real, err := c.e.follow(filepath.Join(dir, entry.Name()))
		if err != nil {
			continue // a link to nowhere
		}
		info, err := os.Lstat(real)
		if err != nil {
			continue
		}
		switch {
		case isNixExpr(real, info) && (info.IsDir() || strings.HasSuffix(file, ".nix")):
			err = c.add(dir, file, strings.TrimSuffix(entry.Name(), ".nix"))
		case info.IsDir():
			err = c.collect(ctx, file)
		default:
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *channels) add(dir, file, name string) error {
	if _, taken := c.files[name]; taken {
		msg := fmt.Sprintf("name collision in input Nix expressions, skipping '%s'", file)
		if strings.Contains(file, "channels") && strings.Contains(dir, "channels") {
			msg += fmt.Sprintf("\nsuggestion: remove '%s' from either the root channels or the user channels", name)
		}
		c.warn(msg)
		return nil
	}
	if len(c.files)+1 == maxChannels {
		return fmt.Errorf("too many Nix expressions in directory '%s'", dir)
	}
	c.files[name] = file
	return nil
}
