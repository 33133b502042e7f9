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
	for _, wording := range wordings {
		if words, ok := wording(err); ok {
			return words
		}
	}
	return err.Error()
}

// wordings return what Nix says of an error among those that an error is or wraps, or ok
// false if they do not know any of them. The first that does counts.
var wordings = []func(err error) (words string, ok bool){
	wordsOf((*drv.ParseError).InNix),
	ownWords[*engine.AccessError],
	wordsOf(func(odd *nar.TypeError) (string, bool) {
		return fmt.Sprintf("file '%s' has an unsupported type", odd.File), true
	}),
	ownWords[*engine.SandboxPathError],
	ownWords[*nar.NotFlatError],
	ownWords[*engine.DialError],
	ownWords[*engine.DaemonError],
	func(err error) (string, bool) {
		return "Nix daemon disconnected unexpectedly (maybe it crashed?)", errors.Is(err, engine.ErrDaemonClosed)
	},
	messageOf[*store.HashMismatch],
	ownWords[*engine.GoneError],
	ownWords[*engine.AbsentError],
	messageOf[*store.NotPathError],
	wordsOf(func(archive *nar.FormatError) (string, bool) { return archiveError(archive).Error(), true }),
	messageOf[*engine.CompressedError],
	ownWords[*engine.TraceError],
	ownWords[*engine.CorruptError],
	ownWords[*engine.LinkError],
	messageOf[*nar.DepthError],
	wordsOf(func(name *store.NameError) (string, bool) {
		return fmt.Sprintf("path '%s' is not a valid store path: %s", name.Base, store.NameProblem(name.Name)), true
	}),
	messageOf[*engine.RootError],
	ownWords[*engine.NoSubstituteError],
	wordsOf(func(unknown *engine.UnknownError) (string, bool) { return unknown.Message(), unknown.For == "" }),
	ownWords[*engine.NoOutputError],
	wordsOf(func(file *fs.PathError) (string, bool) {
		return fmt.Sprintf("reading symbolic link \"%s\": %s", file.Path, store.Capital(file.Err.Error())), file.Op == "readlink"
	}),
}

// wordsOf returns a wording of errors of one type.
func wordsOf[E error](words func(E) (string, bool)) func(error) (string, bool) {
	return func(err error) (string, bool) {
		if e, ok := errors.AsType[E](err); ok {
			return words(e)
		}
		return "", false
	}
}

// ownWords is the wording of errors whose own text is Nix's, without what was said around
// it.
func ownWords[E error](err error) (string, bool) {
	return wordsOf(func(e E) (string, bool) { return e.Error(), true })(err)
}

// messageOf is the wording of errors that say in Message what Nix does.
func messageOf[E interface {
	error
	Message() string
}](err error) (string, bool) {
	return wordsOf(func(e E) (string, bool) { return e.Message(), true })(err)
}
