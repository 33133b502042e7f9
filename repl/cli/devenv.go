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
	"strings"

	"nixbench/engine"
	"nixbench/store"
)

// This file is nix print-dev-env and what nix develop shares with it: the environment of
// the builder of a derivation, as a script for bash.

// devOptions are the flags of nix develop and nix print-dev-env.
type devOptions struct {
	redirects [][2]string // what is named, and the directory that stands for its outputs
	phase     string      // of stdenv, that is run
	hasPhase  bool
}

// redirectFlag is what both commands have.
var redirectFlag = flag{[]string{"--redirect"}, []string{"INSTALLABLE", "DIR"}, "take a directory for the outputs of what is named", func(inv *invocation, args []string) error {
	inv.dev.redirects = append(inv.dev.redirects, [2]string{args[0], args[1]})
	return nil
}}

// devProfileFlag keeps environments.
var devProfileFlag = flag{[]string{"--profile"}, []string{"PATH"}, "make the environment the next generation of a profile", profileName}

// printDevEnv is the command.
func printDevEnv() command {
	return command{name: "print-dev-env", args: "[ATTRPATH|STOREPATH]", maxArgs: 1, run: runPrintDevEnv,
		summary: "Print the environment of the builder of a derivation, as a script for bash or as JSON.",
		flags:   slices.Concat([]flag{jsonFlag, redirectFlag, devProfileFlag, jobsFlag}, prettyFlags, sourceFlags)}
}

