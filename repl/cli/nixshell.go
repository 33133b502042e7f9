package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"nixbench/engine"
	"nixbench/store"
)

// shellOptions are those of nix-shell.
type shellOptions struct {
	pure, packages bool
	command        string   // what is run first
	leaves         bool     // without a prompt afterwards
	keep           []string // variables that a pure shell keeps
	exclude        []*regexp.Regexp
	dir            string // where it starts
	// script is what nix-shell interprets, with its arguments; empty if it is none.
	script []string
}

func nixShellFlags() []flag {
	shell := func(set func(o *shellOptions, args []string)) func(*invocation, []string) error {
		return func(inv *invocation, args []string) error { set(&inv.shell, args); return nil }
	}
	return []flag{
		{[]string{"--pure"}, nil, "without the variables of your own environment", shell(func(o *shellOptions, _ []string) { o.pure = true })},
		{[]string{"--impure"}, nil, "with them, the default", shell(func(o *shellOptions, _ []string) { o.pure = false })},
		{[]string{"--keep"}, []string{"VARIABLE"}, "with --pure, keep VARIABLE", shell(func(o *shellOptions, args []string) { o.keep = append(o.keep, args[0]) })},
		{[]string{"--command"}, []string{"COMMAND"}, "run COMMAND in it", shell(func(o *shellOptions, args []string) { o.command = args[0] })},
		{[]string{"--run"}, []string{"COMMAND"}, "run COMMAND in it, without a terminal", shell(func(o *shellOptions, args []string) { o.command, o.leaves = args[0], true })},
		{[]string{"--exclude"}, []string{"REGEXP"}, "do without the inputs whose derivations have a path like REGEXP", func(inv *invocation, args []string) error {
			re, err := regexp.Compile(args[0])
			inv.shell.exclude = append(inv.shell.exclude, re)
			return err
		}},
		{[]string{"--packages", "-p"}, nil, "the arguments are packages of <nixpkgs>", shell(func(o *shellOptions, _ []string) { o.packages = true })},
	}
}

