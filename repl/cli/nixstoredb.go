package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/nixhash"
)

// This file is what nix-store does with the database, and how it checks the store.

// dumpDB is nix-store --dump-db.
func (run *storeRun) dumpDB(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	paths, err := run.allFollowed()
	if err == nil && len(run.args) == 0 {
		paths, err = run.eng.Store().AllPaths(ctx)
	}
	if err != nil {
		return err
	}
	out := bufio.NewWriter(run.env.Stdout)
	for _, p := range paths {
		info, err := run.info(ctx, p)
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		writeRegistration(out, info)
	}
	return out.Flush()
}

// writeRegistration writes what is known of a path in lines: the path, the hash in
// base 16, the size, the deriver, the number of references, the references.
// Format: Nix, Store::makeValidityRegistration.
func writeRegistration(w io.Writer, info *store.PathInfo) {
	fmt.Fprintf(w, "%s\n%s\n%d\n%s\n%d\n", info.Path, info.NarHash.Hex(), info.NarSize, info.Deriver, len(info.References))
	for _, ref := range info.References {
		fmt.Fprintln(w, ref)
	}
}

// loadDB is nix-store --load-db.
func (run *storeRun) loadDB(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	if err := run.noArgs(); err != nil {
		return err
	}
	return run.register(ctx, registration{again: true, hashGiven: true})
}

// registerValidity is nix-store --register-validity.
func (run *storeRun) registerValidity(ctx context.Context) error {
	if err := run.only("--reregister", "--hash-given"); err != nil {
		return err
	}
	if err := run.noArgs(); err != nil {
		return err
	}
	return run.register(ctx, registration{again: run.has("--reregister"), hashGiven: run.has("--hash-given"), canonicalise: true})
}

// A registration says how paths on standard input are registered.
type registration struct {
	again        bool // also those that are valid
	hashGiven    bool // the input has hash and size; else they are computed
	canonicalise bool // make the metadata of the files that of store objects
}

// register registers the paths on standard input.
func (run *storeRun) register(ctx context.Context, how registration) error {
	in := &lineReader{r: bufio.NewReader(run.env.Stdin)}
	infos := make(map[store.Path]*store.PathInfo)
	for {
		info, err := readRegistration(in, run.eng.Store().Dir(), how.hashGiven)
		if err != nil {
			return err
		}
		if info == nil {
			break
		}
		valid, err := run.eng.Store().IsValid(ctx, info.Path)
		if err != nil {
			return err
		}
		if valid && !how.again {
			continue
		}
		if how.canonicalise {
			if err := run.eng.Canonicalise(ctx, info.Path); err != nil {
				return err
			}
		}
		if !how.hashGiven {
			if info.NarHash, info.NarSize, err = run.eng.HashPath(ctx, info.Path); err != nil {
				return err
			}
		}
		infos[info.Path] = info
	}
	list := make([]*store.PathInfo, 0, len(infos))
	for _, p := range slices.Sorted(maps.Keys(infos)) {
		list = append(list, infos[p])
	}
	return run.eng.Register(ctx, list)
}

// A lineReader reads lines; after the last, or an error, they are empty.
type lineReader struct {
	r   *bufio.Reader
	err error // io.EOF if a line was not ended
}

func (in *lineReader) line() string {
	if in.err != nil {
		return ""
	}
	s, err := in.r.ReadString('\n')
	in.err = err
	return strings.TrimSuffix(s, "\n")
}

// readRegistration reads what writeRegistration writes, without hash and size
// unless they are given. At the end it returns nil.
func readRegistration(in *lineReader, dir store.Dir, hashGiven bool) (*store.PathInfo, error) {
	p := in.line()
	if in.err == io.EOF {
		return nil, nil
	}
	info := &store.PathInfo{}
	var err error
	if hashGiven {
		if info.NarHash, err = parseHash(in.line(), nixhash.SHA256); err != nil {
			return nil, err
		}
		if info.NarSize, err = strconv.ParseInt(in.line(), 10, 64); err != nil {
			return nil, errors.New("number expected")
		}
	}
	if info.Path, err = dir.ParsePath(p); err != nil {
		return nil, err
	}
	if deriver := in.line(); deriver != "" {
		if info.Deriver, err = dir.ParsePath(deriver); err != nil {
			return nil, err
		}
	}
	n, err := strconv.Atoi(in.line())
	if err != nil {
		return nil, errors.New("number expected")
	}
	for range n {
		if in.err != nil {
			return nil, errors.New("missing input")
		}
		ref, err := dir.ParsePath(in.line())
		if err != nil {
			return nil, err
		}
		info.References = append(info.References, ref)
	}
	if in.err != nil {
		return nil, errors.New("missing input")
	}
	info.References = store.SortUnique(info.References)
	return info, nil
}

