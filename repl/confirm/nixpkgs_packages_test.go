//go:build nixpkgs

package confirm

// This file says which packages are compared: whole lists of names in sets for
// many systems, and a sample of each large set, which is every k-th of its names
// so that it is the same each time.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Arguments of the tree's function.
var platforms = map[string]string{
	"linux":     `{ system = "x86_64-linux"; ` + allow + ` }`,
	"arm":       `{ system = "aarch64-linux"; ` + allow + ` }`,
	"darwin":    `{ system = "aarch64-darwin"; ` + allow + ` }`,
	"intel":     `{ system = "x86_64-darwin"; ` + allow + ` }`,
	"power":     `{ system = "powerpc64le-linux"; ` + allow + ` }`,
	"freebsd":   `{ system = "x86_64-freebsd"; ` + allow + ` }`,
	"strict":    `{ system = "x86_64-linux"; config = { }; }`,
	"plain":     `{ system = "x86_64-linux"; config = { allowAliases = false; checkMeta = true; }; }`,
	"musl":      `{ localSystem = { config = "x86_64-unknown-linux-musl"; }; ` + allow + ` }`,
	"tuned":     `{ localSystem = { system = "x86_64-linux"; gcc.arch = "skylake"; gcc.tune = "skylake"; }; ` + allow + ` }`,
	"addressed": `{ system = "x86_64-linux"; config = { contentAddressedByDefault = true; allowUnfree = true; }; }`,
	"cuda":      `{ system = "x86_64-linux"; config = { cudaSupport = true; allowUnfree = true; cudaCapabilities = [ "8.6" ]; }; }`,
	"changed":   `{ system = "x86_64-linux"; config = { allowUnfree = true; enableParallelBuildingByDefault = true; strictDepsByDefault = true; }; overlays = [ (f: p: { openssl = p.openssl.overrideAttrs (o: { doCheck = false; }); }) ]; }`,
	"crossed":   `{ localSystem = "x86_64-linux"; crossSystem = { config = "riscv64-unknown-linux-gnu"; gcc.arch = "rv64gc"; useLLVM = false; }; ` + allow + ` }`,
	"crossmac":  `{ localSystem = "aarch64-darwin"; crossSystem = "x86_64-linux"; ` + allow + ` }`,
}

const allow = `config = { allowUnfree = true; allowBroken = true; allowInsecurePredicate = _: true; };`

// A sample is some packages of one set.
type sample struct {
	on    string   // a key of platforms
	set   string   // the attribute path of the set; empty for the tree itself
	count int      // how many names to take of it, about
	names []string // which instead
	depth int      // how deep to go into sets of packages in it
	batch int      // how many to evaluate at once, if few, as for what takes much memory
}

func (s sample) String() string {
	return strings.TrimSuffix(s.on+"."+s.set, ".")
}

// named are packages that many others need, and those that are deepest.
var named = []string{"hello", "firefox", "linux", "gcc", "stdenv", "bash", "python3", "rustc", "go", "ghc", "llvm", "systemd", "chromium", "libreoffice", "nixVersions", "texliveFull", "vim", "emacs", "jdk", "nodejs", "cargo", "git", "perl", "ruby", "php", "qemu", "docker", "postgresql", "glibc", "busybox"}

// crossed are packages that most platforms can have.
var crossed = []string{"hello", "zlib", "stdenv", "bash", "openssl", "gcc", "binutils", "xz", "sqlite", "curl", "python3", "busybox", "linux", "lua", "boost", "git", "rustc", "go", "systemd", "cmake", "windows", "newlib"}

// tests are tests of NixOS. Each makes systems, up to a dozen, so it is evaluated
// alone.
var tests = []string{"simple-vm", "simple-container", "ssh-audit", "firewall", "systemd-networkd", "xfce", "hibernate", "installer\tsimple", "containers-ip", "boot\tuefiCdrom"}

