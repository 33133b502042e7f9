package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"nixbench/engine"
	"nixbench/engine/settings"
	"nixbench/store"
)

// This file is nix-store: which operation is asked for. What the operations do is
// in the files beside it.

// A storeCommand is what nix-store is asked for.
type storeCommand struct {
	op    *storeOperation // nil until one was named
	flags []string        // what is left for the operation, in order, as written
	// noOutput prints no paths.
	noOutput bool
	rooted   int // how many roots --add-root has been used for
}

// A storeOperation is one of those of nix-store.
type storeOperation struct {
	names []string
	help  string
	run   func(*storeRun, context.Context) error
	// ownInput says that standard input is not for arguments.
	ownInput bool
	// silent operations tell of builds by their logs alone.
	silent bool
	// storeless operations need no store.
	storeless bool
}

// storeOperations returns the table of operations.
func storeOperations() []*storeOperation {
	return []*storeOperation{
		{names: []string{"--realise", "--realize", "-r"}, help: "build or find what the paths stand for, and print their outputs", run: (*storeRun).realise},
		{names: []string{"--query", "-q"}, help: "ask about paths: --outputs (the default), --requisites, --references, --referrers, --tree …", run: (*storeRun).query},
		{names: []string{"--add", "-A"}, help: "copy files into the store and print their paths", run: (*storeRun).add},
		{names: []string{"--add-fixed"}, help: "as --add, for what a fixed-output derivation makes; the first argument is the algorithm", run: (*storeRun).addFixed},
		{names: []string{"--print-fixed-path"}, help: "print the path of ALGO HASH NAME", run: (*storeRun).printFixedPath},
		{names: []string{"--gc"}, help: "delete what no root leads to; --print-roots, --print-live, --print-dead, --max-freed BYTES", run: (*storeRun).gc},
		{names: []string{"--delete"}, help: "delete paths that nothing needs; --ignore-liveness: though a root leads to them", run: (*storeRun).delete},
		{names: []string{"--verify"}, help: "check the store; --check-contents, --repair", run: (*storeRun).verify},
		{names: []string{"--verify-path"}, help: "compare paths with their hashes", run: (*storeRun).verifyPath},
		{names: []string{"--repair-path"}, help: "make paths anew that are damaged", run: (*storeRun).repairPath},
		{names: []string{"--optimise", "--optimize"}, help: "make files with the same contents hard links to one", run: (*storeRun).optimise},
		{names: []string{"--dump"}, help: "write the archive of a file to standard output", run: (*storeRun).dump, storeless: true},
		{names: []string{"--restore"}, help: "make a file from the archive on standard input", run: (*storeRun).restore, storeless: true, ownInput: true},
		{names: []string{"--export"}, help: "write paths to standard output, for --import", run: (*storeRun).export},
		{names: []string{"--import"}, help: "add the paths that --export wrote, from standard input", run: (*storeRun).importPaths, ownInput: true},
		{names: []string{"--dump-db"}, help: "print what the database says, for --load-db", run: (*storeRun).dumpDB},
		{names: []string{"--load-db"}, help: "register what --dump-db printed, from standard input", run: (*storeRun).loadDB},
		{names: []string{"--register-validity"}, help: "register paths from standard input; --reregister, --hash-given", run: (*storeRun).registerValidity},
		{names: []string{"--check-validity"}, help: "fail if a path is not valid; --print-invalid: print those that are not", run: (*storeRun).checkValidity},
		{names: []string{"--print-env"}, help: "print the environment of a derivation for a shell", run: (*storeRun).printEnv},
		{names: []string{"--read-log", "-l"}, help: "print the logs of builds", run: (*storeRun).readLog},
		{names: []string{"--serve"}, help: "answer an ssh:// store on standard input and output; --write: it may change the store", run: (*storeRun).serve, ownInput: true, silent: true},
		{names: []string{"--generate-binary-cache-key"}, help: "make a pair of keys: NAME SECRETFILE PUBLICFILE", run: (*storeRun).generateKey, storeless: true},
		{names: []string{"--init"}, help: "make the store if there is none", run: (*storeRun).init},
	}
}

