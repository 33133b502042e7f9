package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine/archive"
	"nixbench/store"
)

// This file runs the builders that are part of Nix, "builtin:" in derivations.
// They are ours and do only what they say, so they run here and not in a
// sandbox, into a directory that nobody else can reach. They see what a builder in
// its sandbox does of the store: the closure of their inputs.

const builtinPrefix = "builtin:"

// runBuiltin runs a builtin builder and takes what it has made.
func (j *job) runBuiltin(ctx context.Context) error {
	dir, remove, err := j.st.TempDir(ctx)
	if err != nil {
		return err
	}
	defer remove()
	if err := j.startLog(); err != nil {
		return err
	}
	limited, cancel := ctx, func() {}
	if s := j.settings; s.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, seconds(s.Timeout))
	}
	defer cancel()
	switch err = j.runBuilder(limited, filepath.Join(dir, store.DefaultOutput)); {
	case err == nil || ctx.Err() != nil:
	case limited.Err() != nil:
		err = j.timedOut(j.settings.Timeout)
	default:
		fmt.Fprintf(j.log, "error: %s\n", indented(err.Error()))
		err = &statusError{status: j.failedStatus(false), exitStatus: 1, err: err}
	}
	if err := errors.Join(err, j.endLog()); err != nil {
		return err
	}
	return j.collect(ctx, func(p store.Path) string {
		for name, scratch := range j.scratch {
			if scratch == p {
				return filepath.Join(dir, name)
			}
		}
		return filepath.Join(dir, p.Base())
	})
}

// indented returns the text of an error with its further lines below the first, as Nix
// prints it.
func indented(msg string) string {
	lines := strings.Split(msg, "\n")
	for i, line := range lines {
		if i > 0 && line != "" {
			lines[i] = "       " + line
		}
	}
	return strings.Join(lines, "\n")
}

// runBuilder runs the builder, which makes out.
func (j *job) runBuilder(ctx context.Context, out string) error {
	d := j.drv
	switch name := strings.TrimPrefix(d.Builder, builtinPrefix); name {
	case "buildenv":
		inputs := j.inputs()
		var err error
		if inputs.outside, err = j.outside(ctx); err != nil {
			return err
		}
		return buildEnv(ctx, inputs, d.Env, out, func(text string) { fmt.Fprintf(j.log, "warning: %s\n", text) })
	case "fetchurl":
		return j.fetchURL(ctx, out)
	case "unpack-channel":
		return j.unpackChannel(out)
	default:
		return fmt.Errorf("unsupported builtin builder '%s'", name)
	}
}

// attribute returns a variable that a builtin builder cannot do without.
func (j *job) attribute(name string) (string, error) {
	value, ok := j.drv.Env[name]
	if !ok {
		return "", fmt.Errorf("attribute '%s' missing", name)
	}
	return value, nil
}

// unpackChannel makes out a directory with the one file of an archive in it, by
// the name that the channel has.
//
// Behaviour: Nix, unpack-channel.cc.
func (j *job) unpackChannel(out string) error {
	name, err := j.attribute("channelName")
	if err != nil {
		return err
	}
	source, err := j.attribute("src")
	if err != nil {
		return err
	}
	if filepath.Base(name) != name || name == ".." || name == "." {
		return fmt.Errorf("channelName is not allowed to contain filesystem separators, got %s", name)
	}
	_, file, _, err := j.inputs().resolve(source)
	if err != nil {
		return fmt.Errorf("failed to open archive: Failed to open '%s'", source)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("failed to open archive: Failed to open '%s'", source)
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	if _, err := archive.Unpack(data, out); errors.Is(err, archive.ErrFormat) {
		return errors.New("failed to open archive: Unrecognized archive format")
	} else if err != nil {
		return fmt.Errorf("unpack '%s': %v", source, err)
	}
	entries, err := os.ReadDir(out)
	switch {
	case err != nil:
		return err
	case len(entries) == 0:
		return fmt.Errorf("channel tarball '%s' is empty", source)
	case len(entries) > 1:
		return fmt.Errorf("channel tarball '%s' contains more than one file", source)
	}
	if entries[0].Name() == name {
		return nil // which renaming a directory refuses
	}
	return os.Rename(filepath.Join(out, entries[0].Name()), filepath.Join(out, name))
}

// inputs returns the view that a builder has.
func (j *job) inputs() view { return view{st: j.st, visible: j.closure, isPart: true} }

// hostPath returns where a file is that a builder would see by name: objects of
// the store may be elsewhere.
func (j *job) hostPath(name string) string {
	if p, rest, err := j.st.Dir().PathOf(name); err == nil {
		return j.st.RealPath(p) + rest
	}
	return name
}