var samples = slices.Concat([]sample{
	{on: "linux", names: named},
	{on: "arm", names: named},
	{on: "darwin", names: named},
	{on: "intel", names: named},
	{on: "power", names: named},
	{on: "freebsd", names: crossed},
	{on: "musl", names: crossed},
	{on: "tuned", names: crossed},
	{on: "addressed", names: named},
	{on: "cuda", names: []string{"opencv", "blender", "ffmpeg", "magma", "ollama", "python3", "hello", "ucx"}},
	{on: "changed", names: named},
	{on: "crossed", names: crossed},
	{on: "crossmac", names: crossed},
	{on: "linux", count: 620},
	{on: "strict", count: 120},
	{on: "plain", count: 300},
	{on: "arm", count: 60},
	{on: "darwin", count: 120},
	{on: "intel", count: 60},
	{on: "linux", set: "python3Packages", names: []string{"numpy", "scipy", "torch", "django", "pandas", "requests"}},
	{on: "cuda", set: "python3Packages", names: []string{"numpy", "torch", "jax", "tensorflow", "cupy"}},
	{on: "darwin", set: "python3Packages", count: 60},
	{on: "linux", set: "tests", count: 100, depth: 2},
	{on: "linux", set: "nixosTests", names: tests, batch: 1},
	{on: "linux", set: "haskellPackages", count: 70, batch: 20},
	{on: "linux", set: "haskell.compiler", count: 20, batch: 20},
	{on: "linux", set: "haskell.packages.ghc910", count: 20, batch: 20},
	{on: "linux", set: "haskell.packages.native-bignum.ghc910", count: 8, batch: 20},
	{on: "linux", set: "rPackages", count: 80, batch: 20},
}, sets(), variants(), crosses())

// sets are the sets of packages of a language or a program.
func sets() (all []sample) {
	for _, set := range strings.Fields(packageSets) {
		name, count, _ := strings.Cut(set, ":")
		n, err := strconv.Atoi(count)
		if err != nil {
			panic(set)
		}
		all = append(all, sample{on: "linux", set: name, count: n})
	}
	return all
}

// packageSets are attribute paths and how many names to take of each.
const packageSets = `
	python3Packages:250 perlPackages:70 ocamlPackages:60 linuxPackages:50 kdePackages:50
	gnomeExtensions:40 emacsPackages:80 vimPlugins:60 luaPackages:30 rubyPackages:30 phpExtensions:20 beamPackages:20
	coqPackages:30 llvmPackages:20 cudaPackages:30 rocmPackages:20 agdaPackages:10 octavePackages:10 sbclPackages:30
	vscode-extensions.ms-python:10 akkuPackages:15 androidStudioPackages:7 aspellDicts:10 azure-cli-extensions:15
	chickenPackages:12 dhallPackages:15 dotnetCorePackages:30 dwarf-fortress-packages:10 elmPackages:20
	emscriptenPackages:7 fishPlugins:15 gnatPackages:20 gnuradioPackages:12 godotPackages:7 graalvmPackages:18
	grafanaPlugins:10 gst_all_1:23 haxePackages:12 home-assistant-custom-lovelace-modules:10 home-assistant.python3Packages:10
	hunspellDicts:10 idrisPackages:15 javaPackages:7 kakounePlugins:10 kodiPackages:20 leanPackages:19 lixPackageSets.latest:10
	luajitPackages:15 lua51Packages:15 mopidyPackages:15 nerd-fonts:20 netboxPlugins:10 obs-studio-plugins:20
	postgresqlPackages:30 pulumiPackages:15 python313Packages:30 pypy3Packages:15 qt6Packages:30
	rocqPackages:20 rustPackages:14 skawarePackages:15 swiftPackages:17 tclPackages:20 texlivePackages:30 tmuxPlugins:15
	typstPackages:15 unixtools:35 winePackages:10 wordpressPackages.plugins:10 zigPackages:7 yaziPlugins:10 gimpPlugins:10
	openraPackages.engines:5 linuxKernel.kernels:15 linuxKernel.packages.linux_hardened:10
	beam.interpreters:20 ocaml-ng.ocamlPackages_4_14:15
	perl5Packages:15 php82Extensions:10 xorg:8 dockerTools.examples:50 writers:10 pkgsBuildBuild:15 pkgsBuildTarget:15
`

