package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"nixbench/store"
)

// This file is nix-store --query.

// A storeQuery is one run of nix-store --query.
type storeQuery struct {
	*storeRun
	kind                                    string // the flag that named it
	useOutput, forceRealise, includeOutputs bool
	binding                                 string
	lookup                                  *store.Lookup
	out                                     *bufio.Writer
}

// queryKinds maps the spellings of kinds of queries to the first of each.
var queryKinds = map[string]string{
	"--outputs": "--outputs", "--requisites": "--requisites", "-R": "--requisites", "--references": "--references",
	"--referrers": "--referrers", "--referers": "--referrers",
	"--referrers-closure": "--referrers-closure", "--referers-closure": "--referrers-closure",
	"--deriver": "--deriver", "-d": "--deriver", "--valid-derivers": "--valid-derivers",
	"--binding": "--binding", "-b": "--binding", "--hash": "--hash", "--size": "--size", "--tree": "--tree",
	"--graph": "--graph", "--graphml": "--graphml", "--resolve": "--resolve", "--roots": "--roots",
}

// query is nix-store --query.
func (run *storeRun) query(ctx context.Context) error {
	q := &storeQuery{storeRun: run, out: bufio.NewWriter(run.env.Stdout)}
	if err := q.parse(); err != nil {
		return err
	}
	q.lookup = run.eng.Lookup()
	err := q.answer(ctx)
	return errors.Join(err, q.out.Flush())
}

func (q *storeQuery) parse() error {
	for _, f := range q.legacy.flags {
		kind, ok := queryKinds[f]
		switch {
		case !ok && (f == "--use-output" || f == "-u"):
			q.useOutput = true
		case !ok && slices.Contains([]string{"--force-realise", "--force-realize", "-f"}, f):
			q.forceRealise = true
		case !ok && f == "--include-outputs":
			q.includeOutputs = true
		case !ok:
			return q.cmd.usage("unknown flag '%s'", f)
		case kind == "--binding" && len(q.args) == 0:
			return q.cmd.usage("expected binding name")
		}
		if kind == "--binding" {
			q.binding, q.args = q.args[0], q.args[1:]
		}
		if ok {
			if q.kind != "" && q.kind != kind {
				return q.cmd.usage("query type '%s' conflicts with earlier flag", f)
			}
			q.kind = kind
		}
	}
	if q.kind == "" {
		q.kind = "--outputs"
	}
	return nil
}

