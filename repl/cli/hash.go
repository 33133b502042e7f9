package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/githash"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// This file is nix-hash and nix hash.

// A hashing says what is hashed or converted, and how the hash is printed.
type hashing struct {
	method      store.IngestionMethod
	methodGiven bool
	algo        nixhash.Algo // 0: not given
	format      hashFormat   // 0: not given
	from        hashFormat   // 0: any
	truncate    bool
	convert     bool
}

// A hashFormat is a base that hashes are written in.
type hashFormat uint8

const (
	base16 hashFormat = iota + 1
	nix32
	base64
	sri
)

// String returns the name that Nix gives the format.
func (f hashFormat) String() string { return [...]string{"", "base16", "nix32", "base64", "sri"}[f] }

// print returns a hash in the format.
func (f hashFormat) print(h nixhash.Hash) string {
	switch f {
	case nix32:
		return h.Nix32()
	case base64:
		return h.Base64()
	case sri:
		return h.SRI()
	}
	return h.Hex()
}

// parseHashFormat reads the name of a format. Base32 is the older name of nix32.
func (inv *invocation) parseHashFormat(s string) (hashFormat, error) {
	for f := base16; f <= sri; f++ {
		if f.String() == s {
			return f, nil
		}
	}
	if s == "base32" {
		inv.warn(`"base32" is a deprecated alias for hash format "nix32".`)
		return nix32, nil
	}
	return 0, settings.Complain("unknown hash format '%s', expect 'base16', 'base32', 'base64', or 'sri'", s)
}

// hashFormatFlag is a flag that stands for a format; if convert is set, hashes are
// converted to it.
func hashFormatFlag(name, help string, f hashFormat, convert bool) flag {
	return flag{[]string{name}, nil, help, func(inv *invocation, _ []string) error {
		inv.hashing.format = f
		inv.hashing.convert = inv.hashing.convert || convert
		return nil
	}}
}

// hashAlgoFlag takes the name of an algorithm.
func hashAlgoFlag(names ...string) flag {
	return flag{names, []string{"ALGO"}, "md5, sha1, sha256, sha512 or blake3", func(inv *invocation, args []string) (err error) {
		inv.hashing.algo, err = nixhash.ParseAlgo(args[0])
		if err != nil {
			return settings.Complain("unknown hash algorithm '%s', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'", args[0])
		}
		return nil
	}}
}

// hashMethodFlag takes the name of an ingestion method.
func hashMethodFlag(help string, methods ...store.IngestionMethod) flag {
	return flag{[]string{"--mode"}, []string{"METHOD"}, help, func(inv *invocation, args []string) error {
		for _, m := range methods {
			if m.String() == args[0] {
				inv.hashing.method, inv.hashing.methodGiven = m, true
				return nil
			}
		}
		return settings.Complain("Unknown file ingestion method '%s', expect `flat`, `nar`, or `git`", args[0])
	}}
}

// nixHashFlags are those of nix-hash.
func nixHashFlags() []flag {
	return []flag{
		{[]string{"--flat"}, nil, "hash the contents of files, not their archives", func(inv *invocation, _ []string) error {
			inv.hashing.method, inv.hashing.methodGiven = store.Flat, true
			return nil
		}},
		hashFormatFlag("--base16", "print in base 16 (the default)", base16, false),
		hashFormatFlag("--base32", "print in Nix's base 32", nix32, false),
		hashFormatFlag("--base64", "print in base 64", base64, false),
		hashFormatFlag("--sri", "print in the form of subresource integrity", sri, false),
		{[]string{"--truncate"}, nil, "print 20 bytes at most", on(func(inv *invocation) *bool { return &inv.hashing.truncate })},
		hashAlgoFlag("--type"),
		hashFormatFlag("--to-base16", "the arguments are hashes: print them in base 16", base16, true),
		hashFormatFlag("--to-base32", "the arguments are hashes: print them in Nix's base 32", nix32, true),
		hashFormatFlag("--to-base64", "the arguments are hashes: print them in base 64", base64, true),
		hashFormatFlag("--to-sri", "the arguments are hashes: print them in the form of subresource integrity", sri, true),
	}
}

// hashPathFlags are those of nix hash path, and hashFileFlags of nix hash file.
func hashFileFlags() []flag {
	return []flag{
		hashFormatFlag("--base16", "print in base 16", base16, false),
		hashFormatFlag("--base32", "print in Nix's base 32", nix32, false),
		hashFormatFlag("--base64", "print in base 64", base64, false),
		hashFormatFlag("--sri", "print in the form of subresource integrity (the default)", sri, false),
		hashAlgoFlag("--type"),
	}
}

func hashPathFlags() []flag {
	return append(hashFileFlags(), hashAlgoFlag("--algo"), hashMethodFlag("what is hashed: flat, nar, or git", store.Flat, store.NAR, store.Git),
		flag{[]string{"--format"}, []string{"FORMAT"}, "base16, nix32, base64 or sri", func(inv *invocation, args []string) (err error) {
			inv.hashing.format, err = inv.parseHashFormat(args[0])
			return err
		}})
}

// hashConvertFlags are those of nix hash convert.
func hashConvertFlags() []flag {
	return []flag{
		{[]string{"--from"}, []string{"FORMAT"}, "the format that the hashes have to have", func(inv *invocation, args []string) (err error) {
			inv.hashing.from, err = inv.parseHashFormat(args[0])
			return err
		}},
		{[]string{"--to"}, []string{"FORMAT"}, "base16, nix32, base64 or sri (the default)", func(inv *invocation, args []string) (err error) {
			inv.hashing.format, err = inv.parseHashFormat(args[0])
			return err
		}},
		hashAlgoFlag("--hash-algo"),
	}
}

