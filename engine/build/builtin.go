package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
)

// This file runs the builders that are part of Nix, "builtin:" in derivations.
// They are ours and do only what they say, so they run here and not in a
// sandbox, into a directory that nobody else can reach.

const builtinPrefix = "builtin:"

// refuseBuiltin says why a builtin builder cannot do what is asked of it.
func refuseBuiltin(d *drv.Derivation) error {
	if _, ok := d.Outputs[store.DefaultOutput]; !ok || len(d.Outputs) != 1 {
		return fmt.Errorf("%s makes just the output 'out'", d.Builder)
	}
	switch d.Builder {
	case "builtin:buildenv":
		return nil
	case "builtin:fetchurl":
		if _, isFixed := d.FixedOutput(); !isFixed {
			return errors.New("'builtin:fetchurl' must be a fixed-output or impure derivation")
		}
		return nil
	}
	return fmt.Errorf("unsupported builtin builder '%s'", strings.TrimPrefix(d.Builder, builtinPrefix))
}

// runBuiltin runs a builtin builder and takes what it has made.
func (j *job) runBuiltin(ctx context.Context, valid []store.Path) error {
	dir, remove, err := j.st.TempDir(ctx)
	if err != nil {
		return err
	}
	defer remove()
	out := filepath.Join(dir, "out")
	switch j.planned.Derivation.Builder {
	case "builtin:buildenv":
		err = buildEnv(ctx, j.st, j.planned.Derivation.Env, out, func(text string) {
			fmt.Fprintf(j.log, "warning: %s\n", text)
		})
	case "builtin:fetchurl":
		err = j.fetchURL(ctx, out)
	}
	if err != nil {
		err = &statusError{status: PermanentFailure, err: err}
		if text := err.Error(); text != "" {
			fmt.Fprintf(j.log, "error: %s\n", text)
		}
	}
	if err := errors.Join(err, j.endLog()); err != nil {
		return err
	}
	return j.collect(ctx, func(store.Path) string { return out }, valid)
}

// fetchURL makes out what is at the derivation's URL: a file, or with unpack
// the contents of the archive there.
func (j *job) fetchURL(ctx context.Context, out string) error {
	env := j.planned.Derivation.Env
	address := env["url"]
	if address == "" {
		return errors.New("attribute 'url' missing")
	}
	isArchive := env["unpack"] == "1"
	if isArchive && strings.HasSuffix(address, ".xz") {
		return fmt.Errorf("fetch %s: unpacking of .xz archives is not supported", address)
	}
	if !isArchive {
		if err := j.fetchFile(ctx, address, out); err != nil {
			return err
		}
	} else if err := j.fetchArchive(ctx, address, out); err != nil {
		return err
	}
	if env["executable"] == "1" {
		return os.Chmod(out, 0o755)
	}
	return nil
}

func (j *job) fetchFile(ctx context.Context, address, out string) error {
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(j.fetch(ctx, address, file), file.Close())
}

func (j *job) fetchArchive(ctx context.Context, address, out string) error {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := j.fetch(ctx, address, w)
		w.CloseWithError(err)
		done <- err
	}()
	err := nar.Restore(r, out, nar.RestoreOptions{})
	r.CloseWithError(errors.New("unpacking ended"))
	return errors.Join(<-done, err)
}

// fetch copies what is at a URL to w.
func (j *job) fetch(ctx context.Context, address string, w io.Writer) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("fetch %s: %v", address, err)
	}
	if u.Scheme != "file" {
		if j.opts.Fetch == nil {
			return fmt.Errorf("fetch %s: nothing here fetches %q URLs", address, u.Scheme)
		}
		return j.opts.Fetch(ctx, address, w)
	}
	if u.Host != "" && u.Host != "localhost" {
		return fmt.Errorf("fetch %s: the file is on another machine", address)
	}
	name := u.Path
	if p, rest, err := j.st.Dir().PathOf(name); err == nil {
		name = j.st.RealPath(p) + rest
	}
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("fetch %s: %v", address, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("fetch %s: it is not a regular file", address)
	}
	_, err = io.Copy(w, file)
	return err
}
