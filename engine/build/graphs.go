package build

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
)

// This file writes what exportReferencesGraph asks for: closures that a
// builder gets described, to copy them into an image, for example.

// referenceGraphs returns the texts of the closures that a build asks for, by
// name. All of them must be in the closure of its inputs.
func (j *job) referenceGraphs(ctx context.Context) (map[string]string, error) {
	graphs := make(map[string]string)
	for name, roots := range j.options.ExportReferencesGraph {
		paths, err := exportedPaths(ctx, j.st, roots, j.closure)
		if err != nil {
			return nil, fmt.Errorf("export references graph %q: %w", name, err)
		}
		var infos []*store.PathInfo
		for _, p := range paths {
			info, err := j.st.PathInfo(ctx, p)
			if err != nil {
				return nil, fmt.Errorf("export references graph %q: %w", name, err)
			}
			infos = append(infos, info)
		}
		if j.drv.StructuredAttrs == "" {
			graphs[name] = registration(infos)
			continue
		}
		if graphs[name], err = graphJSON(ctx, j.st, infos); err != nil {
			return nil, fmt.Errorf("export references graph %q: %w", name, err)
		}
	}
	return graphs, nil
}

// exportedPaths returns the closure of roots, and of the outputs of the
// derivations in it; sorted.
func exportedPaths(ctx context.Context, st Store, roots []string, closure []store.Path) ([]store.Path, error) {
	var start []store.Path
	for _, root := range roots {
		p, _, err := st.Dir().PathOf(root)
		if err != nil {
			return nil, err
		}
		if _, ok := slices.BinarySearch(closure, p); !ok {
			return nil, &statusError{status: InputRejected, err: &ToldError{fmt.Sprintf(
				"cannot export references of path '%s' because it is not in the input closure of the derivation", p)}}
		}
		start = append(start, p)
	}
	paths, err := store.Requisites(ctx, store.References(st), start...)
	if err != nil {
		return nil, err
	}
	for _, p := range slices.Clone(paths) {
		if !p.IsDerivation() {
			continue
		}
		d, err := st.ReadDerivation(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, o := range d.OutputNames() {
			paths = append(paths, d.OutputPath(o))
		}
	}
	return store.Requisites(ctx, store.References(st), paths...)
}

// registration describes paths as nix-store --register-validity reads them,
// without hashes and derivers.
//
// Format: Nix manual, "nix-store --load-db".
func registration(infos []*store.PathInfo) string {
	var out strings.Builder
	for _, info := range infos {
		fmt.Fprintf(&out, "%s\n\n%d\n", info.Path, len(info.References))
		for _, ref := range info.References {
			fmt.Fprintf(&out, "%s\n", ref)
		}
	}
	return out.String()
}

// graphJSON describes paths for structured attributes.
//
// Behaviour: Nix, parsed-derivations.cc; the form is frozen there.
func graphJSON(ctx context.Context, st Store, infos []*store.PathInfo) (string, error) {
	list := make([]any, 0, len(infos))
	for _, info := range infos {
		size, err := closureSize(ctx, st, info.Path)
		if err != nil {
			return "", err
		}
		refs := make([]any, 0, len(info.References))
		for _, ref := range info.References {
			refs = append(refs, string(ref))
		}
		object := map[string]any{
			"path": string(info.Path), "valid": true,
			"narHash": info.NarHash.String(), "narSize": jsonInt(info.NarSize),
			"closureSize": jsonInt(size), "references": refs,
		}
		if info.CA != "" {
			object["ca"] = info.CA
		}
		list = append(list, object)
	}
	return string(appendJSON(nil, list)), nil
}

func jsonInt(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// closureSize returns the sum of the NAR sizes of a path's closure, in bytes.
func closureSize(ctx context.Context, st Reader, roots ...store.Path) (int64, error) {
	sizes := make(map[store.Path]int64)
	_, err := store.Requisites(ctx, func(ctx context.Context, p store.Path) ([]store.Path, error) {
		info, err := st.PathInfo(ctx, p)
		if err != nil {
			return nil, err
		}
		sizes[p] = info.NarSize
		return info.References, nil
	}, roots...)
	if err != nil {
		return 0, err
	}
	var sum int64
	for size := range maps.Values(sizes) {
		sum += size
	}
	return sum, nil
}
