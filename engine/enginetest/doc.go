// Package enginetest runs the language cases of engine/testdata/lang: through
// our evaluator, and through a real Nix to confirm that they say the truth.
//
// A case is a txtar archive. Its name begins with what must happen to it:
//
//	parse-okay  input.nix parses; want is its tree as nix-instantiate --parse prints it
//	parse-fail  input.nix does not parse; err is what the message must hold
//	eval-okay   input.nix evaluates; want is its value as nix-instantiate
//	            --eval --strict prints it
//	eval-fail   input.nix parses, but evaluating it fails; err is what the
//	            message must hold
//
// The comment of the archive says what the case pins and which section of the
// manual tells about it. A line "#differs VERSION REASON" there says that a real Nix
// of that version or later answers otherwise, on purpose; Confirm then requires
// that it does.
//
// The files of the archive are
//
//	input.nix  the expression
//	flags      options of nix-instantiate, separated by white space (may be left out)
//	want, err  what is expected; some line of the message must hold each line of
//	           err, and in cases called eval-fail-trace-… err is all of it
//	others     files beside input.nix, which may be in subfolders
//
// The directory that the files are in is written /pwd in want and err; below
// it is the home directory, /pwd/home.
package enginetest
