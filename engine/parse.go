package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// Parse returns the syntax tree of a text as nix-instantiate --parse prints it.
// Name says where the text is from; relative paths in it start from dir.
func Parse(name string, src []byte, dir, home string) (string, error) {
	expr, _, err := syntax.ParseExpr(name, src, &syntax.Options{
		Symbols: eval.Symbols(), Positions: syntax.NewPosTable(), BasePath: dir, Home: home,
	})
	if err != nil {
		return "", err
	}
	return eval.ShowExpr(expr), nil
}

// Flush makes what evaluations have written to the store valid.
func (e *Engine) Flush(ctx context.Context) error { return e.flush(ctx) }

// maxHops is how many links ResolveLink follows.
const maxHops = 40

// ResolveLink follows links from file until one leads into the store, and
// returns the store path there. Shown is the name that errors say.
func (e *Engine) ResolveLink(file, shown string) (store.Path, error) {
	dir := e.store.Dir()
	for range maxHops {
		if p, _, err := dir.PathOf(file); err == nil {
			return p, nil
		}
		if rest, ok := strings.CutPrefix(file, e.store.RealDir()+"/"); ok {
			p, _, err := dir.PathOf(string(dir) + "/" + rest)
			return p, err
		}
		target, err := os.Readlink(file)
		if err != nil {
			return "", fmt.Errorf("path '%s' is not in the store and leads to nothing in it", shown)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(file), target)
		}
		file = target
	}
	return "", fmt.Errorf("path '%s': too many levels of symbolic links", shown)
}
