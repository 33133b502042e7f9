package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// This file is what nix-store does with files and archives.

// add is nix-store --add.
func (run *storeRun) add(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	return run.addFiles(ctx, run.args, store.NAR, nixhash.SHA256)
}

// addFixed is nix-store --add-fixed.
func (run *storeRun) addFixed(ctx context.Context) error {
	method := store.Flat
	if err := run.only("--recursive"); err != nil {
		return err
	}
	if run.has("--recursive") {
		method = store.NAR
	}
	if len(run.args) == 0 {
		return run.cmd.usage("first argument must be hash algorithm")
	}
	algo, err := run.algorithm(run.args[0])
	if err != nil {
		return err
	}
	return run.addFiles(ctx, run.args[1:], method, algo)
}

// algorithm returns the hash algorithm that s names.
func (inv *invocation) algorithm(s string) (nixhash.Algo, error) {
	algo, err := nixhash.ParseAlgo(s)
	if err != nil {
		return 0, inv.cmd.usage("unknown hash algorithm '%s', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'", s)
	}
	return algo, inv.checkAlgo(algo)
}

// addFiles adds files under their own names, and prints their paths.
func (run *storeRun) addFiles(ctx context.Context, files []string, method store.IngestionMethod, algo nixhash.Algo) error {
	var added []store.Path
	for _, file := range files {
		p, err := run.eng.AddFile(ctx, filepath.Base(file), run.abs(file), method, algo)
		if err != nil {
			return run.printAdded(ctx, run.eng, added, run.fileError(err, file))
		}
		added = append(added, p)
	}
	return run.printAdded(ctx, run.eng, added, nil)
}

// printAdded prints paths that were added, which are there to stay from then on even if
// the machine crashes. It returns failed, the error that adding ended with, or its own.
func (inv *invocation) printAdded(ctx context.Context, eng *engine.Engine, paths []store.Path, failed error) error {
	if len(paths) == 0 {
		return failed
	}
	err := eng.Settle(context.WithoutCancel(ctx))
	if err == nil {
		err = inv.printPaths(paths)
	}
	return cmp.Or(failed, err)
}

// fileError says in Nix's words that a file is not there, or that one cannot be opened;
// other errors stay.
//
// Behaviour: Nix 2.36, posix-source-accessor.cc.
func (inv *invocation) fileError(err error, file string) error {
	if err == nil {
		return nil
	}
	var open *fs.PathError
	_, missing := os.Lstat(inv.abs(file)) // or err is of something else that is not there
	switch {
	case errors.Is(missing, os.ErrNotExist):
		return fmt.Errorf("opening file %s: No such file or directory", store.QuoteFile(inv.abs(file)))
	case errors.Is(missing, syscall.ENOTDIR):
		return fmt.Errorf("opening file %s: Not a directory", store.QuoteFile(inv.abs(file)))
	case errors.As(err, &open) && open.Op == "open":
		return fmt.Errorf("opening file %s: %s", store.QuoteFile(open.Path), store.Capital(open.Err.Error()))
	}
	return err
}

// printFixedPath is nix-store --print-fixed-path.
func (run *storeRun) printFixedPath(context.Context) error {
	method := store.Flat
	if err := run.only("--recursive"); err != nil {
		return err
	}
	if run.has("--recursive") {
		method = store.NAR
	}
	if len(run.args) != 3 {
		return run.cmd.usage("'--print-fixed-path' requires three arguments")
	}
	algo, err := run.algorithm(run.args[0])
	if err != nil {
		return err
	}
	hash, err := parseHash(run.args[1], algo)
	if err != nil {
		return err
	}
	p, err := run.eng.Store().Dir().FixedPath(run.args[2], method, hash, nil, false)
	if err != nil {
		return err
	}
	return run.println(string(p))
}

// dump is nix-store --dump.
func (run *storeRun) dump(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	if len(run.args) != 1 {
		return run.cmd.usage("only one argument allowed")
	}
	return run.dumpFile(ctx, run.args[0])
}

