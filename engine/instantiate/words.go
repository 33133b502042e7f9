package instantiate

import (
	"errors"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// This file says in Nix's words what is wrong with names and hashes.

// PathError returns the error of making or reading a store path, in Nix's words if it is
// a [store.NameError] or the format of a [drv.ParseError].
func PathError(err error) error {
	err = pathError(err)
	if e, ok := err.(*eval.Error); ok {
		eval.Foreign()(e)
	}
	return err
}

func pathError(err error) error {
	var malformed *drv.ParseError
	if errors.As(err, &malformed) {
		if msg, ok := malformed.InNix(); ok {
			return &eval.Error{Kind: eval.ErrorOther, Msg: msg}
		}
	}
	var refers *store.ReferencesError
	if errors.As(err, &refers) {
		return eval.Errorf(eval.ErrorOther, store.ReferencesFormat, refers.Name)
	}
	var bad *store.NameError
	if !errors.As(err, &bad) {
		return err
	}
	return eval.Errorf(eval.ErrorOther, "path '%s' is not a valid store path: %s", bad.Base, NameProblem(bad.Name))
}

// NameProblem is [store.NameProblem] with Nix's colours.
func NameProblem(name string) syntax.Hint {
	format, args := store.NameProblemParts(name)
	return syntax.Hintf(format, args...)
}

// CheckName raises an error unless name can be that of a store path. Format has
// verbs for the name and the problem.
func CheckName(s *eval.State, name, format string) {
	if problem := NameProblem(name); problem != "" {
		s.Fail(eval.ErrorOther, format, name, problem)
	}
}

// UnknownAlgo raises the error that a hash algorithm does not exist.
func UnknownAlgo(s *eval.State, name string) {
	s.Raise(eval.ErrorOther, syntax.Hintf("unknown hash algorithm '%s', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'", name),
		eval.Because(eval.ErrUsage))
}

// ParseHash reads a hash in any spelling, or raises an error.
// Algo is what it must have, or 0.
func ParseHash(s *eval.State, text string, algo nixhash.Algo) nixhash.Hash {
	h, err := nixhash.Parse(text, algo)
	if err != nil {
		s.Raise(eval.ErrorOther, hashProblem(s, text, algo), eval.Because(err), eval.Foreign())
	}
	if h.Algo() == nixhash.BLAKE3 {
		RequireFeature(s, "blake3-hashes", "")
	}
	return h
}

// hashProblem says why a hash cannot be read; of an algorithm that does not exist,
// or that needs a feature, it raises the error.
func hashProblem(s *eval.State, text string, algo nixhash.Algo) syntax.Hint {
	if prefix, digits, _ := nixhash.Cut(text); digits != text {
		switch named, unknown := nixhash.ParseAlgo(prefix); {
		case unknown != nil:
			UnknownAlgo(s, prefix)
		case named == nixhash.BLAKE3:
			RequireFeature(s, "blake3-hashes", "")
		}
	}
	format, args := nixhash.ProblemParts(text, algo)
	return syntax.Hintf(format, args...)
}

// ParseExpectedHash is ParseHash for a hash that something has to have. An empty
// one stands for the hash of zeros, which nothing has: the error that follows
// tells the right one.
func ParseExpectedHash(s *eval.State, text string, algo nixhash.Algo) nixhash.Hash {
	if text != "" {
		return ParseHash(s, text, algo)
	}
	if algo == 0 {
		s.Fail(eval.ErrorOther, "empty hash requires explicit hash algorithm")
	}
	h, err := nixhash.FromBytes(algo, make([]byte, algo.Size()))
	if err != nil {
		s.FailWith(err)
	}
	s.Warn(syntax.Hintf("found empty hash, assuming '%s'", h.SRI()))
	return h
}
