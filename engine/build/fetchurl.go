package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"nixbench/engine/archive"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
)

// This file is builtin:fetchurl. It runs in our own process, so no file with
// anyone's passwords is left where a builder could find it.
//
// Behaviour: Nix, fetchurl.cc.

// fetchURL makes out what is at the derivation's URL, or at a mirror that has
// files by their hashes: a file, or with unpack the contents of the archive there.
func (j *job) fetchURL(ctx context.Context, out string) error {
	d := j.drv
	if kind, err := d.Kind(); err != nil || kind != drv.Fixed && kind != drv.Impure {
		return errors.New("'builtin:fetchurl' must be a fixed-output or impure derivation")
	}
	address, err := j.attribute("url")
	switch {
	case err != nil:
		return err
	case address == "":
		return errors.New("attribute 'url' is empty")
	}
	for _, mirror := range j.mirrors() {
		if err := j.fetchTo(ctx, mirror, out); err == nil || ctx.Err() != nil {
			return err
		}
		if err := os.RemoveAll(out); err != nil {
			return err
		}
	}
	return j.fetchTo(ctx, address, out)
}

// mirrors returns where the mirrors would have the file.
func (j *job) mirrors() []string {
	spec := j.drv.Outputs[store.DefaultOutput]
	if spec.Kind() != drv.Fixed || spec.Method != store.Flat {
		return nil
	}
	var addresses []string
	for _, mirror := range j.settings.HashedMirrors {
		addresses = append(addresses, fmt.Sprintf("%s/%s/%s", strings.TrimSuffix(mirror, "/"), spec.Algo, spec.Hash.Hex()))
	}
	return addresses
}

// fetchTo makes out what is at address.
func (j *job) fetchTo(ctx context.Context, address, out string) error {
	env := j.drv.Env
	var err error
	if env["unpack"] == "1" {
		err = j.fetchTree(ctx, address, out, strings.HasSuffix(env["url"], ".xz"))
	} else {
		err = j.fetchFile(ctx, address, out)
	}
	if err == nil && env["executable"] == "1" {
		err = os.Chmod(out, 0o755)
	}
	return err
}

func (j *job) fetchFile(ctx context.Context, address, out string) error {
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(j.fetch(ctx, address, file), file.Close())
}

// fetchTree unpacks an archive of Nix's format, compressed by xz or not.
func (j *job) fetchTree(ctx context.Context, address, out string, isCompressed bool) error {
	var fetchErr error
	err := store.Pipe(func(w io.Writer) error {
		fetchErr = j.fetch(ctx, address, w)
		return fetchErr
	}, func(r io.Reader) error { return unpackTree(r, out, isCompressed) })
	if errors.Is(err, fetchErr) {
		return fetchErr // which reading the archive only passes on
	}
	return err
}

// unpackTree makes out of the archive that r has.
func unpackTree(r io.Reader, out string, isCompressed bool) error {
	if isCompressed {
		contents, err := archive.Decompress(r)
		if err != nil {
			return err
		}
		r = contents
	}
	free, err := archive.FreeSpace(filepath.Dir(out))
	if err != nil {
		return err
	}
	return nar.Restore(r, out, nar.RestoreOptions{MaxSize: max(1, free)})
}

// fetch copies what is at a URL to w.
func (j *job) fetch(ctx context.Context, address string, w io.Writer) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("unable to download '%s': %v", address, err)
	}
	if u.Scheme != "file" {
		if j.opts.Fetch == nil {
			return fmt.Errorf("unable to download '%s': nothing here fetches %q URLs", address, u.Scheme)
		}
		return j.opts.Fetch(ctx, address, w)
	}
	if err := j.copyFile(ctx, u, w); err != nil {
		return fmt.Errorf("unable to download '%s': %v", address, err)
	}
	return nil
}

// copyFile copies the file of a file: URL to w.
func (j *job) copyFile(ctx context.Context, u *url.URL, w io.Writer) error {
	if u.Host != "" && u.Host != "localhost" {
		return errors.New("the file is on another machine")
	}
	// A pipe that nobody writes to is not waited for.
	file, err := os.OpenFile(j.hostPath(u.Path), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	for err == nil && ctx.Err() == nil {
		_, err = io.CopyN(w, file, copiedAtOnce)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return cmp.Or(err, ctx.Err())
}

// copiedAtOnce is how much of a file is copied before it is looked whether to go on.
const copiedAtOnce = 64 << 20
