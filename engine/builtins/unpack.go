package builtins

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"nixbench/engine/archive"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// FetchTarball adds what is in a tarball of this machine to the store and returns the
// store path. U is a URL, or a channel, which is not on this machine.
func FetchTarball(s *eval.State, u string) string {
	t := unpackURL(s, channelURL(u))
	defer t.remove()
	p, err := fetchWorld(s).AddPath(s.Context(), eval.AddPath{Name: "source", Path: t.dir, Method: store.NAR, Fetched: true})
	if err != nil {
		s.FailFile(t.dir, err)
	}
	return string(p)
}

// FetchFlake adds what a flake reference leads to on this machine to the store, lets it
// be read and returns the store path.
func FetchFlake(s *eval.State, text string) string {
	requireFlakes(s)
	ref, err := parseRef(s, text)
	if err != nil {
		s.FailWith(err)
	}
	delete(ref, "dir")
	ref.accept(s)
	if ref.kind() == "indirect" {
		noNetwork(s, "the registry of flakes", ref.url(s))
	}
	var t tree
	s.While(0, ref.fetching(s), func() { t = ref.fetch(s) })
	return string(t.path)
}

// channelURL returns the URL of the tarball of a channel; any other URL as it is.
func channelURL(u string) string {
	if name, ok := strings.CutPrefix(u, "channel:"); ok {
		return "https://channels.nixos.org/" + name + "/nixexprs.tar.xz"
	}
	return u
}

// An unpacked is an archive that was unpacked to a temporary directory.
type unpacked struct {
	dir    string // what is in it: if that is a single directory, that directory
	newest int64  // time of the newest file, in seconds since 1970
	remove func() // tidies up
}

// unpackURL unpacks the tarball that a URL leads to.
func unpackURL(s *eval.State, u string) (t *unpacked) {
	ref := flakeRef{"type": "tarball", "url": u}
	s.While(0, ref.fetching(s), func() { t = ref.unpack(s) })
	return t
}

// fetching is the step of what fetches a reference.
func (ref flakeRef) fetching(s *eval.State) syntax.Hint {
	return syntax.Hintf("while fetching the input '%s'", ref.url(s))
}

// unpack unpacks the tarball that a reference leads to, which is told.
// Behaviour: downloadTarball_ in Nix's tarball.cc.
func (ref flakeRef) unpack(s *eval.State) *unpacked {
	w, file, u := fetchWorld(s), ref.localFile(s), ref.text("url")
	data, err := w.ReadFile(s.Context(), file, nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.Raise(eval.ErrorFile, syntax.Hintf("tarball \"%s\" does not exist.", file), eval.Because(err))
	case errors.Is(err, syscall.EISDIR):
		what := "directory, not a file."
		if _, err := w.Lstat(s.Context(), path.Join(file, ".git")); err == nil {
			what = "git repository, not a tarball. Please use `git+file` as the scheme."
		}
		s.Fail(eval.ErrorFile, "tarball \"%s\" is a "+what, file)
	case err != nil:
		s.FailFile(file, err)
	}
	s.World().Inform("unpacking '" + u + "' into the Git cache...")
	t, err := unpack(data)
	if errors.Is(err, archive.ErrFormat) {
		s.Raise(eval.ErrorFile, "Failed to open archive (Unrecognized archive format)", eval.Because(err))
	} else if err != nil {
		s.Fail(eval.ErrorFile, "cannot unpack '%s': %v", u, err)
	}
	return t
}

// unpack unpacks an archive.
func unpack(data []byte) (*unpacked, error) {
	top, err := os.MkdirTemp("", "nixbench-tarball-")
	if err != nil {
		return nil, err
	}
	u := &unpacked{dir: top, remove: func() { os.RemoveAll(top) }}
	u.newest, err = archive.Unpack(data, top)
	var entries []os.DirEntry
	if err == nil {
		entries, err = os.ReadDir(top)
	}
	if err != nil {
		u.remove()
		return nil, err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		u.dir = filepath.Join(top, entries[0].Name())
	}
	return u, nil
}