// dumpFile writes the archive of a file to standard output.
func (inv *invocation) dumpFile(ctx context.Context, file string) error {
	if inv.env.OutTerminal {
		return errors.New("refusing to write binary data to a terminal")
	}
	err := nar.Dump(store.StopWriter(ctx, inv.env.Stdout), inv.abs(file), nil)
	return inv.fileError(err, file)
}

// restore is nix-store --restore.
func (run *storeRun) restore(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	if len(run.args) != 1 {
		return run.cmd.usage("only one argument allowed")
	}
	dest := run.args[0]
	if err := checkDestination(dest); err != nil {
		return err
	}
	return run.restoreError(nar.Restore(store.StopReader(ctx, run.env.Stdin), run.abs(dest), nar.RestoreOptions{OwnModes: true}), dest)
}

// checkDestination reports why nothing can be made at dest.
// Behaviour: getParentFdAndName in Nix's fs-sink.cc.
func checkDestination(dest string) error {
	if dest == "" {
		return errors.New("restore destination path is empty")
	}
	if base := dest[strings.LastIndexByte(dest, '/')+1:]; base == "." || base == ".." {
		return fmt.Errorf("restore destination '%s' ends in '%s', which is not a valid filename", dest, base)
	}
	return nil
}

// restoreError returns an error of restoring an archive to dest, in Nix's words.
func (run *storeRun) restoreError(err error, dest string) error {
	if unreadable := archiveError(err); unreadable != err { //nolint:errorlint // it is the same unless it knows better words
		return unreadable
	}
	var create *nar.CreateError
	var open *fs.PathError
	switch {
	case errors.As(err, &create):
		file := store.QuoteFile(dest + strings.TrimPrefix(create.File, run.abs(dest)))
		switch create.Type {
		case nar.Directory:
			file = "directory " + file
		case nar.Symlink:
			file = fmt.Sprintf("symlink from %s -> '%s'", file, create.Target)
		default:
			file = "file " + file
		}
		return fmt.Errorf("creating %s: %s", file, store.Capital(create.Err.Error()))
	case errors.As(err, &open) && open.Op == "open":
		return fmt.Errorf("opening parent directory of %s: %s", store.QuoteFile(dest), store.Capital(open.Err.Error()))
	}
	return err
}

// archiveError returns an error of reading an archive, or an export, in Nix's words if it
// ends too early or is none.
func archiveError(err error) error {
	var none *nar.FormatError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("unexpected end-of-file")
	case errors.As(err, &none) && none.Offset <= int64(len("nix-archive-1")+8):
		return errors.New("bad archive: input doesn't look like a Nix archive")
	case errors.As(err, &none):
		return fmt.Errorf("bad archive: %s", none.Msg)
	}
	return err
}

// export is nix-store --export.
func (run *storeRun) export(ctx context.Context) error {
	if err := run.only(); err != nil {
		return err
	}
	paths, err := run.allFollowed()
	if err != nil {
		return err
	}
	return run.eng.Export(ctx, run.env.Stdout, store.SortUnique(paths))
}

// importPaths is nix-store --import.
func (run *storeRun) importPaths(ctx context.Context) error {
	if err := run.only(); err != nil {
		return err
	}
	if err := run.noArgs(); err != nil {
		return err
	}
	var added []store.Path
	err := run.eng.Import(ctx, run.env.Stdin, func(p store.Path) error {
		added = append(added, p)
		return nil
	})
	return run.printAdded(ctx, run.eng, added, archiveError(err))
}

// readLog is nix-store --read-log.
func (run *storeRun) readLog(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	for _, arg := range run.args {
		p, err := run.followed(run.eng, arg)
		if err != nil {
			return err
		}
		if err := run.eng.CheckLogs(); err != nil {
			return err
		}
		log, err := run.eng.Log(ctx, p)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, store.ErrInvalidPath) {
			return fmt.Errorf("build log of derivation '%s' is not available", p)
		} else if err != nil {
			return err
		}
		err = run.copyLog(log)
		log.Close()
		if err != nil {
			return fmt.Errorf("read log of %s: %v", text.SanitiseName(string(p)), err)
		}
	}
	return nil
}