// runNixShell is `nixbench nix-shell`: a shell in which the builder of a derivation could
// be run by hand.
func runNixShell(ctx context.Context, inv *invocation) error {
	inv.startShell()
	if err := inv.shellArgs(); err != nil {
		return err
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if err := eng.CheckDevShell(); err != nil {
		return err
	}
	if err := inv.findShellFiles(ctx, eng); err != nil {
		return err
	}
	drvPath, err := inv.shellDerivation(ctx, eng)
	if err != nil {
		return err
	}
	inputs, err := eng.BuildInputs(ctx, drvPath)
	if err != nil {
		return err
	}
	inputs = slices.DeleteFunc(inputs, inv.shell.excludes)
	bash, err := inv.realiseForShell(ctx, eng, inputs)
	if err != nil || inv.dryRun {
		return err
	}
	dir, err := os.MkdirTemp("", "nix-shell-")
	if err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	defer os.RemoveAll(dir)
	dev, err := eng.NewDevShell(ctx, drvPath, dir)
	if err != nil {
		return err
	}
	return inv.runShell(bash, dir, dev)
}

// shellDerivation returns the one derivation that the shell is of. Which outputs it has is
// not asked.
func (inv *invocation) shellDerivation(ctx context.Context, eng *engine.Engine) (store.Path, error) {
	e, err := inv.evaluate(ctx, eng, false)
	if err != nil {
		return "", err
	}
	targets, pkgs, err := e.legacyBuilds(ctx)
	switch {
	case err != nil:
		return "", err
	case len(targets)+len(pkgs) != 1:
		return "", inv.cmd.usage("nix-shell requires a single derivation")
	case len(targets) == 1:
		return targets[0].Path, nil
	}
	drvs, err := e.instantiate(ctx, pkgs, 0)
	if err != nil {
		return "", err
	}
	return drvs[0].DrvPath, nil
}

// excludes tells whether an input is one that the shell is to do without.
func (o *shellOptions) excludes(input store.DerivedPath) bool {
	return input.Path.IsDerivation() && slices.ContainsFunc(o.exclude, func(re *regexp.Regexp) bool { return re.MatchString(string(input.Path)) })
}

// shellArgs says what the shell is of if the arguments do not, or are packages.
func (inv *invocation) shellArgs() error {
	switch {
	case inv.shell.packages && inv.hasExpr:
		return inv.cmd.usage("'-p' and '-E' are mutually exclusive")
	case inv.shell.packages:
		expr := `{...}@args: with import <nixpkgs> args; (pkgs.runCommandCC or pkgs.runCommand) "shell" { buildInputs = [ `
		for _, arg := range inv.args {
			expr += "(" + arg + ") "
		}
		inv.hasExpr, inv.args = true, []string{expr + `]; } ""`}
	case len(inv.args) == 0 && !inv.hasExpr:
		if shellFile(inv.shell.dir) == "" {
			return errors.New("no argument specified and no 'shell.nix' or 'default.nix' file found in the working directory")
		}
		inv.args = []string{"."}
	}
	return nil
}

// shellFile is the file of a directory that a shell is of, "" if there is none.
func shellFile(dir string) string {
	for _, name := range []string{"shell.nix", "default.nix"} {
		if file := filepath.Join(dir, name); fileExists(file) {
			return file
		}
	}
	return ""
}

// findShellFiles puts the file that a shell is of in the place of each directory.
//
// Behaviour: resolveShellExprPath in Nix's nix-build.cc.
func (inv *invocation) findShellFiles(ctx context.Context, eng *engine.Engine) error {
	if inv.hasExpr {
		inv.leaveScript(eng)
		return nil
	}
	for i, arg := range inv.args {
		if arg == "-" {
			continue
		}
		dir := inv.abs(arg)
		if strings.HasPrefix(arg, "<") {
			e, err := inv.evaluate(ctx, eng, false)
			if err != nil {
				return err
			}
			if dir, err = e.locate(ctx, arg); err != nil {
				return err
			}
		}
		info, err := os.Stat(dir)
		if err != nil {
			continue
		}
		inv.args[i] = dir
		if !info.IsDir() {
			continue
		}
		file := shellFile(dir)
		if filepath.Base(file) == "shell.nix" && !switchedOn(eng, alwaysShellFile) {
			inv.warn(fmt.Sprintf("Skipping '%s', because the setting '%s' is disabled. This is a deprecated behavior. Consider enabling '%[2]s'.", file, alwaysShellFile))
			if file = filepath.Join(dir, "default.nix"); !fileExists(file) {
				file = ""
			}
		}
		if file == "" {
			return fmt.Errorf("neither 'shell.nix' nor 'default.nix' found in '%s'", dir)
		}
		inv.args[i] = file
	}
	inv.leaveScript(eng)
	return nil
}

// alwaysShellFile is the setting that lets directories be those of their shell.nix.
const alwaysShellFile = "nix-shell-always-looks-for-shell-nix"

// leaveScript lets expressions that are arguments start from where nix-shell does, and
// not from where its script is, if a setting wants that.
func (inv *invocation) leaveScript(eng *engine.Engine) {
	if !switchedOn(eng, "nix-shell-shebang-arguments-relative-to-script") {
		inv.env.Dir = inv.shell.dir // startShell made it ours
	}
}

// switchedOn tells whether a setting is true.
func switchedOn(eng *engine.Engine, setting string) bool {
	value, _ := eng.Settings().Get(setting)
	return value == "true"
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// findBash finds the shell: $NIX_BUILD_SHELL, a name as the user wrote it that is looked for
// in PATH, or bashInteractive of <nixpkgs>, whose derivation it returns instead of a name; or
// the bash of the environment where that is not found.
//
// Behaviour: nix-shell.
func (inv *invocation) findBash(ctx context.Context, eng *engine.Engine) (name string, drvPath store.Path, err error) {
	if name := inv.env.Getenv("NIX_BUILD_SHELL"); name != "" {
		return name, "", nil
	}
	drvPath, err = inv.bashOfPackages(ctx, eng)
	if err == nil {
		return "", drvPath, nil
	}
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	fmt.Fprintln(inv.env.Stderr, inv.formatError(err))
	inv.tell("uses bash from your environment")
	return "bash", "", nil
}

// bashOfPackages is the derivation of the bash of <nixpkgs>.
func (inv *invocation) bashOfPackages(ctx context.Context, eng *engine.Engine) (store.Path, error) {
	e, err := inv.evaluate(ctx, eng, false)
	if err != nil {
		return "", err
	}
	v, err := e.ev.EvalString(ctx, "(import <nixpkgs> {}).bashInteractive", inv.env.Dir)
	if err != nil {
		return "", err
	}
	drvs, err := eng.Derivations(ctx, e.ev, v, engine.WalkOptions{}, 0)
	if err != nil {
		return "", err
	}
	if len(drvs) != 1 {
		return "", errors.New("the 'bashInteractive' attribute in <nixpkgs> did not evaluate to a derivation")
	}
	return drvs[0].DrvPath, nil
}

// realiseForShell makes what the shell needs valid: the inputs, and the bash that it runs,
// which is drvPath's unless it has a name already. It returns that bash, "" in a dry run.
func (inv *invocation) realiseForShell(ctx context.Context, eng *engine.Engine, inputs []store.DerivedPath) (bash string, err error) {
	bash, drvPath, err := inv.findBash(ctx, eng)
	if err != nil {
		return "", err
	}
	if drvPath == "" {
		_, err := inv.realise(ctx, eng, inputs)
		return bash, err
	}
	shell := store.DerivedPath{Path: drvPath, Outputs: []store.OutputName{"out"}}
	result, err := inv.realise(ctx, eng, append([]store.DerivedPath{shell}, inputs...))
	if err != nil || result == nil {
		return "", err
	}
	return string(result.Outcomes[0].Outputs["out"]) + "/bin/bash", nil
}

// runShell runs bash in the environment and ends as it does.
func (inv *invocation) runShell(bash, dir string, dev *engine.DevShell) error {
	rc := filepath.Join(dir, "rc")
	if err := os.WriteFile(rc, []byte(inv.shellScript(bash, dev)), 0o600); err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	cmd := exec.Command(bash, rc) // it ends by itself: ^C is for it
	if inv.env.Terminal && inv.env.ErrTerminal && !inv.shell.leaves {
		cmd = exec.Command(bash, "--rcfile", rc)
	}
	// The terminal itself, and not what is read to be able to run a command again.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Args[0] = "bash"
	cmd.Dir, cmd.Env = inv.shell.dir, inv.shellEnv(dev)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return fmt.Errorf("open shell: %w", err)
	}
	status := exit.ExitCode()
	if st, ok := exit.Sys().(syscall.WaitStatus); ok && st.Signaled() {
		status = 128 + int(st.Signal())
	}
	return &ExitError{Status: status}
}

// pureKeeps are the variables of the user's that a pure shell has too.
var pureKeeps = strings.Fields(`HOME XDG_RUNTIME_DIR USER LOGNAME DISPLAY WAYLAND_DISPLAY WAYLAND_SOCKET PATH TERM IN_NIX_SHELL
	NIX_SHELL_PRESERVE_PROMPT TZ PAGER NIX_BUILD_SHELL SHLVL http_proxy https_proxy ftp_proxy all_proxy no_proxy
	HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY`)

// shellEnv is the environment that the shell begins with.
func (inv *invocation) shellEnv(dev *engine.DevShell) []string {
	vars := make(map[string]string)
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if !inv.shell.pure || slices.Contains(pureKeeps, name) || slices.Contains(inv.shell.keep, name) {
			vars[name] = value
		}
	}
	vars[inNixShell] = inv.shell.purity()
	if inv.shell.pure {
		vars["__ETC_PROFILE_SOURCED"] = "1" // else the bashrc of a NixOS reads the profile
	}
	for name, value := range dev.Vars {
		vars[name] = value
	}
	return environment(vars)
}

