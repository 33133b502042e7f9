package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/inspect/files"
	"nixbench/store"
)

// runPathInfo is `nixbench path-info`.
func runPathInfo(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	paths, err := inv.pathsAsked(ctx, eng)
	if err != nil || len(paths) == 0 && !inv.json {
		return err
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	var invalid []store.Path
	if !inv.all {
		if paths, invalid, err = inv.splitValid(ctx, eng, paths); err != nil {
			return err
		}
	}
	if inv.budgetGiven {
		return inv.checkBudget(ctx, eng, append(paths, invalid...))
	}
	if inv.recursive && len(invalid) > 0 {
		return fmt.Errorf("path '%s' is not valid", invalid[0])
	}
	st := pathInfos{eng.Reader(), eng.Lookup(), eng.Archived}
	if inv.recursive {
		if paths, err = st.lookup.Requisites(ctx, paths...); err != nil {
			return err
		}
	}
	if inv.json {
		if inv.jsonFormat == 0 && inv.env.nixName() != "" {
			inv.warn("'--json' without '--json-format' is deprecated; please specify '--json-format 1' or '--json-format 2'. This will become an error in a future release.")
		}
		return inv.pathInfosJSON(ctx, st, paths, invalid)
	}
	// As nix does: what is referred to first, and otherwise by name.
	if paths, err = st.lookup.TopoSort(ctx, paths); err != nil {
		return err
	}
	return inv.pathInfos(ctx, st, paths)
}

// pathInfos is where path-info finds what it prints.
type pathInfos struct {
	store.Reader
	lookup *store.Lookup
	// archived says how a path is kept in a binary cache, nil if the store is none.
	archived func(p store.Path) *engine.Archived
}

// pathsAsked returns the paths that the arguments stand for.
func (inv *invocation) pathsAsked(ctx context.Context, eng *engine.Engine) ([]store.Path, error) {
	if inv.all {
		if len(inv.attrs)+len(inv.args) > 0 {
			return nil, inv.cmd.usage("'--all' does not expect arguments")
		}
		return eng.Store().AllPaths(ctx)
	}
	return inv.paths(ctx, eng, slices.Concat(inv.attrs, inv.args))
}

// installableArgs returns the arguments that say what is meant: if there are none, the one
// that stands for the whole expression.
func (inv *invocation) installableArgs() []string {
	return inv.orWhole(slices.Concat(inv.attrs, inv.args))
}

// splitValid returns the paths that are valid and those that are not. Only JSON
// has a way to tell of invalid ones: without it they are an error.
func (inv *invocation) splitValid(ctx context.Context, eng *engine.Engine, paths []store.Path) (valid, invalid []store.Path, err error) {
	for _, p := range paths {
		switch _, err := eng.StoreOf(ctx, p); {
		case err == nil:
			valid = append(valid, p)
		case inv.json && errors.Is(err, store.ErrInvalidPath):
			invalid = append(invalid, p)
		default:
			return nil, nil, err
		}
	}
	return valid, invalid, nil
}

// orWhole returns args, or if there are none the attribute path that stands for the whole
// expression.
func (inv *invocation) orWhole(args []string) []string {
	if len(args) == 0 && !inv.fromStdin {
		return []string{""}
	}
	return args
}

// paths returns the store paths that the arguments stand for, a path as such,
// and the outputs of a derivation, or with --derivation that. They need not be valid.
func (inv *invocation) paths(ctx context.Context, eng *engine.Engine, args []string) ([]store.Path, error) {
	insts, err := inv.installables(ctx, eng, inv.orWhole(args))
	if err != nil {
		return nil, err
	}
	if inv.wantsDerivation {
		return inv.derivationsOf(ctx, eng, insts)
	}
	if err := inv.tellUnbuilt(ctx, eng, insts); err != nil {
		return nil, err
	}
	var paths []store.Path
	for _, inst := range insts {
		found, err := outputPaths(ctx, eng, inst.target)
		if err != nil {
			return nil, lookedAt(err)
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

// tellUnbuilt tells what is not valid and would have to be built, as the real Nix does of
// what is looked at.
func (inv *invocation) tellUnbuilt(ctx context.Context, eng *engine.Engine, insts []installable) error {
	if inv.env.nixName() == "" {
		return nil
	}
	return inv.printUnbuilt(ctx, eng, insts)
}

func (inv *invocation) printUnbuilt(ctx context.Context, eng *engine.Engine, insts []installable) error {
	plan, err := eng.PlanRealise(ctx, targetsOf(insts))
	if err == nil {
		printPlan(inv, plan)
	}
	return lookedAt(err)
}

// lookedAt returns an error of what is looked at and not built: Nix has other words for
// an output that there is not.
func lookedAt(err error) error {
	if lacks := (*engine.NoOutputError)(nil); errors.As(err, &lacks) {
		return fmt.Errorf("the derivation '%s' doesn't have an output named '%s'", lacks.DrvPath, lacks.Output)
	}
	return err
}

// pathInfos prints a line for each path, in columns as nix has them.
func (inv *invocation) pathInfos(ctx context.Context, st pathInfos, paths []store.Path) error {
	var sizes map[store.Path]int64
	if inv.closureSize {
		var err error
		if sizes, err = closureSizes(ctx, st.lookup, paths); err != nil {
			return err
		}
	}
	var disk files.Disk
	total, width := int64(0), 0
	if inv.size || inv.closureSize || inv.diskSize || inv.sigs {
		for _, p := range paths {
			width = max(width, len(p))
		}
	}
	out := bufio.NewWriter(inv.env.Stdout)
	for _, p := range paths {
		info := &store.PathInfo{}
		if inv.size || inv.sigs {
			var err error
			if info, err = st.PathInfo(ctx, p); err != nil {
				return errors.Join(err, out.Flush())
			}
		}
		line := fmt.Sprintf("%-*s", width, p)
		if inv.size {
			line += "\t" + inv.bytes(info.NarSize)
		}
		if inv.closureSize {
			line += "\t" + inv.bytes(sizes[p])
		}
		if inv.diskSize {
			size, err := disk.Add(ctx, st.RealPath(p))
			if err != nil {
				return errors.Join(err, out.Flush())
			}
			total += size
			line += "\t" + inv.bytes(size)
		}
		if inv.sigs {
			line += "\t" + strings.Join(signatures(info), " ")
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	if inv.diskSize && len(paths) > 1 {
		if _, err := fmt.Fprintf(out, "%-*s\t%s\n", width, "on disk together", inv.bytes(total)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// closureSizes returns the closure size of each of paths, in bytes.
func closureSizes(ctx context.Context, lookup *store.Lookup, paths []store.Path) (map[store.Path]int64, error) {
	g, err := closure.Load(ctx, lookup, paths...)
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

// bytes returns a size in a column of its own.
func (inv *invocation) bytes(n int64) string {
	if inv.human {
		return fmt.Sprintf("%10s", store.NixSize(n))
	}
	return fmt.Sprintf("%11d", n)
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

// pathInfosJSON prints an object for each path, and null for invalid ones.
// Format: Nix manual, "Store object info JSON format"; version 1 has an object
// of whole paths, version 2 puts one of base names below "info", and in version 3
// signatures are objects.
func (inv *invocation) pathInfosJSON(ctx context.Context, st pathInfos, paths, invalid []store.Path) error {
	var sizes map[store.Path]int64
	if inv.closureSize {
		var err error
		if sizes, err = closureSizes(ctx, st.lookup, paths); err != nil {
			return err
		}
	}
	format := max(1, inv.jsonFormat)
	v2 := format > 1
	name := func(p store.Path) string {
		if v2 {
			return p.Base()
		}
		return string(p)
	}
	var disk files.Disk
	objects := make(map[string]any, len(paths)+len(invalid))
	for _, p := range invalid {
		objects[name(p)] = nil
	}
	for _, p := range paths {
		info, err := st.PathInfo(ctx, p)
		if err != nil {
			return err
		}
		obj := infoJSON(st.Dir(), info, name)
		if v2 {
			obj["version"] = format
			if obj["ca"], err = contentAddressJSON(info.CA); err != nil {
				return err
			}
		}
		if format > 2 {
			obj["signatures"] = signaturesJSON(info)
		}
		if sizes != nil {
			obj["closureSize"] = sizes[p]
		}
		if inv.diskSize {
			if obj["diskSize"], err = disk.Add(ctx, st.RealPath(p)); err != nil {
				return err
			}
		}
		if archived := st.archived(p); archived != nil {
			addArchived(obj, archived)
		}
		objects[name(p)] = obj
	}
	var all any = objects
	if v2 {
		all = map[string]any{"info": objects, "storeDir": st.Dir(), "version": format}
	}
	return inv.printValue(all)
}

// addArchived adds how a path is kept in a binary cache.
func addArchived(obj map[string]any, archived *engine.Archived) {
	obj["url"], obj["compression"] = archived.URL, archived.Compression
	if !archived.FileHash.IsZero() {
		obj["downloadHash"] = archived.FileHash.SRI()
	}
	if archived.FileSize > 0 {
		obj["downloadSize"] = archived.FileSize
	}
}

// signaturesJSON returns signatures as version 3 has them.
func signaturesJSON(info *store.PathInfo) []map[string]string {
	sigs := []map[string]string{}
	for _, sig := range info.Sigs {
		key, sum, _ := strings.Cut(sig, ":")
		sigs = append(sigs, map[string]string{"keyName": key, "sig": sum})
	}
	return sigs
}

// infoJSON returns what is known of a path, in version 1.
func infoJSON(dir store.Dir, info *store.PathInfo, name func(store.Path) string) map[string]any {
	refs := make([]string, len(info.References))
	for i, ref := range info.References {
		refs[i] = name(ref)
	}
	var deriver any
	if info.Deriver != "" {
		deriver = name(info.Deriver)
	}
	var registered any
	if info.RegistrationTime != 0 {
		registered = info.RegistrationTime
	}
	return map[string]any{
		"narHash": info.NarHash.SRI(), "narSize": info.NarSize, "references": refs, "deriver": deriver,
		"registrationTime": registered, "ultimate": info.Ultimate, "signatures": emptyIfNil(info.Sigs),
		"ca": nullIfEmpty(info.CA), "storeDir": dir, "version": 1,
	}
}

// contentAddressJSON returns a content address as version 2 has it, nil if
// there is none.
func contentAddressJSON(ca string) (any, error) {
	if ca == "" {
		return nil, nil
	}
	parsed, err := store.ParseContentAddress(ca)
	if err != nil {
		return nil, err
	}
	methods := map[store.IngestionMethod]string{store.Flat: "flat", store.NAR: "nar", store.Git: "git", store.Text: "text"}
	return map[string]any{"method": methods[parsed.Method], "hash": parsed.Hash.SRI()}, nil
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
