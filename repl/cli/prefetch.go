package cli

import (
	"context"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/store/nixhash"
)

// This file is nix store prefetch-file and nix-prefetch-url, for files of this machine.

// A prefetch is what these commands make of what is fetched.
type prefetch struct {
	expected                      string
	unpack, executable, printPath bool
}

// prefetchFlags are those that both commands have.
func prefetchFlags() []flag {
	return []flag{
		{[]string{"--name"}, []string{"NAME"}, "what the store path is called, default the name of the file", func(inv *invocation, args []string) error {
			inv.name, inv.hasName = args[0], true
			return nil
		}},
		{[]string{"--unpack"}, nil, "add what is in the archive", on(func(inv *invocation) *bool { return &inv.prefetch.unpack })},
		{[]string{"--executable"}, nil, "make the file executable", on(func(inv *invocation) *bool { return &inv.prefetch.executable })},
	}
}

// prefetchFileFlags are those of nix store prefetch-file alone.
func prefetchFileFlags() []flag {
	return []flag{
		{[]string{"--expected-hash"}, []string{"HASH"}, "the hash that must come out", text1(func(inv *invocation) *string { return &inv.prefetch.expected })},
		hashAlgoFlag("--hash-type"), jsonFlag,
	}
}

// nixPrefetchFlags are those of nix-prefetch-url alone.
func nixPrefetchFlags() []flag {
	return []flag{
		hashAlgoFlag("--type"),
		{[]string{"--print-path"}, nil, "print the store path, too", on(func(inv *invocation) *bool { return &inv.prefetch.printPath })},
	}
}

// prefetchURL fetches what is at a URL.
func (inv *invocation) prefetchURL(ctx context.Context, eng *engine.Engine, address string) (path string, sum nixhash.Hash, err error) {
	if err := inv.checkAlgo(inv.hashing.algo); err != nil {
		return "", nixhash.Hash{}, err
	}
	opts := engine.PrefetchOptions{Name: inv.name, Algo: inv.hashing.algo, Unpack: inv.prefetch.unpack, Executable: inv.prefetch.executable}
	if inv.prefetch.expected != "" {
		if opts.Expected, err = nixhash.Parse(inv.prefetch.expected, inv.hashing.algo); err != nil {
			return "", nixhash.Hash{}, err
		}
	}
	p, sum, err := eng.Prefetch(ctx, address, opts)
	return string(p), sum, err
}

// runStorePrefetch is `nixbench store prefetch-file`.
func runStorePrefetch(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	path, sum, err := inv.prefetchURL(ctx, eng, inv.args[0])
	if err != nil {
		return err
	}
	if inv.json {
		return inv.printValue(map[string]string{"storePath": path, "hash": sum.SRI()})
	}
	inv.say("Downloaded '%s' to '%s' (hash '%s').", inv.args[0], path, sum.SRI())
	return nil
}

// prefetchSource returns the URL that a call of fetchurl in a file has, which the attribute
// path of -A names, and sets whether what is there is unpacked.
func (inv *invocation) prefetchSource(ctx context.Context, eng *engine.Engine, file string) (address string, err error) {
	e, err := inv.evaluate(ctx, eng, false)
	if err != nil {
		return "", err
	}
	root, err := e.fromFile(ctx, file)
	if err != nil {
		return "", err
	}
	hasMode := false
	err = e.ev.Do(ctx, func(s *eval.State) {
		v, _ := s.SelectPath(root, inv.attrs[len(inv.attrs)-1], e.args)
		attrs := s.ForceAttrs(v, "while evaluating the source attribute to prefetch")
		list, found := attrs.GetName("urls")
		if !found {
			s.Fail(eval.ErrorOther, "attribute 'urls' missing")
		}
		urls := s.ForceElems(list, "while evaluating the urls to prefetch")
		if len(urls) == 0 {
			s.Fail(eval.ErrorOther, "'urls' list is empty")
		}
		address, _ = s.ForceString(urls[0], "while evaluating the first url from the urls list")
		mode, found := attrs.GetName("outputHashMode")
		if hasMode = found; found {
			text, _ := s.ForceString(mode, "while evaluating the outputHashMode of the source to prefetch")
			inv.prefetch.unpack = text == "recursive"
		}
	})
	if err == nil && !hasMode {
		inv.say("warning: this does not look like a fetchurl call")
	}
	return address, e.traced(err)
}

// runNixPrefetch is `nixbench nix-prefetch-url`.
func runNixPrefetch(ctx context.Context, inv *invocation) error {
	inv.printLogs, inv.bareLogs = false, false // as in Nix, whatever the flags say
	switch n := len(inv.args); {
	case n > 2:
		return inv.cmd.usage("too many arguments")
	case n == 0 && len(inv.attrs) == 0:
		return inv.cmd.usage("you must specify a URL")
	case n == 2:
		inv.prefetch.expected = inv.args[1]
	}
	if inv.hashing.algo == 0 {
		inv.hashing.algo = nixhash.SHA256
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	address := "."
	if len(inv.args) > 0 {
		address = inv.args[0]
	}
	if len(inv.attrs) > 0 {
		if address, err = inv.prefetchSource(ctx, eng, address); err != nil {
			return err
		}
	}
	path, sum, err := inv.prefetchURL(ctx, eng, address)
	if err != nil {
		return err
	}
	printPath := inv.prefetch.printPath || inv.env.Getenv("PRINT_PATH") == "1"
	if !printPath {
		inv.say("path is '%s'", path)
	}
	text := sum.Nix32()
	if sum.Algo() == nixhash.MD5 {
		text = sum.Hex()
	}
	if err := inv.println(text); err != nil || !printPath {
		return err
	}
	return inv.println(path)
}