// runPrintDevEnv is `nix print-dev-env`.
func runPrintDevEnv(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	dev, err := inv.devEnvironment(ctx, eng)
	if err != nil {
		return err
	}
	if inv.json {
		text, err := dev.env.JSON()
		if err != nil {
			return err
		}
		return inv.printJSON(text)
	}
	dir, err := os.MkdirTemp("", "nix-dev-env-")
	if err != nil {
		return fmt.Errorf("print environment: %w", err)
	}
	defer os.RemoveAll(dir) // as Nix, though the script may name files in it
	script, err := dev.script(ctx, eng, dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(inv.env.Stdout, script)
	return err
}

// A devShell is the environment of a derivation.
type devShell struct {
	inv  *invocation
	env  *engine.DevEnvironment
	path store.Path // of the file that says it
}

// devEnvironment builds the environment of the one derivation that the arguments stand
// for, or reads that which they name: the path of one that was built.
func (inv *invocation) devEnvironment(ctx context.Context, eng *engine.Engine) (*devShell, error) {
	args := inv.installableArgs()
	insts, err := inv.installables(ctx, eng, args)
	if err != nil {
		return nil, err
	}
	built, err := inv.devPath(ctx, eng, args[0], insts)
	inv.stopFollowing()
	if err != nil {
		return nil, exitOne(err)
	}
	if inv.profile != "" {
		if err := inv.setProfileTo(ctx, eng, built); err != nil {
			return nil, err
		}
	}
	env, err := eng.ReadDevEnvironment(ctx, built)
	return &devShell{inv, env, built}, err
}

// devPath is the path of the environment of what an argument stands for.
func (inv *invocation) devPath(ctx context.Context, eng *engine.Engine, arg string, insts []installable) (store.Path, error) {
	var drvs []store.Path
	for _, inst := range insts {
		p := inst.target.Path
		switch {
		case len(insts) == 1 && strings.HasSuffix(p.Name(), "-env"):
			return p, nil
		case inst.target.Outputs == nil && !p.IsDerivation():
			return "", fmt.Errorf("argument '%s' did not evaluate to a derivation", inv.called(eng, arg))
		}
		drvs = append(drvs, p)
	}
	if drvs = store.SortUnique(drvs); len(drvs) != 1 {
		return "", fmt.Errorf("'%s' needs to evaluate to a single derivation, but it evaluated to %d derivations", inv.called(eng, arg), len(drvs))
	}
	return eng.BuildDevEnvironment(ctx, drvs[0])
}

// devIgnored are the variables that are the user's.
var devIgnored = []string{
	"BASHOPTS", "HOME", "NIX_BUILD_TOP", "NIX_ENFORCE_PURITY", "NIX_LOG_FD", "NIX_REMOTE", "PPID", "SHELLOPTS",
	"SSL_CERT_FILE", "TEMP", "TEMPDIR", "TERM", "TMP", "TMPDIR", "TZ", "UID",
}

// script returns what makes bash into the environment, with the outputs in the directory
// outputs of the working directory. Files that it needs go to dir.
//
// Behaviour: makeRcScript in Nix's develop.cc.
func (dev *devShell) script(ctx context.Context, eng *engine.Engine, dir string) (string, error) {
	var b strings.Builder
	// The variables that are added to, and not set.
	added := []string{"PATH", "XDG_DATA_DIRS"}
	b.WriteString("unset shellHook\n")
	for _, name := range added {
		fmt.Fprintf(&b, "%[1]s=${%[1]s:-}\nnix_saved_%[1]s=\"$%[1]s\"\n", name)
	}
	writeBash(&b, dev.env)
	for _, name := range added {
		fmt.Fprintf(&b, "%[1]s=\"$%[1]s${nix_saved_%[1]s:+:$nix_saved_%[1]s}\"\n", name)
	}
	b.WriteString("export NIX_BUILD_TOP=\"$(mktemp -d -t nix-shell.XXXXXX)\"\n")
	for _, name := range []string{"TMP", "TMPDIR", "TEMP", "TEMPDIR"} {
		fmt.Fprintf(&b, "export %s=\"$NIX_BUILD_TOP\"\n", name)
	}
	b.WriteString("eval \"${shellHook:-}\"\n")
	script := b.String()
	rewrites, err := dev.rewrites(ctx, eng, script, dir)
	if err != nil {
		return "", err
	}
	for _, from := range slices.Sorted(maps.Keys(rewrites)) {
		script = strings.ReplaceAll(script, from, rewrites[from])
	}
	return script, nil
}

// writeBash writes the variables and functions of an environment as bash reads them.
func writeBash(b *strings.Builder, env *engine.DevEnvironment) {
	for _, name := range slices.Sorted(maps.Keys(env.Vars)) {
		v := env.Vars[name]
		switch {
		case slices.Contains(devIgnored, name):
		case v.List != nil:
			fmt.Fprintf(b, "declare -a %s=(", name)
			for _, elem := range v.List {
				b.WriteString(store.QuoteWord(elem) + " ")
			}
			b.WriteString(")\n")
		case v.Table != nil:
			fmt.Fprintf(b, "declare -A %s=(", name)
			for _, key := range slices.Sorted(maps.Keys(v.Table)) {
				fmt.Fprintf(b, "[%s]=%s ", store.QuoteWord(key), store.QuoteWord(v.Table[key]))
			}
			b.WriteString(")\n")
		default:
			fmt.Fprintf(b, "%s=%s\n", name, store.QuoteWord(v.Text))
			if v.IsExported {
				fmt.Fprintf(b, "export %s\n", name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env.Functions)) {
		fmt.Fprintf(b, "%s ()\n{\n%s}\n", name, env.Functions[name])
	}
}

// rewrites returns what takes the place of texts in the script: directories of that of
// outputs, and files in dir of those that only the builder had.
func (dev *devShell) rewrites(ctx context.Context, eng *engine.Engine, script, dir string) (map[string]string, error) {
	rewrites := make(map[string]string)
	insert := func(from, to string) {
		if _, there := rewrites[from]; !there && from != "" && from != to {
			rewrites[from] = to
		}
	}
	outputs, err := dev.outputs()
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		insert(outputs[name], filepath.Join(dev.inv.env.Dir, "outputs", name))
	}
	for _, redirect := range dev.inv.dev.redirects {
		paths, err := dev.inv.redirected(ctx, eng, redirect[0])
		if err != nil {
			return nil, err
		}
		to := dev.inv.abs(redirect[1])
		for _, p := range paths {
			if !strings.Contains(script, string(p)) {
				dev.inv.warn(fmt.Sprintf("'%s' (path '%s') is not used by this build environment", dev.inv.called(eng, redirect[0]), p))
				continue
			}
			dev.inv.inform(fmt.Sprintf("redirecting '%s' to '\"%s\"'", p, to))
			insert(string(p), to)
		}
	}
	if attrs := dev.env.Attrs; attrs != nil {
		for _, file := range []struct{ ext, variable, text string }{{"sh", "NIX_ATTRS_SH_FILE", attrs.Shell}, {"json", "NIX_ATTRS_JSON_FILE", attrs.JSON}} {
			name := filepath.Join(dir, ".attrs."+file.ext)
			if err := os.WriteFile(name, []byte(file.text), 0o666); err != nil {
				return nil, err
			}
			insert(dev.env.Vars[file.variable].Text, name)
		}
	}
	return rewrites, nil
}

// outputs returns where the builder was to write its outputs, by their names.
func (dev *devShell) outputs() (map[string]string, error) {
	outputs, ok := dev.env.Vars["outputs"]
	if !ok {
		return nil, errors.New("derivation does not have an 'outputs' attribute")
	}
	if dev.env.Attrs != nil {
		if outputs.Table == nil {
			return nil, errors.New("bash variable is not an associative array")
		}
		return outputs.Table, nil
	}
	names := outputs.List
	switch {
	case outputs.Table != nil:
		names = slices.Collect(maps.Keys(outputs.Table))
	case names == nil:
		names = strings.Fields(outputs.Text)
	}
	paths := make(map[string]string)
	for _, name := range names {
		v := dev.env.Vars[name]
		if v.List != nil || v.Table != nil {
			return nil, errors.New("bash variable is not a string")
		}
		paths[name] = v.Text
	}
	return paths, nil
}

// redirected returns the paths that the argument of --redirect stands for.
func (inv *invocation) redirected(ctx context.Context, eng *engine.Engine, arg string) ([]store.Path, error) {
	insts, err := inv.installables(ctx, eng, []string{arg})
	var paths []store.Path
	for _, inst := range insts {
		found, foundErr := outputPaths(ctx, eng, inst.target)
		err = cmp.Or(err, foundErr)
		paths = append(paths, found...)
	}
	return store.SortUnique(paths), err
}
