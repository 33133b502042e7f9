package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/chroot"
	"nixbench/store"

	"golang.org/x/sys/unix"
)

// This file is nix shell: a command, or the user's shell, with programs of packages.

// envOptions are the flags that say which variables a program gets.
type envOptions struct {
	command     []string // with its arguments; nil for the user's shell
	ignore      bool     // none of the user's but those to keep
	keep, unset []string
	set         map[string]string
}

// envShell is the command by one of its names.
func envShell(name string) command {
	return command{
		name: name, args: "[ATTRPATH|STOREPATH...]", maxArgs: -1, run: runEnvShell,
		summary: "Run a shell, or a command, with the programs of packages in PATH.",
		flags:   slices.Concat(sourceFlags, envShellFlags(), []flag{jobsFlag, stdinFlag}),
	}
}

// envShellFlags are those of nix shell.
func envShellFlags() []flag {
	return []flag{
		{[]string{"--command", "-c"}, []string{"COMMAND..."}, "run a command with all the arguments that follow, and not $SHELL", func(inv *invocation, args []string) error {
			if len(args) == 0 {
				return inv.cmd.usage("--command requires at least one argument")
			}
			inv.program.command = args
			return nil
		}},
		{[]string{"--ignore-env", "--ignore-environment", "-i"}, nil, "keep no variables but those of --keep-env-var", on(func(inv *invocation) *bool { return &inv.program.ignore })},
		{[]string{"--keep-env-var", "--keep", "-k"}, []string{"NAME"}, "keep a variable in spite of --ignore-env", func(inv *invocation, args []string) error {
			inv.program.keep = append(inv.program.keep, args[0])
			return nil
		}},
		{[]string{"--unset-env-var", "--unset", "-u"}, []string{"NAME"}, "leave out a variable", func(inv *invocation, args []string) error {
			if _, ok := inv.program.set[args[0]]; ok {
				return inv.cmd.usage("Cannot unset environment variable '%s' that is set with '--set-env-var'", args[0])
			}
			inv.program.unset = append(inv.program.unset, args[0])
			return nil
		}},
		{[]string{"--set-env-var", "-s"}, []string{"NAME", "VALUE"}, "set a variable", func(inv *invocation, args []string) error {
			return inv.setVariable(args[0], args[1])
		}},
	}
}

func (inv *invocation) setVariable(name, value string) error {
	opts := &inv.program
	if slices.Contains(opts.unset, name) {
		return inv.cmd.usage("Cannot set environment variable '%s' that is unset with '--unset-env-var'", name)
	}
	if _, ok := opts.set[name]; ok {
		return inv.cmd.usage("Duplicate definition of environment variable '%s' with '--set-env-var' is ambiguous", name)
	}
	if opts.set == nil {
		opts.set = make(map[string]string)
	}
	opts.set[name] = value
	return nil
}