// shellScript is what the shell reads first: it makes the environment that a builder has
// once it has read the setup of its stdenv, with the user's programs behind.
//
// Behaviour: nix-shell.
func (inv *invocation) shellScript(bash string, dev *engine.DevShell) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	pure := inv.shell.pure
	if !pure {
		line(`[ -n "$PS1" ] && [ -e ~/.bashrc ] && source ~/.bashrc`)
		line(`p=$PATH`)
	}
	line(`unset PATH`)
	line(`dontAddDisableDepTrack=1`)
	if dev.Attrs != "" {
		line(`source %s`, store.QuoteWord(dev.Attrs))
	}
	line(`[ -e $stdenv/setup ] && source $stdenv/setup`)
	if !pure {
		line(`PATH=$PATH:$p; unset p`)
	}
	line(`PATH=%s:"$PATH"; SHELL=%s; BASH=%s`, store.QuoteWord(dirOf(bash)), store.QuoteWord(bash), store.QuoteWord(bash))
	line(`set +e`)
	colour := "32"
	if os.Getuid() == 0 {
		colour = "31"
	}
	line(`[ -n "$PS1" ] && [ -z "$NIX_SHELL_PRESERVE_PROMPT" ] && PS1='\n\[\033[1;%sm\][nix-shell:\w]\$\[\033[0m\] '`, colour)
	line(`if [ "$(type -t runHook)" = function ]; then runHook shellHook; fi`)
	line(`unset NIX_ENFORCE_PURITY`)
	line(`shopt -u nullglob`)
	line(`unset TZ`)
	if tz := inv.env.Getenv("TZ"); tz != "" {
		line(`export TZ=%s`, store.QuoteWord(tz))
	}
	line(`shopt -s execfail`)
	if inv.shell.command != "" {
		line("%s\nexit", inv.shell.command)
	}
	return b.String()
}

// dirOf is the directory that a program's name says, "" if it says none.
func dirOf(program string) string {
	if !strings.Contains(program, "/") {
		return ""
	}
	return filepath.Dir(program)
}
