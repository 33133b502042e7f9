package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
)

// This file answers shells that ask how an argument could go on: $NIX_GET_COMPLETIONS is
// its number, counted from 1. The first line says what completions are (normal,
// filenames, attrs), the others are one each, with a tab and a description.
//
// Behaviour: Nix's args.cc and main.cc, for the commands and flags that are here.

// completionVariable is the variable with the number of the argument.
const completionVariable = "NIX_GET_COMPLETIONS"

// completions are how an argument could go on.
type completions struct {
	inv   *invocation
	at    int // the position of the argument that is completed
	kind  string
	found map[string]string // descriptions
	// later completes an argument, once all others are known; nil does nothing.
	later func(ctx context.Context) error
}

// complete prints the completions of an argument.
func (inv *invocation) complete(ctx context.Context, number string) error {
	args := inv.env.Args[1:]
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(args) {
		return fmt.Errorf("got '%s' in %s, want the number of an argument", number, completionVariable)
	}
	inv.louder, inv.quiet = -levelInfo, true
	c := &completions{inv: inv, at: n - 1, kind: "normal", found: make(map[string]string)}
	var failed error
	if c.read(args) && c.later != nil {
		failed = c.later(ctx)
	}
	var b strings.Builder
	b.WriteString(c.kind + "\n")
	for _, name := range slices.Sorted(maps.Keys(c.found)) {
		b.WriteString(inv.shownName(name) + "\t" + c.found[name] + "\n")
	}
	_, err = fmt.Fprint(inv.env.Stdout, b.String())
	return cmp.Or(failed, err)
}

// add adds a completion with the first sentence of a description.
func (c *completions) add(name, description string) {
	description = strings.TrimSpace(description)
	if i := strings.IndexAny(description, ".\n"); i >= 0 {
		more := i != len(description)-1
		if description = description[:i]; more {
			description += " [...]"
		}
	}
	c.found[name] = description
}

// read reads the arguments, and completes what needs no others to be known. It returns
// false if it does not understand them.
func (c *completions) read(args []string) bool {
	c.inv.cmd = &workbench
	var words []string // of the command's name
	positional := 0
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--" && i != c.at:
			return true // what follows are arguments of no kind that we know
		case strings.HasPrefix(arg, "-"):
			n, ok := c.readFlag(args, i)
			if !ok {
				return false
			}
			i += n
		case c.inv.cmd == &workbench:
			if i == c.at {
				c.later = func(context.Context) error { c.commandNames(words, arg); return nil }
				return i == len(args)-1
			}
			words = append(words, arg)
			if !c.enter(words) {
				return false
			}
		default:
			if i == c.at {
				c.later = c.positional(positional, arg)
			}
			positional++
		}
	}
	return true
}

// readFlag reads the flag at position i, and returns how many arguments it has.
func (c *completions) readFlag(args []string, i int) (n int, ok bool) {
	cmd := c.inv.cmd
	if i == c.at {
		c.flags(args[i])
		return 0, false
	}
	f, ok := cmd.flag(args[i])
	if !ok || slices.Contains(cmd.notOfNix(c.inv), args[i]) {
		return 0, false
	}
	n = len(f.args)
	if n == 1 && strings.HasSuffix(f.args[0], "...") {
		n = len(args) - i - 1
	}
	if isAt := c.at - i; isAt >= 1 && isAt <= n {
		c.later = c.flagArgument(args[i], isAt-1, args[c.at])
		return min(n, len(args)-i-1), true
	}
	if len(args)-i-1 < n {
		return 0, false
	}
	return n, cmd.setFlag(c.inv, f, args[i], args[i+1:i+1+n]) == nil
}

// enter makes the command that words name the one whose flags are read. It returns false
// if no name begins so.
func (c *completions) enter(words []string) bool {
	name := strings.Join(words, " ")
	found := false
	for _, cmd := range commands() {
		if cmd.name == name {
			c.inv.cmd = &cmd
			return true
		}
		found = found || strings.HasPrefix(cmd.name, name+" ")
	}
	return found
}

// commandNames adds the words that can follow words in names of commands, those of nix if
// it is called so.
func (c *completions) commandNames(words []string, prefix string) {
	for _, cmd := range commands() {
		names := strings.Fields(cmd.name)
		if len(names) <= len(words) || !slices.Equal(names[:len(words)], words) {
			continue
		}
		next := names[len(words)]
		if c.inv.env.nixName() != "" && len(words) == 0 && !slices.Contains(nixCommands, next) {
			continue
		}
		if strings.HasPrefix(next, prefix) {
			c.add(next, "")
		}
	}
}

// flags adds the flags that begin with prefix; those that are settings are not told of.
func (c *completions) flags(prefix string) {
	cmd := c.inv.cmd
	isShort := prefix == "-"
	if isShort {
		c.add("--", "")
	} else if !strings.HasPrefix(prefix, "--") {
		return
	}
	leftOut := cmd.notOfNix(c.inv)
	for _, f := range slices.Concat(cmd.flags, commonFlags) {
		for _, name := range f.names {
			if _, isSetting := settingFlag(name); isSetting && name != "--max-jobs" {
				continue
			}
			if strings.HasPrefix(name, prefix) && (len(name) == 2) == isShort && !slices.Contains(leftOut, name) {
				c.add(name, f.help)
			}
		}
	}
}

