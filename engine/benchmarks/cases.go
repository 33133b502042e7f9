package main

import (
	"fmt"
	"strings"
)

// A benchCase is something that all programs do. Its files are in
// testdata/bench.
type benchCase struct {
	name string
	tool string   // the command of Nix that does it
	args []string // of the command; "@FILE" is a file of testdata/bench, "@nixpkgs" the tree
	// parallel says that it consists of parts that can be evaluated at once.
	parallel bool
}

// cases are all the cases of bench-eval, in the order of the table.
func cases() []benchCase {
	all := []benchCase{
		expr("fib-30", "fib"),
		expr("foldl-1e6", "foldl"),
		expr("sort-1e5", "sort"),
		expr("listToAttrs-1e6", "list-to-attrs"),
		expr("update-large", "update-large"),
		expr("update-many", "update-many"),
		expr("strings", "strings"),
		expr("genericClosure-1e5", "generic-closure"),
		expr("regex", "regex"),
		expr("json-10MB", "json"),
		expr("lib-tests", "lib-tests"),
		expr("modules-600", "modules", "--arg", "services", "600"),
		expr("modules-3000", "modules", "--arg", "services", "3000"),
		packages("hello", "hello"),
		packages("firefox", "firefox"),
		packages("numpy", "python3Packages.numpy"),
		packages("packages-60", sixty...),
		expr("nixos-minimal", "nixos-minimal"),
		expr("nixos-full", "nixos-full"),
		{name: "nix-env-qaP", tool: "nix-env", args: []string{"-f", "@nixpkgs", "-qaP"}, parallel: true},
	}
	for i := range all {
		switch all[i].name {
		case "packages-60", "nixos-minimal", "nixos-full", "modules-3000":
			all[i].parallel = true
		}
	}
	return all
}

// expr evaluates a file.
func expr(name, file string, args ...string) benchCase {
	base := []string{"--readonly-mode", "--eval", "--strict", "-I", "nixpkgs=@nixpkgs", "@" + file + ".nix"}
	return benchCase{name: name, tool: "nix-instantiate", args: append(base, args...)}
}

// packages evaluates the derivations of packages.
func packages(name string, attrs ...string) benchCase {
	var list strings.Builder
	for _, attr := range attrs {
		fmt.Fprintf(&list, " %q", attr)
	}
	return expr(name, "packages", "--arg", "names", "["+list.String()+" ]")
}

// sixty are packages of many kinds: languages, desktops, servers, tools.
var sixty = strings.Fields(`
	bash coreutils gcc clang rustc cargo go nodejs python3 ruby perl ghc ocaml openjdk php
	git vim neovim emacs tmux zsh fish htop ripgrep fd jq curl wget rsync openssh
	nginx apacheHttpd postgresql mariadb redis sqlite docker qemu libvirt systemd
	firefox chromium thunderbird libreoffice gimp inkscape blender vlc mpv ffmpeg
	kdePackages.kate gnome-shell qt6.qtbase gtk4 llvm cmake meson ninja bazel texliveMedium`)

// expand puts the places of a machine into the arguments of a case.
func (c *benchCase) expand(dir, nixpkgs string) []string {
	out := make([]string, len(c.args))
	for i, arg := range c.args {
		arg = strings.ReplaceAll(arg, "@nixpkgs", nixpkgs)
		if file, ok := strings.CutPrefix(arg, "@"); ok {
			arg = dir + "/" + file
		}
		out[i] = arg
	}
	return out
}

// needsNixpkgs reports whether the case evaluates parts of nixpkgs.
func (c *benchCase) needsNixpkgs() bool {
	switch {
	case c.tool != "nix-instantiate", strings.HasPrefix(c.name, "modules"), strings.HasPrefix(c.name, "nixos"), c.name == "lib-tests":
		return true
	}
	for _, arg := range c.args {
		if arg == "@packages.nix" {
			return true
		}
	}
	return false
}
