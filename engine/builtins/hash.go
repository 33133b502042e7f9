package builtins

import (
	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/store/nixhash"
)

// hashes are the builtins on cryptographic hashes.
func hashes() []eval.Builtin {
	return []eval.Builtin{
		def2("hashString", eval.Told, "type s", hashString),
		def2("hashFile", eval.Told, "type p", hashFile),
		def1("convertHash", 1, "args", convertHash),
	}
}

// hashAlgo returns the algorithm of that name.
func hashAlgo(s *eval.State, name string) nixhash.Algo {
	algo, err := nixhash.ParseAlgo(name)
	if err != nil {
		instantiate.UnknownAlgo(s, name)
	}
	if algo == nixhash.BLAKE3 {
		requireFeature(s, "blake3-hashes")
	}
	return algo
}

func hashString(s *eval.State, algo, str eval.Value) eval.Value {
	a := hashAlgo(s, s.ForceStringNoCtx(algo, "while evaluating the first argument passed to builtins.hashString"))
	text, _ := s.ForceString(str, "while evaluating the second argument passed to builtins.hashString")
	return eval.MakeString(sum(s, a, text).Hex())
}

// hashPiece is how many bytes are hashed between two looks at whether the
// evaluation was cancelled.
const hashPiece = 1 << 18

// sum returns the hash of a text.
func sum[T string | []byte](s *eval.State, a nixhash.Algo, text T) nixhash.Hash {
	h := nixhash.New(a)
	for len(text) > 0 {
		n := min(len(text), hashPiece)
		h.Write([]byte(text[:n]))
		text = text[n:]
		s.Poll()
	}
	return h.Sum()
}

func hashFile(s *eval.State, algo, file eval.Value) eval.Value {
	a := hashAlgo(s, s.ForceStringNoCtx(algo, "while evaluating the first argument passed to builtins.hashFile"))
	path := s.RealisePath(file, "while realising the context of a path")
	return eval.MakeString(sum(s, a, s.ReadFile(path)).Hex())
}

func convertHash(s *eval.State, arg eval.Value) eval.Value {
	attrs := s.ForceAttrs(arg, "while evaluating the first argument passed to builtins.convertHash")
	text := s.ForceStringNoCtx(s.ForceAttr(attrs, eval.Intern("hash"), "while locating the attribute 'hash'"),
		"while evaluating the attribute 'hash'")
	var algo nixhash.Algo
	if v, ok := attrs.Get(eval.Intern("hashAlgo")); ok {
		algo = hashAlgo(s, s.ForceStringNoCtx(v, "while evaluating the attribute 'hashAlgo'"))
	}
	format := s.ForceStringNoCtx(s.ForceAttr(attrs, eval.Intern("toHashFormat"), "while locating the attribute 'toHashFormat'"),
		"while evaluating the attribute 'toHashFormat'")
	print := hashFormat(format)
	if format == "base32" {
		s.Warn(`"base32" is a deprecated alias for hash format "nix32".`)
	}
	if print == nil {
		s.Raise(eval.ErrorOther, syntax.Hintf("unknown hash format '%s', expect 'base16', 'base32', 'base64', or 'sri'", format), eval.Because(eval.ErrUsage))
	}
	return eval.MakeString(print(instantiate.ParseHash(s, text, algo)))
}

// hashFormat returns what prints a hash in a format, or nil.
func hashFormat(format string) func(nixhash.Hash) string {
	switch format {
	case "base16":
		return nixhash.Hash.Hex
	case "nix32", "base32":
		return nixhash.Hash.Nix32
	case "base64":
		return nixhash.Hash.Base64
	case "sri":
		return nixhash.Hash.SRI
	}
	return nil
}