// variants are the trees that the tree has inside itself.
func variants() (all []sample) {
	for _, name := range []string{
		"pkgsStatic", "pkgsMusl", "pkgsi686Linux", "pkgsLLVM", "pkgsZig", "pkgsArocc", "pkgsChecked", "pkgsExtraHardening",
		"pkgsParallel", "pkgsStrict", "pkgsStructured", "pkgsCuda", "pkgsRocm", "pkgsLinux",
	} {
		all = append(all, sample{on: "linux", set: name, names: crossed})
	}
	return all
}

// crosses are the sets of packages for other platforms.
func crosses() (all []sample) {
	for _, name := range []string{
		"aarch64-multiplatform", "musl64", "mingwW64", "ucrt64", "riscv64", "wasi32", "armv7l-hf-multiplatform", "s390x",
		"loongarch64-linux", "arm-embedded", "avr", "x86_64-freebsd", "aarch64-android-prebuilt", "aarch64-darwin", "ghcjs", "mmix",
		"aarch64-multiplatform-musl", "muslpi", "raspberryPi", "mips64el-linux-gnuabi64", "ppc64", "m68k", "x86_64-openbsd", "x86_64-netbsd",
		"x86_64-cygwin", "aarch64-windows", "iphone64", "msp430", "or1k", "riscv32-embedded", "x86_64-unknown-uefi", "wasm32-unknown-none",
	} {
		all = append(all, sample{on: "linux", set: "pkgsCross." + name, names: crossed})
	}
	for _, name := range strings.Fields(lesser) {
		all = append(all, sample{on: "linux", set: "pkgsCross." + name, names: small})
	}
	return append(all,
		sample{on: "arm", set: "pkgsCross.gnu64", names: crossed},
		sample{on: "arm", set: "pkgsCross.armv7l-hf-multiplatform", names: small},
		sample{on: "darwin", set: "pkgsCross.aarch64-multiplatform", names: small},
		sample{on: "darwin", set: "pkgsCross.x86_64-darwin", names: small},
		sample{on: "darwin", set: "pkgsCross.iphone64", names: small},
		sample{on: "darwin", set: "pkgsCross.mingwW64", names: small},
	)
}

// lesser are the other platforms, of which fewer packages are compared.
const lesser = `
	aarch64-android aarch64-embedded aarch64-freebsd aarch64-unknown-uefi aarch64be-embedded arc arm-embedded-nano
	armhf-embedded armv5tel-multiplatform armv7a-android-prebuilt ben-nanonote bluefield2 fuloongminipc gnu32 gnu64
	i686-embedded iphone64-simulator loongarch64-linux-embedded microblaze-embedded mingw-msvcrt-i686
	mingw-msvcrt-x86_64 mingw-ucrt-aarch64 mingw-ucrt-x86_64 mingw-ucrt-x86_64-llvm mingw32 mips-embedded
	mips-linux-gnu mips64-embedded mips64-linux-gnuabi64 mips64-linux-gnuabin32 mips64el-linux-gnuabin32
	mipsel-linux-gnu musl-power musl32 powernv ppc-embedded ppc32 ppc64-elfv1 ppc64-elfv2 ppc64-musl ppcle-embedded
	remarkable1 remarkable2 riscv32 riscv64-embedded riscv64-musl rx-embedded s390 sh4 ucrtAarch64 vc4 x86_64-darwin
	x86_64-embedded x86_64-netbsd-llvm x86_64-windows
	arm-embedded avr msp430 or1k riscv32-embedded x86_64-unknown-uefi wasm32-unknown-none mmix
`

// small are packages that platforms without an operating system have, too: those
// that compile for them.
var small = []string{"stdenv", "hello", "gmp", "libc", "newlib", "buildPackages\tbinutils", "buildPackages\tgcc", "buildPackages\tclang", "zlib"}

