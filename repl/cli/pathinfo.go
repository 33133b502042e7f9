package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/store"
)

// runPathInfo is `nixbench path-info`.
func runPathInfo(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if inv.all {
		if len(inv.args)+len(inv.attrs) > 0 {
			return inv.cmd.usage("--all takes no other arguments")
		}
		paths, err := eng.Store().AllPaths(ctx)
		if err != nil {
			return err
		}
		return inv.pathInfos(ctx, eng.Store(), paths)
	}
	paths, err := inv.validPaths(ctx, eng, append(inv.attrs, inv.args...))
	if err != nil || len(paths) == 0 {
		return err
	}
	st, err := eng.StoreOf(ctx, paths[0])
	if err != nil {
		return err
	}
	if inv.recursive {
		paths, err = requisites(ctx, st, paths)
		if err != nil {
			return err
		}
	}
	return inv.pathInfos(ctx, st, paths)
}

// validPaths returns the store paths that the arguments stand for: a path as
// such, and the outputs of a derivation.
func (inv *invocation) validPaths(ctx context.Context, eng *engine.Engine, args []string) ([]store.Path, error) {
	if len(args) == 0 {
		args = []string{""}
	}
	insts, err := inv.installables(ctx, eng, args)
	if err != nil {
		return nil, err
	}
	var paths []store.Path
	for _, inst := range insts {
		found, err := outputPaths(ctx, eng, inst.target)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if _, err := eng.StoreOf(ctx, p); err != nil {
				return nil, err
			}
			if !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	return paths, nil
}

// outputPaths returns the paths that a target stands for.
func outputPaths(ctx context.Context, eng *engine.Engine, target store.DerivedPath) ([]store.Path, error) {
	if target.Outputs == nil {
		return []store.Path{target.Path}, nil
	}
	d, err := eng.ReadDerivation(ctx, target.Path)
	if err != nil {
		return nil, err
	}
	var paths []store.Path
	for _, name := range d.OutputNames() {
		if target.Wants(name) {
			paths = append(paths, d.OutputPath(name))
		}
	}
	return paths, nil
}

// requisites returns the closure of paths, what is referred to first.
func requisites(ctx context.Context, st engine.Store, paths []store.Path) ([]store.Path, error) {
	g, err := closure.Load(ctx, st, paths...)
	if err != nil {
		return nil, err
	}
	out := make([]store.Path, g.Len())
	for n := range g.Len() {
		out[g.Len()-1-n] = g.Path(closure.Node(n))
	}
	return out, nil
}

// pathInfos prints a line or an object for each path.
func (inv *invocation) pathInfos(ctx context.Context, st engine.Store, paths []store.Path) error {
	var sizes map[store.Path]int64
	if inv.closureSize {
		var err error
		if sizes, err = closureSizes(ctx, st, paths); err != nil {
			return err
		}
	}
	if inv.json {
		return inv.pathInfosJSON(ctx, st, paths, sizes)
	}
	width := 0
	if inv.size || inv.closureSize || inv.sigs {
		for _, p := range paths {
			width = max(width, len(p))
		}
	}
	for _, p := range paths {
		info, err := st.PathInfo(ctx, p)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%-*s", width, p)
		if inv.size {
			line += "\t" + inv.number(info.NarSize)
		}
		if inv.closureSize {
			line += "\t" + inv.number(sizes[p])
		}
		if inv.sigs {
			line += "\t" + strings.Join(signatures(info), " ")
		}
		fmt.Fprintln(inv.env.Stdout, strings.TrimRight(line, " "))
	}
	return nil
}

// closureSizes returns the closure size of each of paths, in bytes.
func closureSizes(ctx context.Context, st engine.Store, paths []store.Path) (map[store.Path]int64, error) {
	g, err := closure.Load(ctx, st, paths...)
	if err != nil {
		return nil, err
	}
	all, err := g.ClosureSizes(ctx)
	if err != nil {
		return nil, err
	}
	sizes := make(map[store.Path]int64, len(paths))
	for _, p := range paths {
		if n, ok := g.Node(p); ok {
			sizes[p] = all[n]
		}
	}
	return sizes, nil
}

func (inv *invocation) number(bytes int64) string {
	if inv.human {
		return fmt.Sprintf("%10s", text.Size(bytes))
	}
	return fmt.Sprintf("%11d", bytes)
}

func signatures(info *store.PathInfo) []string {
	var out []string
	if info.Ultimate {
		out = append(out, "ultimate")
	}
	if info.CA != "" {
		out = append(out, "ca:"+info.CA)
	}
	return append(out, info.Sigs...)
}

// pathInfosJSON prints an object by path, as nix path-info --json does.
func (inv *invocation) pathInfosJSON(ctx context.Context, st engine.Store, paths []store.Path, sizes map[store.Path]int64) error {
	out := make(map[store.Path]any, len(paths))
	for _, p := range paths {
		info, err := st.PathInfo(ctx, p)
		if err != nil {
			return err
		}
		obj := map[string]any{
			"narHash": info.NarHash.SRI(), "narSize": info.NarSize, "references": emptyIfNil(info.References),
			"registrationTime": info.RegistrationTime, "ultimate": info.Ultimate, "signatures": emptyIfNil(info.Sigs),
			"deriver": nullIfEmpty(string(info.Deriver)), "ca": nullIfEmpty(info.CA),
		}
		if sizes != nil {
			obj["closureSize"] = sizes[p]
		}
		out[p] = obj
	}
	return writeJSON(inv.env.Stdout, out)
}

func emptyIfNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func nullIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}