// nixStoreFlags are the operations, and the flags that they share.
func nixStoreFlags() []flag {
	var flags []flag
	for _, op := range storeOperations() {
		flags = append(flags, flag{op.names, nil, op.help, func(inv *invocation, _ []string) error {
			if inv.legacy.op != nil && inv.legacy.op.names[0] != op.names[0] {
				return settings.Complain("only one operation may be specified")
			}
			inv.legacy.op = op
			return nil
		}})
	}
	return slices.Concat(flags, []flag{
		{[]string{"--add-root"}, []string{"PATH"}, "make a root of the result", rootName},
		ignored("roots are indirect anyway", "--indirect"),
		{[]string{"--no-output"}, nil, "print no paths", on(func(inv *invocation) *bool { return &inv.legacy.noOutput })},
		{[]string{"--stdin"}, nil, "take arguments from standard input, too", func(inv *invocation, _ []string) error { return inv.argsFromStdin() }},
		{[]string{"--max-freed"}, []string{"BYTES"}, "of --gc: stop when BYTES have been freed", func(inv *invocation, args []string) error {
			inv.legacy.flags = append(inv.legacy.flags, "--max-freed", args[0])
			return nil
		}},
	}, olderFlags)
}

// argsFromStdin takes the words of standard input for arguments.
func (inv *invocation) argsFromStdin() error {
	if inv.env.Terminal || inv.legacy.op != nil && inv.legacy.op.ownInput {
		return nil
	}
	words := bufio.NewScanner(inv.env.Stdin)
	words.Split(bufio.ScanWords)
	words.Buffer(nil, 1<<20)
	for words.Scan() {
		inv.args = append(inv.args, words.Text())
	}
	return words.Err()
}

// A storeRun is one run of an operation of nix-store.
type storeRun struct {
	*invocation
	eng *engine.Engine // nil for an operation without a store
}

// runNixStore is `nixbench nix-store`.
func runNixStore(ctx context.Context, inv *invocation) error {
	op := inv.legacy.op
	if op == nil {
		return inv.cmd.usage("no operation specified")
	}
	run := &storeRun{invocation: inv}
	if !op.storeless {
		var err error
		inv.quiet = inv.quiet || op.silent
		if run.eng, err = inv.open(ctx); err != nil {
			return err
		}
		defer run.eng.Close()
	}
	return op.run(run, ctx)
}

// only refuses flags that are not among those that the operation knows.
func (run *storeRun) only(known ...string) error {
	for _, f := range run.legacy.flags {
		if !slices.Contains(known, f) {
			return run.cmd.usage("unknown flag '%s'", f)
		}
	}
	return nil
}

// noFlags refuses all flags, in the words of operations that have none.
func (run *storeRun) noFlags(msg string) error {
	if len(run.legacy.flags) > 0 {
		return run.cmd.usage("%s", msg)
	}
	return nil
}

func (run *storeRun) noArgs() error {
	if len(run.args) > 0 {
		return run.cmd.usage("no arguments expected")
	}
	return nil
}

// has reports whether one of the flags was given.
func (run *storeRun) has(names ...string) bool {
	return slices.ContainsFunc(run.legacy.flags, func(f string) bool { return slices.Contains(names, f) })
}

// followed returns the store path that an argument is in or leads to.
func (inv *invocation) followed(eng *engine.Engine, arg string) (store.Path, error) {
	file := inv.abs(arg)
	p, err := eng.ResolveLink(file, arg)
	if err == nil {
		return p, nil
	}
	if base := filepath.Base(file); eng.Store().Dir().Contains(file) && filepath.Dir(file) == string(eng.Store().Dir()) {
		return "", errors.New(store.BaseProblem(base))
	}
	return "", fmt.Errorf("path %s is not in the Nix store", store.QuoteFile(eng.LastLink(file)))
}

// allFollowed returns the store paths of all arguments.
func (run *storeRun) allFollowed() ([]store.Path, error) {
	paths := make([]store.Path, 0, len(run.args))
	for _, arg := range run.args {
		p, err := run.followed(run.eng, arg)
		if err != nil {
			return nil, err
		}
		paths = append(paths, p)
	}
	return paths, nil
}

// info returns what is known of a path; its error is in Nix's words.
func (run *storeRun) info(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	st, err := run.eng.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.PathInfo(ctx, p)
}

// say prints a line of what happens to standard error, unless told to be quiet.
func (inv *invocation) say(format string, args ...any) {
	if inv.verbosity() >= levelInfo {
		inv.tell(fmt.Sprintf(format, args...))
	}
}

// printPaths prints a path a line.
func (inv *invocation) printPaths(paths []store.Path) error {
	out := bufio.NewWriter(inv.env.Stdout)
	for _, p := range paths {
		out.WriteString(string(p))
		out.WriteByte('\n')
	}
	return out.Flush()
}

// println prints a line.
func (inv *invocation) println(line string) error {
	_, err := fmt.Fprintln(inv.env.Stdout, line)
	return err
}
