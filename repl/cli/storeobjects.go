package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/nixhash"
)

// This file is nix store add, delete, repair, verify and path-from-hash-part.

// addToStoreFlags are those of nix store add.
func addToStoreFlags() []flag {
	return []flag{
		{[]string{"--name", "-n"}, []string{"NAME"}, "what the store path is called, default the file's name", func(inv *invocation, args []string) error {
			inv.name, inv.hasName = args[0], true
			return nil
		}},
		hashMethodFlag("what is hashed: flat, nar, git, or text", store.Flat, store.NAR, store.Git, store.Text), hashAlgoFlag("--hash-algo"), dryRunFlag,
	}
}

// runStoreAdd is `nixbench store add`, and runStoreAddFile `nixbench store add-file`.
func runStoreAdd(ctx context.Context, inv *invocation) error {
	h := &inv.hashing
	if !h.methodGiven {
		h.method = store.NAR
	}
	if h.algo == 0 {
		h.algo = nixhash.SHA256
	}
	if err := inv.checkAlgo(h.algo); err != nil {
		return err
	}
	if h.method == store.Git {
		if err := inv.needFeature("git-hashing"); err != nil {
			return err
		}
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	file := inv.args[0]
	name := inv.name
	if !inv.hasName {
		name = file[strings.LastIndexByte(file, '/')+1:] // none after a slash, as in Nix
	}
	var p store.Path
	if inv.dryRun {
		var sum nixhash.Hash
		if sum, err = inv.hashFile(ctx, file); err == nil {
			p, err = eng.Store().Dir().FixedPath(name, h.method, sum, nil, false)
		}
	} else {
		p, err = eng.AddFile(ctx, name, inv.abs(file), h.method, h.algo)
	}
	if err != nil {
		return inv.fileError(err, file)
	}
	return inv.printAdded(ctx, eng, []store.Path{p}, nil)
}

func runStoreAddFile(ctx context.Context, inv *invocation) error {
	if !inv.hashing.methodGiven {
		inv.hashing.method, inv.hashing.methodGiven = store.Flat, true
	}
	return runStoreAdd(ctx, inv)
}

// runPathFromHashPart is `nixbench store path-from-hash-part`.
func runPathFromHashPart(ctx context.Context, inv *invocation) error {
	part := inv.args[0]
	if len(part) != store.DigestLen {
		return errors.New("invalid hash part")
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	for _, st := range []engine.Store{eng.Store(), eng.Machine()} {
		if st == nil {
			continue
		}
		p, err := st.PathFromHashPart(ctx, part)
		if err != nil {
			return err
		}
		if p != "" {
			return inv.println(string(p))
		}
	}
	return fmt.Errorf("there is no store path corresponding to '%s'", text.SanitiseName(part))
}

// deleteFlags are those of nix store delete.
func deleteFlags() []flag {
	return []flag{
		{[]string{"--ignore-liveness"}, nil, "delete what roots lead to, too", on(func(inv *invocation) *bool { return &inv.ignoreLiveness })},
		{[]string{"--skip-alive", "--skip-live"}, nil, "pass over what something needs", on(func(inv *invocation) *bool { return &inv.skipAlive })},
		{[]string{"--also-referrers"}, nil, "delete what refers to the paths, too", on(func(inv *invocation) *bool { return &inv.alsoReferrers })},
		{[]string{"--recursive", "-r"}, nil, "the whole closure", on(func(inv *invocation) *bool { return &inv.recursive })},
	}
}

// runStoreDelete is `nixbench store delete`.
func runStoreDelete(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	paths, err := inv.paths(ctx, eng, inv.args)
	if err != nil {
		return err
	}
	if inv.recursive {
		if paths, err = eng.Lookup().Requisites(ctx, paths...); err != nil {
			return err
		}
	}
	if inv.alsoReferrers {
		if paths, err = store.Requisites(ctx, eng.Reader().Referrers, paths...); err != nil {
			return err
		}
	}
	paths = store.SortUnique(paths)
	if !inv.skipAlive {
		return inv.deletePaths(ctx, eng, paths, inv.ignoreLiveness)
	}
	inv.say("finding garbage collector roots...")
	plan, err := eng.PlanCollect(ctx, gc.Options{Only: paths, IgnoreLiveness: inv.ignoreLiveness})
	if err == nil {
		err = inv.tellRoots(eng, plan.Roots)
	}
	if err != nil {
		return err
	}
	inv.say("deleting garbage within specified paths...")
	return inv.executeCollect(ctx, eng, plan, nil)
}

// runStoreRepair is `nixbench store repair`.
func runStoreRepair(ctx context.Context, inv *invocation) error {
	eng, paths, err := inv.openForClosures(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	for _, p := range paths {
		if err := eng.RepairPath(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// verifyFlags are those of nix store verify for some paths.
func verifyFlags() []flag {
	return []flag{
		{[]string{"--no-contents"}, nil, "do not read the files", on(func(inv *invocation) *bool { return &inv.noContents })},
		{[]string{"--no-trust"}, nil, "do not ask for signatures", on(func(inv *invocation) *bool { return &inv.noTrust })},
		{[]string{"--sigs-needed", "-n"}, []string{"N"}, "how many keys have to have signed a path", func(inv *invocation, args []string) error {
			n, err := unitInt(args[0])
			inv.sigsNeeded = int(n)
			return err
		}},
		{[]string{"--substituter", "-s"}, []string{"URI"}, "a store whose signatures of the same paths count, too", copySigsFlags[0].set},
		selectionFlags[0], selectionFlags[1],
	}
}

// installableFlags say what is meant by what is named.
var installableFlags = []flag{
	{[]string{"--derivation"}, nil, "the store derivation that makes it, not its outputs", on(func(inv *invocation) *bool { return &inv.wantsDerivation })},
	stdinFlag,
}

// stdinFlag takes more arguments from standard input.
var stdinFlag = flag{[]string{"--stdin"}, nil, "take arguments from standard input, too", on(func(inv *invocation) *bool { return &inv.fromStdin })}

// selectionFlags say which paths are meant besides those that are named.
var selectionFlags = []flag{
	{[]string{"--recursive", "-r"}, nil, "the whole closure", on(func(inv *invocation) *bool { return &inv.recursive })},
	{[]string{"--all"}, nil, "all paths of the store", on(func(inv *invocation) *bool { return &inv.all })},
}

// openForClosures opens the engine as open does, and returns what closuresAsked does.
func (inv *invocation) openForClosures(ctx context.Context) (*engine.Engine, []store.Path, error) {
	return openFor(ctx, inv, inv.closuresAsked)
}

// closuresAsked returns the paths that the arguments and the flags of selectionFlags
// mean, sorted. Without --recursive they need not be valid.
func (inv *invocation) closuresAsked(ctx context.Context, eng *engine.Engine) ([]store.Path, error) {
	paths, err := inv.pathsAsked(ctx, eng)
	if err == nil && inv.recursive {
		paths, err = eng.Lookup().Requisites(ctx, paths...)
	}
	return store.SortUnique(paths), err
}

// verifyPaths compares paths with their hashes and looks whether they can be
// trusted: built here, named after their contents, or signed. The exit status is 1
// for damaged ones, 2 for untrusted ones, 4 for those that could not be read, added.
func (inv *invocation) verifyPaths(ctx context.Context) error {
	eng, paths, err := inv.openForClosures(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	others, closeOthers, err := inv.openSigStores(ctx)
	if err != nil {
		return err
	}
	defer closeOthers()
	status := 0
	for _, p := range paths {
		status |= inv.verifyOne(ctx, eng, others, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if status != 0 {
		return &ExitError{Status: status}
	}
	return nil
}

func (inv *invocation) verifyOne(ctx context.Context, eng *engine.Engine, others []*engine.Engine, p store.Path) (status int) {
	if _, err := eng.StoreOf(ctx, p); err != nil {
		inv.tell(syntax.ErrorHead + " " + paint(err.Error()))
		return 4
	}
	inv.say("checking '%s'...", p)
	info, err := eng.Reader().PathInfo(ctx, p)
	if err != nil {
		inv.tell(syntax.ErrorHead + " " + paint(err.Error()))
		return 4
	}
	if !inv.noContents {
		got, _, err := eng.HashPath(ctx, p)
		switch {
		case err != nil:
			inv.tell(syntax.ErrorHead + " " + paint(err.Error()))
			return 4
		case got != info.NarHash:
			inv.tell(modified(p, &store.HashMismatch{Path: p, Want: info.NarHash, Got: got}))
			status |= 1
		}
	}
	if inv.noTrust || info.Ultimate && inv.sigsNeeded == 0 {
		return status
	}
	if info, err = withSignatures(ctx, info, others); err != nil {
		inv.tell(syntax.ErrorHead + " " + paint(err.Error()))
		return status | 4
	}
	if !eng.Trusted(info, max(1, inv.sigsNeeded)) {
		inv.tell(fmt.Sprintf("path '%s' is untrusted", p))
		status |= 2
	}
	return status
}

// withSignatures returns what is known of a path with the signatures that other stores
// have of it.
func withSignatures(ctx context.Context, info *store.PathInfo, others []*engine.Engine) (*store.PathInfo, error) {
	more := *info
	more.Sigs = slices.Clone(info.Sigs)
	for _, other := range others {
		theirs, err := other.Reader().PathInfo(ctx, info.Path)
		switch {
		case err == nil:
			more.AddSigs(theirs.Sigs...)
		case !errors.Is(err, store.ErrInvalidPath):
			return nil, err
		}
	}
	return &more, nil
}

// collectGarbageFlags are those of nix-collect-garbage.
func collectGarbageFlags() []flag {
	return []flag{
		{[]string{"--delete-old", "-d"}, nil, "delete all old generations of all profiles first", on(func(inv *invocation) *bool { return &inv.deleteOld })},
		{[]string{"--delete-older-than"}, []string{"PERIOD"}, "delete generations that are older than PERIOD, such as 30d", func(inv *invocation, args []string) error {
			inv.deleteOld, inv.olderThan = true, args[0]
			return nil
		}},
		dryRunFlag, maxFreedFlag("--max-freed"),
	}
}

// maxFreedFlag limits a collection.
func maxFreedFlag(name string) flag {
	return flag{[]string{name}, []string{"SIZE"}, "stop when SIZE has been freed, such as 5G", func(inv *invocation, args []string) error {
		n, err := unitInt(args[0])
		if err == nil && n < 0 && name == "--max" {
			err = settings.Complain("'%s' is not an integer", args[0])
		}
		if err != nil {
			return err
		}
		inv.maxFreed, inv.maxFreedGiven = max(n, 0), true
		return nil
	}}
}

// runCollectGarbage is `nixbench nix-collect-garbage`.
func runCollectGarbage(ctx context.Context, inv *invocation) error {
	if inv.maxFreedGiven && inv.dryRun {
		return inv.cmd.usage("options --max-freed and --dry-run cannot be combined")
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if inv.deleteOld {
		for _, dir := range eng.OldGenerationDirs() {
			if err := inv.removeOldGenerations(ctx, eng, dir); err != nil {
				return err
			}
		}
	}
	return inv.collect(ctx, eng, inv.collection())
}

// collection returns the collection that the flags ask for.
func (inv *invocation) collection() *collect {
	return &collect{opts: gc.Options{MaxFreed: inv.maxFreed}, dryRun: inv.dryRun, nothing: inv.maxFreedGiven && inv.maxFreed == 0}
}

// removeOldGenerations deletes old generations of the profiles in a directory and
// below it.
func (inv *invocation) removeOldGenerations(ctx context.Context, eng *engine.Engine, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return nil
	} else if err != nil {
		return err
	}
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		if entry.IsDir() {
			if err := inv.removeOldGenerations(ctx, eng, name); err != nil {
				return err
			}
			continue
		}
		if !isProfileLink(name) {
			continue
		}
		inv.say("removing old generations of profile %s", name)
		rule, err := inv.oldRule(inv.olderThan)
		if err == nil {
			err = inv.deleteGenerations(ctx, eng, name, rule)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isProfileLink reports whether a file is the link of a profile.
// Behaviour: nix-collect-garbage.cc.
func isProfileLink(name string) bool {
	target, err := os.Readlink(name)
	return err == nil && strings.Contains(target, "link")
}
