package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/githash"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// world is what an evaluator of an engine sees: the files of this machine with
// the store's in their logical places, and the store to write to. In read-only
// mode it computes store paths without writing.
type world struct {
	e    *Engine
	opts EvalOptions
}

var _ eval.World = (*world)(nil)

func (w *world) StoreDir() store.Dir       { return w.e.store.Dir() }
func (w *world) Getenv(name string) string { return w.e.environ(name) }
func (w *world) CurrentTime() int64        { return w.e.started.Unix() }
func (w *world) CurrentSystem() string     { return cmp.Or(w.e.settings.EvalSystem, w.e.settings.System) }

// Trace shows a message of builtins.trace.
func (w *world) Trace(msg string) {
	if w.opts.Trace != nil {
		w.opts.Trace("trace: " + msg)
	}
}

// Warn shows a warning.
func (w *world) Warn(msg syntax.Hint) {
	if w.opts.Warn != nil {
		w.opts.Warn(msg)
	}
}

// Inform says what is being done.
func (w *world) Inform(msg string) {
	if w.opts.Inform != nil {
		w.opts.Inform(msg)
	}
}

func (w *world) readOnly() bool { return w.opts.ReadOnly || w.e.store.ReadOnly() }

func (w *world) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	p, err := w.addText(ctx, name, contents, refs)
	return p, instantiate.PathError(err)
}

func (w *world) addText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	if w.readOnly() {
		return w.e.store.Dir().TextPath(name, nixhash.Sum(nixhash.SHA256, contents), refs)
	}
	if err := w.e.adopt(ctx, refs...); err != nil {
		return "", err
	}
	return w.e.store.AddText(ctx, name, contents, refs)
}

func (w *world) AddPath(ctx context.Context, a eval.AddPath) (store.Path, error) {
	real, err := w.e.parentResolved(a.Path)
	if err != nil {
		return "", err
	}
	p, err := w.addPath(ctx, a, real)
	var odd *nar.TypeError
	var deep *nar.DepthError
	var pathErr *fs.PathError
	switch {
	case errors.As(err, &odd):
		err = eval.Errorf(eval.ErrorFile, "file '%s' has an unsupported type", odd.File)
	case errors.As(err, &deep):
		err = eval.Errorf(eval.ErrorFile, "%s", deep.Message())
	case errors.As(err, &pathErr):
		if below, ok := strings.CutPrefix(pathErr.Path, real); ok && (below == "" || below[0] == '/') {
			info, statErr := os.Lstat(pathErr.Path)
			if e := eval.Uncopied(a.Path+below, statErr == nil && info.IsDir(), pathErr); e != nil {
				err = e
			}
		}
	}
	return p, instantiate.PathError(err)
}

// addPath copies what is at real to the store, or only computes its path.
func (w *world) addPath(ctx context.Context, a eval.AddPath, real string) (store.Path, error) {
	if w.e.wholeStore(real) {
		return "", errWholeStore
	}
	if text, ok := eval.Corepkg(builtins.Corepkgs(), a.Path); ok {
		dir, err := os.MkdirTemp("", "nixbench-")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(dir)
		real = filepath.Join(dir, a.Name)
		if err := os.WriteFile(real, []byte(text), 0o666); err != nil {
			return "", err
		}
	}
	if a.Method == store.Flat {
		if info, err := os.Lstat(real); err == nil && !info.Mode().IsRegular() {
			return "", eval.Errorf(eval.ErrorFile, "%s", eval.NoFile(a.Path))
		}
	}
	filter := w.filter(a, real)
	readOnly := w.readOnly() && !(a.Fetched && w.e.Writable() == nil)
	if !readOnly && a.SHA256 == "" && len(a.Refs) == 0 {
		return w.e.store.AddTree(ctx, a.Name, real, a.Method, nixhash.SHA256, filter)
	}
	got, err := hashFile(ctx, real, a.Method, filter)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", a.Path, err)
	}
	p, err := w.e.store.Dir().FixedPath(a.Name, a.Method, got, a.Refs, false)
	if err != nil {
		return "", err
	}
	if a.SHA256 != "" {
		want, err := nixhash.Parse(a.SHA256, nixhash.SHA256)
		if err != nil {
			return "", err
		}
		if want != got {
			return "", &store.HashMismatch{Path: p, Want: want, Got: got}
		}
	}
	if readOnly {
		return p, nil
	}
	if len(a.Refs) > 0 {
		return w.addReferring(ctx, a, real, got, filter)
	}
	return w.e.store.AddTree(ctx, a.Name, real, a.Method, nixhash.SHA256, filter)
}