// fileFlags are those whose arguments are files.
var fileFlags = []string{"--file", "-f", "--arg-from-file", "--profile", "--out-link", "-o", "--key-file", "-k"}

// flagArgument returns what completes an argument of a flag.
func (c *completions) flagArgument(name string, n int, prefix string) func(context.Context) error {
	all := func(names []string) func(context.Context) error {
		return func(context.Context) error {
			for _, name := range names {
				if strings.HasPrefix(name, prefix) {
					c.add(name, "")
				}
			}
			return nil
		}
	}
	switch {
	case name == "--option" && n == 0:
		return func(context.Context) error { return c.settings(prefix) }
	case name == "--format" || name == "--hash-format" || c.inv.cmd.name == "hash convert" && (name == "--to" || name == "--from"):
		return all([]string{"base16", "base64", "nix32", "sri"})
	case name == "--algo" || name == "--hash-algo" || name == "--hash-type":
		return all([]string{"blake3", "md5", "sha1", "sha256", "sha512"})
	case slices.Contains(fileFlags, name):
		return func(context.Context) error { c.files(prefix, false); return nil }
	}
	return nil
}

// settings adds the settings whose names begin with prefix.
func (c *completions) settings(prefix string) error {
	set, err := c.inv.settings()
	if err != nil {
		return err
	}
	for _, name := range set.Names() {
		if strings.HasPrefix(name, prefix) && set.IsShown(name) {
			c.add(name, "Set the `"+name+"` setting.")
		}
	}
	return nil
}

// positional returns what completes an argument of the command that is no flag.
func (c *completions) positional(n int, prefix string) func(context.Context) error {
	cmd := c.inv.cmd
	switch {
	case strings.HasPrefix(cmd.name, "hash ") && strings.Contains(cmd.args, "PATH"), cmd.name == "run" && n > 0,
		slices.Contains([]string{"nar cat", "nar ls", "store cat", "store ls"}, cmd.name) && n == 0,
		cmd.name == "nar pack", cmd.name == "nar dump-path":
		return func(context.Context) error { c.files(prefix, false); return nil }
	case cmd.name == "search" && n > 0:
		return nil
	case strings.Contains(cmd.args, "ATTRPATH"), cmd.name == "why-depends":
		return func(ctx context.Context) error { return c.installables(ctx, prefix) }
	}
	return nil
}

// files adds the files, or directories, whose names begin with prefix.
func (c *completions) files(prefix string, onlyDirs bool) {
	c.kind = "filenames"
	if rest, ok := strings.CutPrefix(prefix, "~"); ok && (rest == "" || rest[0] == '/') {
		prefix = c.inv.env.Getenv("HOME") + rest
	}
	dir, base := filepath.Split(prefix)
	entries, err := os.ReadDir(c.inv.abs(cmp.Or(dir, ".")))
	if err != nil {
		return
	}
	names := []string{".", ".."}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	for _, name := range names {
		if !strings.HasPrefix(name, base) || name[0] == '.' && base == "" {
			continue
		}
		if info, err := os.Stat(filepath.Join(c.inv.abs(cmp.Or(dir, ".")), name)); onlyDirs && (err != nil || !info.IsDir()) {
			continue
		}
		c.add(dir+name, "")
	}
}

// installables adds the attribute paths of a file, or what could be flakes where there is
// none. Errors of the language add nothing.
func (c *completions) installables(ctx context.Context, prefix string) error {
	if c.inv.file != "" {
		c.kind = "attrs"
		err := c.attrPaths(ctx, prefix)
		var failed *eval.Error
		if errors.As(err, &failed) && failed.Kind != eval.ErrorOther {
			return nil
		}
		return err
	}
	if strings.Contains(prefix, "#") {
		c.kind = "attrs" // of a flake, which is not read
		return nil
	}
	set, err := c.inv.settings()
	if err != nil || !set.HasFeature("flakes") {
		return err
	}
	if prefix == "" {
		c.add(".", "")
	}
	c.files(prefix, true)
	return nil
}

// attrPaths adds the attribute paths that begin with prefix of the file that is meant.
//
// Behaviour: completeInstallable in Nix's installables.cc.
func (c *completions) attrPaths(ctx context.Context, prefix string) error {
	eng, err := c.inv.openLate(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := c.inv.evaluate(ctx, eng, true)
	if err != nil {
		return err
	}
	root, err := e.fromFile(ctx, c.inv.file)
	if err != nil {
		return err
	}
	above, word := "", prefix
	if i := strings.LastIndexByte(prefix, '.'); i >= 0 {
		above, word = prefix[:i], prefix[i+1:]
	}
	return e.ev.Do(ctx, func(s *eval.State) {
		v, pos := s.SelectPath(root, above, e.args)
		v = s.AutoCall(s.ForceFor(v, pos), e.args)
		if v.Kind() != eval.KindAttrs {
			return
		}
		for _, name := range v.Attrs().Names() {
			if !strings.HasPrefix(name, word) {
				continue
			}
			if above != "" {
				name = above + "." + name
			}
			c.add(name, "")
		}
	})
}