// runNixHash is `nixbench nix-hash`.
func runNixHash(ctx context.Context, inv *invocation) error {
	h := &inv.hashing
	if h.format == 0 {
		h.format = base16
	}
	if h.convert {
		return inv.convertHashes()
	}
	if h.algo == 0 {
		h.algo = nixhash.MD5
	}
	if !h.methodGiven {
		h.method = store.NAR
	}
	return inv.hashFiles(ctx)
}

// runHashFile is `nixbench hash file`, and runHashPath `nixbench hash path`.
func runHashFile(ctx context.Context, inv *invocation) error {
	inv.hashing.method, inv.hashing.methodGiven = store.Flat, true
	return runHashPath(ctx, inv)
}

func runHashPath(ctx context.Context, inv *invocation) error {
	h := &inv.hashing
	if h.format == 0 {
		h.format = sri
	}
	if h.algo == 0 {
		h.algo = nixhash.SHA256
	}
	if !h.methodGiven {
		h.method = store.NAR
	}
	if h.method == store.Git {
		if err := inv.needFeature("git-hashing"); err != nil {
			return err
		}
	}
	return inv.hashFiles(ctx)
}

// needFeature returns an error if an experimental feature is not enabled.
func (inv *invocation) needFeature(name string) error {
	set, err := inv.settings()
	if err == nil && !set.HasFeature(name) {
		err = fmt.Errorf("experimental Nix feature '%s' is disabled; add '--extra-experimental-features %s' to enable it", name, name)
	}
	return err
}

// checkAlgo returns an error if an algorithm needs a feature that is not enabled.
func (inv *invocation) checkAlgo(algo nixhash.Algo) error {
	if algo == nixhash.BLAKE3 {
		return inv.needFeature("blake3-hashes")
	}
	return nil
}

// hashFiles prints the hashes of files.
func (inv *invocation) hashFiles(ctx context.Context) error {
	if err := inv.checkAlgo(inv.hashing.algo); err != nil {
		return err
	}
	for _, file := range inv.args {
		sum, err := inv.hashFile(ctx, file)
		if err != nil {
			return err
		}
		if err := inv.println(inv.hashing.print(sum)); err != nil {
			return err
		}
	}
	return nil
}

// print returns a hash as it is wanted.
func (h *hashing) print(sum nixhash.Hash) string {
	if h.truncate && sum.Algo().Size() > 20 {
		short := nixhash.Compress(sum.Bytes(), 20)
		if sha1, err := nixhash.FromBytes(nixhash.SHA1, short); err == nil {
			out := h.format.print(sha1)
			if h.format == sri {
				out = sum.Algo().String() + "-" + sha1.Base64()
			}
			return out
		}
	}
	return h.format.print(sum)
}

// hashFile returns the hash of a file.
func (inv *invocation) hashFile(ctx context.Context, file string) (nixhash.Hash, error) {
	h := inv.hashing
	switch h.method {
	case store.Git:
		sum, err := githash.Sum(ctx, inv.abs(file), h.algo, nil)
		return sum, inv.fileError(err, file)
	case store.NAR:
		w := nixhash.New(h.algo)
		err := nar.Dump(store.StopWriter(ctx, w), inv.abs(file), nil)
		return w.Sum(), inv.fileError(err, file)
	}
	// It may be a pipe.
	w := nixhash.New(h.algo)
	f, err := os.Open(inv.abs(file))
	if errors.Is(err, os.ErrNotExist) {
		return w.Sum(), fmt.Errorf("opening file %s: No such file or directory", store.QuoteFile(file))
	}
	if err == nil {
		defer f.Close()
		_, err = io.Copy(store.StopWriter(ctx, w), f)
	}
	if errors.Is(err, syscall.EISDIR) {
		err = errors.New("read of 65536 bytes: Is a directory")
	}
	return w.Sum(), err
}

// runHashConvert is `nixbench hash convert`.
func runHashConvert(_ context.Context, inv *invocation) error {
	if inv.hashing.format == 0 {
		inv.hashing.format = sri
	}
	return inv.convertHashes()
}

// runHashTo returns what is `nixbench hash to-base16` and the like.
func runHashTo(f hashFormat) runFunc {
	return func(_ context.Context, inv *invocation) error {
		inv.warn("The old format conversion subcommands of `nix hash` were deprecated in favor of `nix hash convert`.")
		inv.hashing.format = f
		return inv.convertHashes()
	}
}

// convertHashes prints the arguments, which are hashes.
func (inv *invocation) convertHashes() error {
	for _, arg := range inv.args {
		sum, err := parseHash(arg, inv.hashing.algo)
		if err == nil {
			err = inv.checkAlgo(sum.Algo())
		}
		if err != nil {
			return err
		}
		if from := inv.hashing.from; from != 0 && from != formatOf(arg, sum) {
			return fmt.Errorf("input hash '%s' has format '%s', but '--from %s' was specified", arg, formatOf(arg, sum), from)
		}
		if err := inv.println(inv.hashing.format.print(sum)); err != nil {
			return err
		}
	}
	return nil
}

// formatOf returns the format that text, which is read as sum, is in.
func formatOf(text string, sum nixhash.Hash) hashFormat {
	_, digits, found := strings.Cut(text, ":")
	if !found {
		if strings.Contains(text, "-") {
			return sri
		}
		digits = text
	}
	n := sum.Algo().Size()
	if i := slices.Index([]int{2 * n, (n*8-1)/5 + 1}, len(digits)); i >= 0 {
		return base16 + hashFormat(i)
	}
	return base64
}