// addReferring adds the file or tree at real, whose hash by its method is known, with
// references.
func (w *world) addReferring(ctx context.Context, a eval.AddPath, real string, hash nixhash.Hash, filter nar.Filter) (store.Path, error) {
	var archive bytes.Buffer
	if err := dumpAs(store.StopWriter(ctx, &archive), real, a.Method, filter); err != nil {
		return "", fmt.Errorf("add %s: %w", a.Path, err)
	}
	return w.e.addArchive(ctx, a.Name, store.ContentAddress{Method: a.Method, Hash: hash}, &archive, a.Refs)
}

// dumpAs writes the archive of a file or tree; a flat file has no permission to be executed.
func dumpAs(w io.Writer, file string, method store.IngestionMethod, filter nar.Filter) error {
	if method != store.Flat {
		return nar.Dump(w, file, filter)
	}
	contents, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	flat := nar.NewWriter(w)
	if err := flat.WriteHeader(&nar.Header{Type: nar.Regular, Size: int64(len(contents))}); err != nil {
		return err
	}
	if _, err := flat.Write(contents); err != nil {
		return err
	}
	return flat.Close()
}

func (w *world) Describe(ctx context.Context, file string) (t eval.Tree, err error) {
	real, err := w.e.parentResolved(file)
	if err != nil {
		return t, err
	}
	hash, err := hashFile(ctx, real, store.NAR, nil)
	if err != nil {
		return t, fmt.Errorf("hash %s: %w", file, err)
	}
	t.NARHash = hash.SRI()
	err = filepath.WalkDir(real, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			t.Modified = max(t.Modified, info.ModTime().Unix())
		}
		return cmp.Or(err, ctx.Err())
	})
	return t, err
}

// filter turns the filter of the language, which sees logical paths, into one
// that sees the files at real.
func (w *world) filter(a eval.AddPath, real string) nar.Filter {
	if a.Filter == nil {
		return nil
	}
	types := map[string]eval.FileType{
		"regular": eval.FileRegular, "directory": eval.FileDirectory, "symlink": eval.FileSymlink,
	}
	return func(path, typ string) (bool, error) {
		return a.Filter(a.Path+path[len(real):], types[typ])
	}
}