func (q *storeQuery) answer(ctx context.Context) error {
	switch q.kind {
	case "--requisites", "--references", "--referrers", "--referrers-closure":
		return q.related(ctx)
	case "--valid-derivers":
		return q.validDerivers(ctx)
	case "--graph", "--graphml":
		roots, err := q.allOutputs(ctx)
		if err != nil {
			return err
		}
		if q.kind == "--graph" {
			return q.dotGraph(ctx, roots)
		}
		return q.graphML(ctx, roots)
	case "--roots":
		return q.roots(ctx)
	case "--tree":
		return q.trees(ctx)
	}
	for _, arg := range q.args {
		p, err := q.followed(q.eng, arg)
		if err == nil {
			err = q.about(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// about answers for one path.
func (q *storeQuery) about(ctx context.Context, p store.Path) error {
	switch q.kind {
	case "--resolve":
		q.line(string(p))
		return nil
	case "--binding":
		return q.printBinding(ctx, p)
	case "--deriver":
		info, err := q.info(ctx, p)
		if err != nil {
			return err
		}
		if info.Deriver == "" {
			q.line("unknown-deriver")
		} else {
			q.line(string(info.Deriver))
		}
		return nil
	}
	paths, err := q.outputsOf(ctx, p, q.useOutput || q.kind == "--outputs")
	if err != nil {
		return err
	}
	for _, out := range paths {
		if q.kind == "--outputs" {
			q.line(string(out))
			continue
		}
		info, err := q.info(ctx, out)
		if err != nil {
			return err
		}
		if q.kind == "--hash" {
			q.line(info.NarHash.String())
		} else {
			q.line(strconv.FormatInt(info.NarSize, 10))
		}
	}
	return nil
}

func (q *storeQuery) line(s string) {
	q.out.WriteString(s)
	q.out.WriteByte('\n')
}

// outputsOf returns the outputs of a derivation, if they are asked for, or else
// the path itself.
func (q *storeQuery) outputsOf(ctx context.Context, p store.Path, outputs bool) ([]store.Path, error) {
	if q.forceRealise {
		if _, err := q.realised(ctx, store.DerivedPath{Path: p}, true); err != nil {
			return nil, err
		}
	}
	if !outputs || !p.IsDerivation() {
		return []store.Path{p}, nil
	}
	d, err := q.eng.ObtainDerivation(ctx, p)
	if err != nil {
		return nil, err
	}
	var known map[store.OutputName]store.Path
	if q.forceRealise {
		if known, err = q.knownOutputs(ctx, p); err != nil {
			return nil, err
		}
	}
	var paths []store.Path
	for _, name := range d.OutputNames() {
		out := d.OutputPath(name)
		if out == "" {
			out = known[name]
		}
		if out == "" {
			return nil, q.cmd.usage("Cannot use output path of floating content-addressing derivation until we know what it is (e.g. by building it)")
		}
		paths = append(paths, out)
	}
	return store.SortUnique(paths), nil
}

// knownOutputs returns the outputs of a derivation whose paths are known.
func (run *storeRun) knownOutputs(ctx context.Context, p store.Path) (map[store.OutputName]store.Path, error) {
	st, err := run.eng.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	known, err := st.DerivationOutputs(ctx, p)
	if err != nil || len(known) > 0 {
		return known, err
	}
	// The build trace knows those that no derivation has the paths of.
	known, err = run.eng.FindOutputs(ctx, store.AllOutputsOf(p))
	maps.DeleteFunc(known, func(_ store.OutputName, out store.Path) bool { return out == "" })
	return known, err
}

// allOutputs returns what the arguments stand for, sorted.
func (q *storeQuery) allOutputs(ctx context.Context) ([]store.Path, error) {
	var all []store.Path
	for _, arg := range q.args {
		p, err := q.followed(q.eng, arg)
		if err != nil {
			return nil, err
		}
		paths, err := q.outputsOf(ctx, p, q.useOutput)
		if err != nil {
			return nil, err
		}
		all = append(all, paths...)
	}
	return store.SortUnique(all), nil
}

// related answers what has to do with the references of paths.
func (q *storeQuery) related(ctx context.Context) error {
	paths, err := q.allOutputs(ctx)
	if err != nil {
		return err
	}
	var found []store.Path
	switch q.kind {
	case "--requisites":
		found, err = q.requisites(ctx, paths)
	case "--referrers-closure":
		found, err = store.Requisites(ctx, q.eng.Reader().Referrers, paths...)
	default:
		look := q.lookup.References
		if q.kind == "--referrers" {
			look = q.eng.Reader().Referrers
		}
		for _, p := range paths {
			var more []store.Path
			if more, err = look(ctx, p); err != nil {
				break
			}
			found = append(found, more...)
		}
	}
	if err != nil {
		return err
	}
	return q.printSorted(ctx, store.SortUnique(found))
}

// requisites returns the closure of paths, with the valid outputs of its derivations
// if that is asked for.
func (q *storeQuery) requisites(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	if !q.includeOutputs {
		return q.lookup.Requisites(ctx, paths...)
	}
	return store.Requisites(ctx, func(ctx context.Context, p store.Path) ([]store.Path, error) {
		found, err := q.lookup.References(ctx, p)
		if err != nil || !p.IsDerivation() {
			return found, err
		}
		outputs, err := q.validOutputs(ctx, p)
		return slices.Concat(found, outputs), err
	}, paths...)
}

// validOutputs returns the outputs of a derivation that are valid.
func (run *storeRun) validOutputs(ctx context.Context, p store.Path) ([]store.Path, error) {
	outputs, err := run.knownOutputs(ctx, p)
	if err != nil {
		return nil, err
	}
	var valid []store.Path
	for _, out := range slices.Sorted(maps.Values(outputs)) {
		switch ok, err := run.eng.Reader().IsValid(ctx, out); {
		case err != nil:
			return nil, err
		case ok:
			valid = append(valid, out)
		}
	}
	return valid, nil
}

// printSorted prints paths, each after what it refers to.
func (q *storeQuery) printSorted(ctx context.Context, paths []store.Path) error {
	sorted, err := q.lookup.TopoSort(ctx, paths)
	if err != nil {
		return err
	}
	for _, p := range sorted {
		q.line(string(p))
	}
	return nil
}

func (q *storeQuery) validDerivers(ctx context.Context) error {
	var all []store.Path
	for _, arg := range q.args {
		p, err := q.followed(q.eng, arg)
		if err != nil {
			return err
		}
		derivers, err := q.eng.Derivers(ctx, p)
		if err != nil {
			return err
		}
		all = append(all, derivers...)
	}
	return q.printSorted(ctx, store.SortUnique(all))
}

// printBinding prints a variable of the derivation that p is or was made by.
func (q *storeQuery) printBinding(ctx context.Context, p store.Path) error {
	if !p.IsDerivation() {
		info, err := q.info(ctx, p)
		if err != nil {
			return err
		}
		if info.Deriver == "" {
			return fmt.Errorf("deriver of path '%s' is not known", p)
		}
		p = info.Deriver
	}
	d, err := q.eng.ObtainDerivation(ctx, p)
	if err != nil {
		return err
	}
	value, ok := d.Env[q.binding]
	if !ok {
		return fmt.Errorf("derivation '%s' has no environment binding named '%s'", p, q.binding)
	}
	q.line(value)
	return nil
}