// checkValidity is nix-store --check-validity.
func (run *storeRun) checkValidity(ctx context.Context) error {
	if err := run.only("--print-invalid"); err != nil {
		return err
	}
	for _, arg := range run.args {
		p, err := run.followed(run.eng, arg)
		if err != nil {
			return err
		}
		_, err = run.eng.StoreOf(ctx, p)
		if errors.Is(err, store.ErrInvalidPath) && run.has("--print-invalid") {
			err = run.println(string(p))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// verify is nix-store --verify.
func (run *storeRun) verify(ctx context.Context) error {
	if err := run.noArgs(); err != nil {
		return err
	}
	if err := run.only("--check-contents", "--repair"); err != nil {
		return err
	}
	return run.verifyStore(ctx, run.eng, run.has("--check-contents"), run.has("--repair"))
}

// verifyStore checks the store and says in Nix's words what is wrong.
func (inv *invocation) verifyStore(ctx context.Context, eng *engine.Engine, contents, repair bool) error {
	bad := 0
	opts := engine.VerifyOptions{CheckContents: contents, Forget: true, Stage: func(msg string) { inv.say("%s", msg) }}
	if repair {
		opts.Repair = eng.RepairPath
	}
	err := eng.Verify(ctx, opts,
		func(f engine.Finding) {
			var mismatch *store.HashMismatch
			var told *engine.DaemonError
			switch {
			case errors.As(f.Err, &told) && !f.Forgotten:
				inv.tell(told.Message)
			case errors.As(f.Err, &mismatch):
				inv.tell(modified(f.Path, mismatch))
				if f.RepairErr != nil {
					inv.tell(syntax.ErrorHead + " " + paint(nixWords(f.RepairErr)))
				}
			case f.Forgotten:
				inv.say("path '%s' disappeared, removing from database...", f.Path)
			case errors.Is(f.Err, os.ErrNotExist) && f.Path != "":
				inv.tell(fmt.Sprintf("path '%s' disappeared, but it still has valid referrers!", f.Path))
				if f.RepairErr != nil {
					inv.warn(nixWords(f.RepairErr))
				}
			case f.Path == "":
				inv.tell(f.Err.Error())
			default:
				inv.tell(syntax.ErrorHead + " " + paint(nixWords(f.Err)))
			}
			if f.Link != "" && f.Repaired {
				inv.say("removed link %s", store.QuoteFile(f.Link))
			}
			if !f.Forgotten && !f.Repaired {
				bad++
			}
		})
	if err != nil {
		return err
	}
	if bad > 0 {
		inv.warn("not all store errors were fixed")
		return &ExitError{Status: 1}
	}
	return nil
}

// modified says that the contents of a path are not those that were registered.
func modified(p store.Path, mismatch *store.HashMismatch) string {
	return fmt.Sprintf("path '%s' was modified! expected hash '%s', got '%s'", p, mismatch.Want, mismatch.Got)
}

// verifyPath is nix-store --verify-path.
func (run *storeRun) verifyPath(ctx context.Context) error {
	if err := run.noFlags("no flags expected"); err != nil {
		return err
	}
	status := 0
	for _, arg := range run.args {
		p, err := run.followed(run.eng, arg)
		if err != nil {
			return err
		}
		if run.verbosity() >= levelTalkative {
			run.tell(fmt.Sprintf("checking path '%s'...", p))
		}
		info, err := run.info(ctx, p)
		if err != nil {
			return err
		}
		got, _, err := run.eng.HashPath(ctx, p)
		if err != nil {
			return err
		}
		if got != info.NarHash {
			run.tell(modified(p, &store.HashMismatch{Path: p, Want: info.NarHash, Got: got}))
			status = 1
		}
	}
	if status != 0 {
		return &ExitError{Status: status}
	}
	return nil
}

// repairPath is nix-store --repair-path.
func (run *storeRun) repairPath(ctx context.Context) error {
	if err := run.noFlags("no flags expected"); err != nil {
		return err
	}
	for _, arg := range run.args {
		p, err := run.followed(run.eng, arg)
		if err == nil {
			err = run.eng.RepairPath(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printEnv is nix-store --print-env.
func (run *storeRun) printEnv(ctx context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	if len(run.args) != 1 {
		return run.cmd.usage("'--print-env' requires one derivation store path")
	}
	p, err := run.eng.Store().Dir().ParsePath(run.args[0])
	if err != nil {
		return err
	}
	d, err := run.eng.ObtainDerivation(ctx, p)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.Env)) {
		// The empty line is Nix's.
		if err := run.println(fmt.Sprintf("export %s; %s=%s\n", name, name, store.QuoteWord(d.Env[name]))); err != nil {
			return err
		}
	}
	return run.println("export _args; _args=" + store.QuoteWord(strings.Join(d.Args, " ")))
}

// init is nix-store --init.
func (run *storeRun) init(context.Context) error {
	if err := run.noFlags("unknown flag"); err != nil {
		return err
	}
	return run.noArgs()
}

// parseHash reads a hash; its error is in Nix's words.
func parseHash(s string, algo nixhash.Algo) (nixhash.Hash, error) {
	h, err := nixhash.Parse(s, algo)
	if err != nil {
		format, args := nixhash.ProblemParts(s, algo)
		err = fmt.Errorf(format, args...)
	}
	return h, err
}