// runEnvShell is `nix shell`. It returns if the program could not be run, or was run in a
// namespace.
// Behaviour: Nix's env.cc.
func runEnvShell(ctx context.Context, inv *invocation) error {
	vars, err := inv.variables()
	if err != nil {
		return err
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	dirs, err := inv.programDirs(ctx, eng)
	inv.stopFollowing()
	place, placeErr := storePlaceOf(eng)
	if err := cmp.Or(err, placeErr, eng.Close()); err != nil {
		return err
	}
	vars["PATH"] = strings.Join(append(dirs, vars["PATH"]), ":")
	argv := inv.program.command
	if argv == nil {
		argv = []string{cmp.Or(inv.env.Getenv("SHELL"), "bash")}
	}
	return place.run(argv, vars)
}

// variables returns the environment that the flags ask for.
func (inv *invocation) variables() (map[string]string, error) {
	opts := &inv.program
	switch {
	case opts.ignore && len(opts.unset) > 0:
		return nil, inv.cmd.usage("--unset-env-var does not make sense with --ignore-env")
	case !opts.ignore && len(opts.keep) > 0:
		return nil, inv.cmd.usage("--keep-env-var does not make sense without --ignore-env")
	}
	vars := make(map[string]string)
	for _, v := range os.Environ() {
		if name, value, _ := strings.Cut(v, "="); !opts.ignore || slices.Contains(opts.keep, name) {
			vars[name] = value
		}
	}
	maps.Copy(vars, opts.set)
	for _, name := range opts.unset {
		delete(vars, name)
	}
	return vars, nil
}

// programDirs builds what the arguments stand for, and returns the directories of its
// programs and of those of the packages that go with it, in order.
func (inv *invocation) programDirs(ctx context.Context, eng *engine.Engine) ([]string, error) {
	insts, err := inv.installables(ctx, eng, inv.installableArgs())
	if err != nil {
		return nil, err
	}
	result, err := inv.realise(ctx, eng, targetsOf(insts))
	if err != nil {
		return nil, exitOne(err)
	}
	st := eng.Store()
	var todo []store.Path
	for _, outcome := range result.Outcomes {
		for _, name := range slices.Sorted(maps.Keys(outcome.Outputs)) {
			todo = append(todo, outcome.Outputs[name])
		}
		if outcome.Target.Outputs == nil {
			todo = append(todo, outcome.Target.Path)
		}
	}
	var dirs []string
	done := make(map[store.Path]bool)
	for ; len(todo) > 0; todo = todo[1:] {
		p := todo[0]
		if done[p] {
			continue
		}
		done[p] = true
		top, real := eng.Destination(string(p))
		dir, _ := eng.Destination(filepath.Join(top, "bin"))
		if _, _, err := st.Dir().PathOf(dir); err != nil {
			return nil, fmt.Errorf("path '%s' is not in the Nix store", dir)
		}
		dirs = append(dirs, dir)
		propagated, err := os.ReadFile(filepath.Join(real, "nix-support", "propagated-user-env-packages"))
		if err != nil {
			continue // there are none
		}
		for name := range strings.FieldsSeq(string(propagated)) {
			other, err := st.Dir().ParsePath(name)
			if err != nil {
				return nil, err
			}
			todo = append(todo, other)
		}
	}
	return dirs, nil
}

// A storePlace is a store directory and the directory that the files are in.
type storePlace struct{ dir, real string }

// storePlaceOf returns where the files of a store are.
func storePlaceOf(eng *engine.Engine) (storePlace, error) {
	real, err := eng.FilesDir()
	return storePlace{string(eng.Store().Dir()), real}, err
}

// run runs a program for which the files of the store are where its paths say: in the
// place of this one if they are, and else in a namespace.
func (p storePlace) run(argv []string, vars map[string]string) error {
	if p.dir == p.real {
		return become(argv, vars)
	}
	status, err := chroot.Run(p.dir, p.real, argv, environment(vars))
	if err == nil && status != 0 {
		err = &ExitError{Status: status}
	}
	return err
}

// environment returns variables as a program has them.
func environment(vars map[string]string) []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		env = append(env, name+"="+vars[name])
	}
	return env
}

// become runs a program, which is looked for in PATH, or where C's library looks if there
// is none, in the place of this one.
func become(argv []string, vars map[string]string) error {
	path, ok := vars["PATH"]
	if !ok {
		path = "/bin:/usr/bin"
	}
	if err := os.Setenv("PATH", path); err != nil {
		return err
	}
	file, err := exec.LookPath(argv[0])
	if err == nil {
		err = unix.Exec(file, argv, environment(vars))
	} else if errors.Is(err, exec.ErrNotFound) {
		err = unix.ENOENT
	}
	var why *exec.Error
	if errors.As(err, &why) {
		err = why.Err
	}
	var stat *fs.PathError
	if errors.As(err, &stat) {
		err = stat.Err
	}
	return fmt.Errorf("unable to execute '%s': %s", argv[0], store.Capital(err.Error()))
}
