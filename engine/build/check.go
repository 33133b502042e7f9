package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
)

// This file builds again what is there: to see that it comes out the same (Check),
// or because what is there is damaged (Repair).
//
// Behaviour: Nix, derivation-builder.cc.

// A DifferenceError reports that an output came out differently the second time.
type DifferenceError struct {
	DrvPath store.Path
	File    string // the output that is there
	Check   string // what was made now, or "" if it was not kept
	// Differing are the files that differ, below the output, in order; "." is the
	// output itself. Of many only the first are named, and Count says how many
	// there are.
	Differing []string
	Count     int
}

func (e *DifferenceError) Error() string {
	text := fmt.Sprintf("derivation '%s' may not be deterministic: output \"%s\" differs", e.DrvPath, e.File)
	if e.Check != "" {
		text += fmt.Sprintf(" from \"%s\"", e.Check)
	}
	return text
}

// check builds again what is valid and compares.
func (j *job) check(ctx context.Context, valid []store.Path) error {
	known := j.outputs
	j.outputs = make(map[store.OutputName]store.Path)
	defer func() { j.outputs = known }()
	for name, o := range j.drv.Outputs {
		if o.Kind() != drv.Floating {
			continue
		}
		p, err := drv.ScratchPath(j.st.Dir(), j.planned.DrvPath, name)
		if err != nil {
			return err
		}
		j.scratch[name] = p
	}
	return j.build(ctx, valid)
}

// compare compares outputs with those of the same paths that are valid.
func (j *job) compare(ctx context.Context, outputs []*output) error {
	for _, o := range outputs {
		info, err := j.st.PathInfo(ctx, o.info.Path)
		if errors.Is(err, store.ErrInvalidPath) {
			continue
		}
		if err != nil {
			return err
		}
		if info.NarHash != o.info.NarHash {
			return j.differs(ctx, o)
		}
		if err := j.vouch(ctx, info); err != nil {
			return err
		}
	}
	if len(outputs) == 1 && outputs[0].mismatch != nil {
		return outputs[0].mismatch
	}
	return j.checkOutputs(ctx, outputs)
}

// vouch notes of a valid path that a build here made the same. What has been signed
// by others stays signed by them.
func (j *job) vouch(ctx context.Context, info *store.PathInfo) error {
	if info.Ultimate {
		return nil
	}
	ours := *info
	ours.Ultimate = true
	if err := j.sign(&ours); err != nil {
		return err
	}
	return j.st.Register(ctx, []*store.PathInfo{&ours})
}

// checkSuffix ends the names of outputs that came out differently.
const checkSuffix = ".check"

// differs says in what an output differs from the one that is there, and keeps it
// beside that if somebody is to look at it.
func (j *job) differs(ctx context.Context, o *output) error {
	err := &DifferenceError{DrvPath: j.planned.DrvPath, File: j.st.RealPath(o.info.Path)}
	err.Differing, err.Count = differingFiles(err.File, o.file)
	if hasHook := j.settings.DiffHook != "" && j.settings.RunDiffHook; hasHook || j.settings.KeepFailed {
		kept := err.File + checkSuffix
		if _, err := j.st.DeleteTree(ctx, kept); err != nil {
			return err
		}
		if err := moveTree(o.file, kept); err != nil {
			return err
		}
		err.Check = kept
		j.diffHook(ctx, o.info.Path, kept)
	}
	return &statusError{status: NotDeterministic, err: err}
}

// moveTree renames a tree with canonical permissions: to move a directory one has
// to be allowed to write to it.
func moveTree(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return os.Rename(from, to)
	}
	if err := os.Chmod(from, 0o755); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return os.Chmod(to, info.Mode().Perm())
}

// maxDiffering is how many files that differ are named.
const maxDiffering = 20

// differingFiles returns the files below the trees a and b that are not the same,
// as far as they are named, and their number.
func differingFiles(a, b string) (names []string, count int) {
	note := func(name string) {
		if count++; count <= maxDiffering {
			names = append(names, name)
		}
	}
	var compare func(name string)
	compare = func(name string) {
		infoA, errA := os.Lstat(filepath.Join(a, name))
		infoB, errB := os.Lstat(filepath.Join(b, name))
		switch {
		case errA != nil || errB != nil || infoA.Mode().Type() != infoB.Mode().Type():
			note(name)
		case infoA.IsDir():
			for _, entry := range entriesOf(filepath.Join(a, name), filepath.Join(b, name)) {
				compare(filepath.Join(name, entry))
			}
		case !isSame(filepath.Join(a, name), filepath.Join(b, name), infoA, infoB):
			note(name)
		}
	}
	compare(".")
	return names, count
}

// entriesOf returns the names in one or both of two directories, sorted.
func entriesOf(dirs ...string) []string {
	var names []string
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isSame compares two files or two symbolic links.
func isSame(a, b string, infoA, infoB fs.FileInfo) bool {
	if infoA.Mode()&fs.ModeSymlink != 0 {
		targetA, errA := os.Readlink(a)
		targetB, errB := os.Readlink(b)
		return errA == nil && errB == nil && targetA == targetB
	}
	if infoA.Size() != infoB.Size() || infoA.Mode().Perm() != infoB.Mode().Perm() {
		return false
	}
	return sameContents(a, b)
}

func sameContents(a, b string) bool {
	fileA, err := os.Open(a)
	if err != nil {
		return false
	}
	defer fileA.Close()
	fileB, err := os.Open(b)
	if err != nil {
		return false
	}
	defer fileB.Close()
	bufA, bufB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := readFull(fileA, bufA)
		m, errB := readFull(fileB, bufB)
		switch {
		case !bytes.Equal(bufA[:n], bufB[:m]) || errA != nil || errB != nil:
			return false
		case n < len(bufA):
			return true
		}
	}
}

// readFull fills buf, or reads to the end of a file.
func readFull(file *os.File, buf []byte) (int, error) {
	n, err := io.ReadFull(file, buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// replace puts outputs in the place of damaged ones, and returns the others.
func (j *job) replace(ctx context.Context, outputs []*output) (others []*output, err error) {
	for _, o := range outputs {
		if !j.planned.damaged[o.info.Path] {
			others = append(others, o)
			continue
		}
		if err := j.st.Replace(ctx, o.info, o.file); err != nil {
			return nil, err
		}
		j.outputs[o.name] = o.info.Path
	}
	return others, nil
}