// groups puts samples of one platform together, a few in each group, so that
// what their packages need is evaluated once.
func groups(samples []sample) (all [][]sample) {
	const most = 6
	for _, s := range samples {
		if n := len(all) - 1; n >= 0 && len(all[n]) < most && all[n][0].on == s.on && all[n][0].depth == s.depth && all[n][0].batch == s.batch {
			all[n] = append(all[n], s)
		} else {
			all = append(all, []sample{s})
		}
	}
	return all
}

// TestNixpkgsPackages compares derivations: names, systems, paths and hashes.
// What throws is asked for again, up to four of each group, to compare the
// messages.
func TestNixpkgsPackages(t *testing.T) {
	b := newBench(t)
	var all counts
	var ran int
	groups := groups(samples)
	const most = 100 // small, as one error that tryEval does not catch fails the whole batch
	for _, g := range groups {
		t.Run(fmt.Sprintf("%v_%d", g[0], len(g)), func(t *testing.T) {
			ran++
			var c counts
			flags := []string{"--arg", "args", platforms[g[0].on]}
			names := b.names(t, &c, g, flags)
			batch := cmp.Or(g[0].batch, most)
			for i := 0; i < len(names); i += batch {
				thrown := b.each(t, &c, "packages.nix", names[i:min(i+batch, len(names))], append(flags, "--arg", "depth", strconv.Itoa(g[0].depth))...)
				for j, name := range thrown {
					if j >= 4 {
						c.caught++
						continue
					}
					ours, theirs := b.ask(t, "package.nix", append(flags, "--argstr", "name", name)...)
					b.single(t, &c, name, ours, theirs)
				}
			}
			fmt.Printf("nixpkgs: %v: %v\n", g, c)
			all.add(c)
			if len(c.derivations) == 0 {
				t.Error("no derivation was compared")
			}
		})
	}
	fmt.Printf("nixpkgs: packages: %v\n", all)
	switch {
	case ran == 0:
		t.Fatal("no sample was run")
	case ran < len(groups):
		fmt.Printf("nixpkgs: packages: only %d of %d groups, as chosen\n", ran, len(groups))
	case len(all.derivations) < 2000:
		t.Errorf("%d derivations were compared, want at least 2000", len(all.derivations))
	}
}

// names returns the paths of the packages in some samples, having compared the
// names in their whole sets. A set that neither can evaluate is compared by its
// message and has none.
func (b *bench) names(t *testing.T, c *counts, samples []sample, flags []string) (paths []string) {
	t.Helper()
	var sets []string
	for _, s := range samples {
		sets = append(sets, strings.ReplaceAll(s.set, ".", "\t"))
	}
	ours, theirs := b.ask(t, "names.nix", append([]string{"--json", "--arg", "sets", nixList(sets)}, flags...)...)
	switch {
	case theirs.Failed && len(samples) > 1:
		for i := range samples {
			paths = append(paths, b.names(t, c, samples[i:i+1], flags)...)
		}
		return paths
	case theirs.Failed:
		b.single(t, c, samples[0].String(), ours, theirs)
		return nil
	case ours.diff(theirs) != "":
		t.Fatalf("names of %v: got %.300v, want %.300v", samples, ours, theirs)
	}
	var names [][]string
	if err := json.Unmarshal([]byte(theirs.Out), &names); err != nil || len(names) != len(sets) {
		t.Fatalf("names of %v: %.300q (%v)", samples, theirs.Out, err)
	}
	for i, s := range samples {
		for _, name := range s.of(names[i]) {
			paths = append(paths, strings.TrimPrefix(sets[i]+"\t"+name, "\t"))
		}
	}
	return paths
}

// of returns the names of the sample in its set, whose names are given.
func (s sample) of(set []string) (some []string) {
	if s.names != nil {
		return s.names
	}
	for i := 0; i < len(set); i += max(1, len(set)/s.count) {
		some = append(some, set[i])
	}
	return some
}
