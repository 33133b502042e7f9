package eval

import (
	"context"
	"errors"

	"nixbench/engine/syntax"
	"nixbench/store"
)

// ErrNotRegular is why a device, pipe or socket is not read: what it holds has no end.
var ErrNotRegular = errors.New("is not a regular file")

// A World is what evaluation can see and do outside itself: files, the store,
// the environment. All paths are absolute and clean. Paths below the store
// directory are logical: the World finds the files.
//
// Implementations must be safe for concurrent use. They return an error for
// which errors.Is(err, fs.ErrNotExist) where a file does not exist.
type World interface {
	// ReadFile appends the contents of a file to buf, following symbolic links. Its error
	// is EISDIR for directories, and [ErrNotRegular] for devices and the like.
	ReadFile(ctx context.Context, path string, buf []byte) ([]byte, error)
	// ReadDir returns the entries of a directory, in any order.
	ReadDir(ctx context.Context, path string) ([]DirEntry, error)
	// Lstat says what a path is, without following a symbolic link at its end.
	Lstat(ctx context.Context, path string) (FileType, error)
	// Readlink returns the target of a symbolic link.
	Readlink(ctx context.Context, path string) (string, error)

	// StoreDir returns the logical store directory.
	StoreDir() store.Dir
	// AddPath copies a file or tree to the store and returns its store path.
	AddPath(ctx context.Context, a AddPath) (store.Path, error)
	// Describe says what a file or tree is that may be added.
	Describe(ctx context.Context, path string) (Tree, error)
	// AddText adds a text to the store. Refs are the store paths it refers to.
	AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error)
	// Realise makes the outputs that elems stand for valid, building them if
	// need be (import from derivation). It returns where the outputs are whose
	// paths were not known, by what stands for them in strings.
	Realise(ctx context.Context, elems StringContext) (built map[string]store.Path, err error)
	// IsValid reports whether a store path is valid.
	IsValid(ctx context.Context, p store.Path) (bool, error)

	// Getenv returns an environment variable of the evaluation, "" if unset.
	Getenv(name string) string
	// CurrentTime returns the time of the evaluation, in seconds since 1970.
	CurrentTime() int64
	// CurrentSystem returns the system of derivations, "x86_64-linux".
	CurrentSystem() string

	// Trace shows a message of builtins.trace; Warn one of builtins.warn or
	// of the evaluator, which says that it is one: "warning: …", "evaluation
	// warning: …". Both must return soon.
	Trace(msg string)
	Warn(msg syntax.Hint)
	// Inform says what is about to be done that may take a while. It must return soon.
	Inform(msg string)
}

// An AccessControl is a [World] that does not let evaluation read every file.
// What it forbids fails with an error for which errors.Is(err, fs.ErrPermission).
type AccessControl interface {
	World
	// CheckURI returns an error if a URI may not be fetched.
	CheckURI(uri string) error
	// Permit lets a store path be read.
	Permit(p store.Path)
	// Unrestricted returns the World without restriction, for what a fetcher
	// reads after CheckURI.
	Unrestricted() World
}

// A DirEntry is an entry of a directory.
type DirEntry struct {
	Name string
	Type FileType
}

// A FileType is what builtins.readFileType says.
type FileType uint8

// The types of files.
const (
	FileUnknown FileType = iota
	FileRegular
	FileDirectory
	FileSymlink
)

// String returns the type in the words of builtins.readDir.
func (t FileType) String() string {
	switch t {
	case FileRegular:
		return "regular"
	case FileDirectory:
		return "directory"
	case FileSymlink:
		return "symlink"
	}
	return "unknown"
}

// AddPath is what [World.AddPath] is asked to add.
type AddPath struct {
	Name   string // of the store path
	Path   string // the file or tree
	Method store.IngestionMethod
	// Filter says which files of a tree to take; nil takes all.
	// It is called in the calling goroutine.
	Filter func(path string, typ FileType) (bool, error)
	// SHA256 is the expected hash, as nix32 or SRI or base16; "" expects none.
	SHA256 string
	// Refs are the store paths that what is added is said to refer to, sorted; they are valid.
	Refs []store.Path
	// Fetched says that a fetcher adds it. Evaluation is going to look into it, so
	// it is also added where evaluation only computes store paths.
	Fetched bool
}

// A Tree is what a file or tree is.
type Tree struct {
	NARHash  string // of its archive, SRI
	Modified int64  // time of the newest file in it, in seconds since 1970
}

// A SearchPathEntry is an element of NIX_PATH or of -I: <prefix/x> is Path/x.
type SearchPathEntry struct {
	Prefix string // "" for an entry without prefix
	Path   string // a path, or what Options.Lookup finds
}
