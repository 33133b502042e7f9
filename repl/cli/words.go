package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"nixbench/engine"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
)

// nixWords returns what Nix says of an error of a store, if that is known, or else the
// error as it is.
func nixWords(err error) string {
	var odd *nar.TypeError
	var deep *nar.DepthError
	var name *store.NameError
	var root *engine.RootError
	var unknown *engine.UnknownError
	var lacks *engine.NoOutputError
	var file *fs.PathError
	var link *engine.LinkError
	var corrupt *engine.CorruptError
	var gone *engine.GoneError
	var packed *engine.CompressedError
	var archive *nar.FormatError
	var untraced *engine.TraceError
	var mismatch *store.HashMismatch
	var unreachable *engine.DialError
	var denied *engine.AccessError
	var malformed *drv.ParseError
	var notFlat *nar.NotFlatError
	var unseen *engine.SandboxPathError
	if errors.As(err, &malformed) {
		if words, known := malformed.InNix(); known {
			return words
		}
	}
	switch {
	case errors.As(err, &denied):
		return denied.Error()
	case errors.As(err, &odd):
		return fmt.Sprintf("file '%s' has an unsupported type", odd.File)
	case errors.As(err, &unseen):
		return unseen.Error()
	case errors.As(err, &notFlat):
		return notFlat.Error()
	case errors.As(err, &unreachable):
		return unreachable.Error()
	case errors.As(err, &mismatch):
		return mismatch.Message()
	case errors.As(err, &gone):
		return gone.Error()
	case errors.As(err, &archive):
		return archiveError(archive).Error()
	case errors.As(err, &packed):
		return packed.Message()
	case errors.As(err, &untraced):
		return untraced.Error()
	case errors.As(err, &corrupt):
		return corrupt.Error()
	case errors.As(err, &link):
		return link.Error()
	case errors.As(err, &deep):
		return deep.Message()
	case errors.As(err, &name):
		return fmt.Sprintf("path '%s' is not a valid store path: %s", name.Base, store.NameProblem(name.Name))
	case errors.As(err, &root):
		return root.Message()
	case errors.As(err, new(*engine.NoSubstituteError)):
		return err.Error()
	case errors.As(err, &unknown) && unknown.For == "":
		return unknown.Message()
	case errors.As(err, &lacks):
		return lacks.Error()
	case errors.As(err, &file) && file.Op == "readlink":
		return fmt.Sprintf("reading symbolic link \"%s\": %s", file.Path, store.Capital(file.Err.Error()))
	}
	return err.Error()
}