// hashFile returns the SHA-256 of the file or, for every method but flat, of
// the archive of the tree, or as Git computes it.
func hashFile(ctx context.Context, file string, method store.IngestionMethod, filter nar.Filter) (nixhash.Hash, error) {
	h := nixhash.New(nixhash.SHA256)
	w := store.StopWriter(ctx, h)
	if method == store.Git {
		return githash.Sum(ctx, file, nixhash.SHA256, githash.Filter(filter))
	}
	if method == store.Flat {
		f, err := openRegular(file)
		if err != nil {
			return nixhash.Hash{}, err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return h.Sum(), err
	}
	err := nar.Dump(w, file, filter)
	return h.Sum(), err
}

func (w *world) IsValid(ctx context.Context, p store.Path) (bool, error) {
	return bothStores{w.e}.IsValid(ctx, p)
}

// Realise builds what an evaluation wants to read: import from derivation.
func (w *world) Realise(ctx context.Context, elems eval.StringContext) (map[string]store.Path, error) {
	targets, res, err := w.realise(ctx, elems)
	if err != nil || !w.e.settings.HasFeature("ca-derivations") {
		return nil, err
	}
	return w.e.builtPaths(ctx, targets, res)
}

// MustBuild reports whether Realise would build something.
func (w *world) MustBuild(ctx context.Context, elems eval.StringContext) (bool, error) {
	var targets []store.DerivedPath
	for _, elem := range elems {
		targets = append(targets, derivedPath(elem))
	}
	if err := w.e.Flush(ctx); err != nil {
		return false, err
	}
	missing, err := w.e.unrealised(ctx, targets)
	return len(missing) > 0, err
}

// realise returns what elems refer to, and what came of building it if any of it
// was not valid.
func (w *world) realise(ctx context.Context, elems eval.StringContext) ([]store.DerivedPath, *Result, error) {
	if err := w.e.Flush(ctx); err != nil {
		return nil, nil, err
	}
	var targets []store.DerivedPath
	var first eval.ContextElem // of those that are built, "" if none is
	for _, elem := range elems.Ordered() {
		if err := w.checkPath(ctx, elem); err != nil {
			return nil, nil, err
		}
		targets = append(targets, derivedPath(elem))
		if first == "" && elem.IsOutput() {
			first = elem
		}
	}
	if err := w.tellOfImport(first); err != nil {
		return nil, nil, err
	}
	missing, err := w.e.unrealised(ctx, targets)
	if err != nil || len(missing) == 0 {
		return targets, nil, err
	}
	if err := w.e.Writable(); err != nil {
		return nil, nil, fmt.Errorf("build '%s': %w", missing[0].Path, err)
	}
	if w.opts.ReadOnly {
		if err := w.e.refuseSubstitution(ctx, missing); err != nil {
			return nil, nil, err
		}
	}
	res, err := w.e.realiseFor(ctx, missing)
	if w.opts.Built != nil {
		w.opts.Built()
	}
	if err == nil && res.Err() != nil {
		err = &importError{BuildError{res}}
	}
	return targets, res, err
}

// An importError is a build that failed and that an evaluation wanted. Its message, which is
// that of the evaluation's error, is Nix's.
type importError struct{ BuildError }

func (err *importError) Error() string {
	var failure *Failure
	if !errors.As(err.Result.Err(), &failure) {
		return err.BuildError.Error()
	}
	return failure.Message() + failure.LastLines()
}

// Unwrap returns the failure.
func (err *importError) Unwrap() error { return &err.BuildError }

// tellOfImport says that an evaluation imports from a derivation, or that it must not.
// The output may be valid already. "" stands for none.
func (w *world) tellOfImport(output eval.ContextElem) error {
	set := w.e.Settings()
	switch {
	case output == "":
	case !set.AllowImportFromDerivation:
		return fmt.Errorf("cannot build '%s' during evaluation because the option 'allow-import-from-derivation' is disabled", output.Display())
	case set.TraceImportFromDerivation:
		w.Warn(syntax.Hintf(syntax.WarningHead+" built '%s' during evaluation due to an import from derivation", output.Display()))
	}
	return nil
}

// checkPath returns an error unless the store path of an element is valid.
func (w *world) checkPath(ctx context.Context, elem eval.ContextElem) error {
	switch valid, err := w.IsValid(ctx, elem.Path()); {
	case err != nil || valid:
		return err
	case !w.opts.ReadOnly && w.e.Writable() != nil:
		return fmt.Errorf("build '%s': %w", elem.Path(), w.e.Writable())
	}
	if err := w.e.Writable(); err != nil && elem.IsOutput() {
		return fmt.Errorf("realise '%s': %w", elem.Display(), err) // the derivation could not be written
	}
	return invalidPathError(elem.Path())
}

// AddDerivation adds the store derivation that evaluation has made.
func (w *world) AddDerivation(ctx context.Context, drvPath store.Path, d *drv.Derivation) (kept bool, err error) {
	kept, err = w.addDerivation(ctx, drvPath, d)
	if err == nil && w.opts.OnDerivation != nil {
		w.opts.OnDerivation(drvPath)
	}
	return kept, err
}

func (w *world) addDerivation(ctx context.Context, drvPath store.Path, d *drv.Derivation) (kept bool, err error) {
	if w.readOnly() {
		return false, nil
	}
	if w.e.machine != nil {
		if err := w.e.adopt(ctx, d.References()...); err != nil {
			return false, err
		}
	}
	added, err := w.e.store.AddDerivation(ctx, d)
	if err == nil && added != drvPath {
		err = fmt.Errorf("add derivation %s: the store made it %s", drvPath, added)
	}
	if err == nil && w.e.machine != nil {
		w.e.ours.add(drvPath)
	}
	return true, err
}

// ReadDerivation returns a derivation of the stores.
func (w *world) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	return w.e.ReadDerivation(ctx, p)
}

// References returns the references of a valid store path.
func (w *world) References(ctx context.Context, p store.Path) ([]store.Path, error) {
	info, err := bothStores{w.e}.PathInfo(ctx, p)
	if err != nil {
		return nil, err
	}
	return info.References, nil
}
