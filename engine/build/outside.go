package build

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/engine/sandbox"
)

// This file says what there is outside the store, for those of our builders that follow
// links: what a builder in its sandbox would see, though none is made for ours.

// An outside says where on disk a file outside the store is, given by its clean absolute
// name, and what it is itself: links are not followed. Of some it only knows what they are.
type outside func(name string) (real string, info fs.FileInfo, err error)

// host is all that there is.
func host(name string) (string, fs.FileInfo, error) {
	info, err := os.Lstat(name)
	return name, info, err
}

// standIn is what is known of a file that is not on disk.
type standIn fs.FileMode

func (s standIn) Name() string       { return "" }
func (s standIn) Size() int64        { return 0 }
func (s standIn) Mode() fs.FileMode  { return fs.FileMode(s) }
func (s standIn) ModTime() time.Time { return time.Time{} }
func (s standIn) IsDir() bool        { return s.Mode().IsDir() }
func (s standIn) Sys() any           { return nil }

// outside returns what the builder of a job would see outside the store.
func (j *job) outside(ctx context.Context) (outside, error) {
	if j.seesHost() {
		return host, nil
	}
	mounts, _, err := j.sandboxPaths(ctx)
	if err != nil {
		return nil, err
	}
	// The longest first: others may be in what is mounted.
	slices.SortStableFunc(mounts, func(a, b sandbox.Mount) int { return cmp.Compare(len(b.Target), len(a.Target)) })
	known := j.ownFiles()
	for _, m := range mounts {
		for dir := path.Dir(m.Target); dir != "/"; dir = path.Dir(dir) {
			known[dir] = standIn(fs.ModeDir)
		}
	}
	return func(name string) (string, fs.FileInfo, error) {
		for _, m := range mounts {
			rest, isIn := strings.CutPrefix(name, m.Target)
			switch {
			case !isIn || rest != "" && rest[0] != '/':
			case m.Source != sandbox.Self:
				return host(m.Source + rest)
			case rest == "":
				return "", standIn(0), nil
			}
		}
		if info, ok := known[name]; ok {
			return "", info, nil
		}
		if isDevice := filepath.Dir(name) == "/dev" && slices.Contains(j.devices(), filepath.Base(name)); isDevice || strings.HasPrefix(name, "/proc/") {
			return host(name)
		}
		return "", nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
	}, nil
}

// devices are the names in /dev that are the host's.
func (j *job) devices() []string {
	return sandbox.Devices(slices.Contains(j.settings.SystemFeatures, "kvm"))
}

// ownFiles are what every sandbox has of its own.
func (j *job) ownFiles() map[string]standIn {
	known := map[string]standIn{
		"/etc/passwd": 0, "/etc/group": 0, "/etc/hosts": 0,
		"/dev/stdin": 0, "/dev/stdout": 0, "/dev/stderr": 0, "/dev/ptmx": 0,
	}
	for _, dir := range []string{"/", "/etc", "/dev", "/dev/fd", "/dev/pts", "/dev/shm", "/proc", "/tmp", j.settings.SandboxBuildDir} {
		known[dir] = standIn(fs.ModeDir)
	}
	return known
}
