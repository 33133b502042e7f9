//go:build nixpkgs

package main

// This file says which packages are compared: whole lists of names in sets for
// many systems, and a sample of each large set, which is every k-th of its names
// so that it is the same each time.

import (
	"encoding/json"
	"fmt"
	"testing"
)

const (
	linux  = `{ system = "x86_64-linux"; ` + allow + ` }`
	arm    = `{ system = "aarch64-linux"; ` + allow + ` }`
	darwin = `{ system = "aarch64-darwin"; ` + allow + ` }`
	intel  = `{ system = "x86_64-darwin"; ` + allow + ` }`
	strict = `{ system = "x86_64-linux"; config = { }; }`
	allow  = `config = { allowUnfree = true; allowBroken = true; allowInsecurePredicate = _: true; };`
)

// A sample is some packages of one set.
type sample struct {
	args  string   // of the tree's function
	set   []string // the attribute path of the set; empty for the tree itself
	count int      // how many names to take of it, about
	names []string // which instead
}

// named are packages that many others need, and those that are deepest.
var named = []string{"hello", "firefox", "linux", "gcc", "stdenv", "bash", "python3", "rustc", "go", "ghc", "llvm", "systemd", "chromium", "libreoffice", "nixVersions", "texliveFull", "vim", "emacs", "jdk", "nodejs", "cargo", "git", "perl", "ruby", "php", "qemu", "docker", "postgresql", "glibc", "busybox"}

// crossed are packages that most platforms can have.
var crossed = []string{"hello", "zlib", "stdenv", "bash", "openssl", "gcc", "binutils", "xz", "sqlite", "curl", "python3", "busybox", "linux", "lua", "boost", "git", "rustc", "go", "systemd", "cmake", "windows", "newlib"}

var samples = append([]sample{
	{args: linux, names: named},
	{args: arm, names: named},
	{args: darwin, names: named},
	{args: intel, names: named},
	{args: linux, count: 620},
	{args: strict, count: 120},
	{args: arm, count: 60},
	{args: darwin, count: 120},
	{args: intel, count: 60},
	{args: linux, set: []string{"python3Packages"}, names: []string{"numpy", "scipy", "torch", "django", "pandas", "requests"}},
	{args: darwin, set: []string{"python3Packages"}, count: 60},
	{args: linux, set: []string{"python3Packages"}, count: 250},
	{args: linux, set: []string{"perlPackages"}, count: 70},
	{args: linux, set: []string{"haskellPackages"}, count: 70},
	{args: linux, set: []string{"ocamlPackages"}, count: 60},
	{args: linux, set: []string{"rPackages"}, count: 80},
	{args: linux, set: []string{"linuxPackages"}, count: 50},
	{args: linux, set: []string{"kdePackages"}, count: 50},
	{args: linux, set: []string{"gnomeExtensions"}, count: 40},
	{args: linux, set: []string{"emacsPackages"}, count: 80},
	{args: linux, set: []string{"vimPlugins"}, count: 60},
	{args: linux, set: []string{"nodePackages"}, count: 30},
	{args: linux, set: []string{"luaPackages"}, count: 30},
	{args: linux, set: []string{"rubyPackages"}, count: 30},
	{args: linux, set: []string{"phpExtensions"}, count: 20},
	{args: linux, set: []string{"beamPackages"}, count: 20},
	{args: linux, set: []string{"coqPackages"}, count: 30},
	{args: linux, set: []string{"llvmPackages"}, count: 20},
	{args: linux, set: []string{"cudaPackages"}, count: 30},
	{args: linux, set: []string{"rocmPackages"}, count: 20},
	{args: linux, set: []string{"agdaPackages"}, count: 10},
	{args: linux, set: []string{"octavePackages"}, count: 10},
	{args: linux, set: []string{"sbclPackages"}, count: 30},
	{args: linux, set: []string{"vscode-extensions", "ms-python"}, count: 10},
}, crosses()...)

// crosses are the sets of packages for other platforms.
func crosses() (all []sample) {
	for _, name := range []string{
		"aarch64-multiplatform", "musl64", "mingwW64", "ucrt64", "riscv64", "wasi32", "armv7l-hf-multiplatform", "s390x",
		"loongarch64-linux", "arm-embedded", "avr", "x86_64-freebsd", "aarch64-android-prebuilt", "aarch64-darwin", "ghcjs", "mmix",
	} {
		all = append(all, sample{args: linux, set: []string{"pkgsCross", name}, names: crossed})
	}
	for _, name := range []string{"pkgsStatic", "pkgsMusl", "pkgsi686Linux", "pkgsLLVM"} {
		all = append(all, sample{args: linux, set: []string{name}, names: crossed})
	}
	return all
}

// TestNixpkgsPackages compares derivations: names, systems, paths and hashes.
// What throws is asked for again, up to five of each sample, to compare the
// messages.
func TestNixpkgsPackages(t *testing.T) {
	b := newBench(t)
	var all counts
	for _, s := range samples {
		t.Run(fmt.Sprint(s.set), func(t *testing.T) {
			var c counts
			flags := []string{"--arg", "args", s.args, "--arg", "set", nixList(s.set)}
			names := b.names(t, s, flags)
			for i := 0; i < len(names); i += 320 {
				thrown := b.each(t, &c, "packages.nix", names[i:min(i+320, len(names))], flags...)
				for j, name := range thrown {
					if j >= 5 {
						c.failAlike++ // both throw; the message is not compared
						continue
					}
					ours, theirs := b.ask(t, "package.nix", append(flags, "--argstr", "name", name)...)
					b.single(t, &c, name, ours, theirs)
				}
			}
			fmt.Printf("nixpkgs: %s %v: %v\n", s.args[:min(len(s.args), 28)], s.set, c)
			all.add(c)
		})
	}
	fmt.Printf("nixpkgs: packages: %v\n", all)
	if all.derivations < 2000 {
		fmt.Println("nixpkgs: fewer than 2000 derivations, as only some of the samples were run")
	}
}

// names returns the names of a sample, having compared those of its whole set.
func (b *bench) names(t *testing.T, s sample, flags []string) []string {
	t.Helper()
	if s.names != nil {
		return s.names
	}
	ours, theirs := b.ask(t, "names.nix", append([]string{"--json"}, flags...)...)
	if ours != theirs {
		t.Fatalf("names of %v: got %.300v, want %.300v", s.set, ours, theirs)
	}
	var names []string
	if err := json.Unmarshal([]byte(theirs.Out), &names); err != nil {
		t.Skipf("the tree has no set %v: %s", s.set, theirs.Message)
	}
	step := max(1, len(names)/s.count)
	var some []string
	for i := 0; i < len(names); i += step {
		some = append(some, names[i])
	}
	return some
}
