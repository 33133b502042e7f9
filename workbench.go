package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/repl"
	"nixbench/repl/cli"
	"nixbench/repl/desk"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/config"
	"nixbench/tui/guard"
	"nixbench/tui/screen"
	"nixbench/tui/style"
)

// workbench opens the screens over an engine, a session and a desk, and closes
// them all when the user leaves.
func workbench(ctx context.Context, opts cli.WorkbenchOptions, used func()) (err error) {
	eng, err := openEngine(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, eng.Close()) }()
	ui, err := interfaceOptions(opts, filepath.Join(eng.StateHome(), "nixbench", "session.json"))
	if err != nil {
		return err
	}
	session, err := newSession(ctx, eng, opts)
	if err != nil {
		return err
	}
	defer session.Close()
	targets, err := startTargets(ctx, eng, opts)
	if err != nil {
		return err
	}
	d := desk.New(ctx, desk.Options{
		Engine: eng, Session: session, Version: cli.Version, Profile: opts.Profile, Targets: targets, Includes: opts.Includes,
		StoreURI: storeFromAnywhere(opts.StoreURI),
	})
	defer d.Close()
	var inputs []string
	for _, file := range opts.Files {
		inputs = append(inputs, ":l "+file)
	}
	ui.Screens = func(env *tui.Env) [tui.NumScreens]tui.Screen { return screen.All(env, inputs) }
	crashes := guard.Options{Terminal: os.Stdout, Dir: filepath.Join(eng.StateHome(), "nixbench"), File: opts.DebugLog, Version: cli.Version}
	ui.KeepTrace, ui.Used = crashes.KeepTrace, used
	if ui.Guard, err = guard.Start(crashes); err != nil {
		ui.Notices = append(ui.Notices, err.Error()) // the screens are of use without
	}
	defer ui.Guard.Stop()
	return tui.Run(ctx, d, ui)
}

// userHome is where the user's own files are; it is looked for once.
var userHome = sync.OnceValue(func() engine.Home { return engine.FindHome(os.Getenv) })

// userEnv reads the environment, where HOME is the user's.
func userEnv() func(string) string { return userHome().Getenv(os.Getenv) }

// openEngine opens the engine with the settings of the command line.
func openEngine(ctx context.Context, opts cli.WorkbenchOptions) (*engine.Engine, error) {
	set, err := engine.LoadSettings(userEnv(), nil)
	if err != nil {
		return nil, err
	}
	for _, opt := range opts.Settings {
		if err := set.Set(opt.Name, opt.Value); err != nil {
			return nil, fmt.Errorf("setting '%s': %w", opt.Name, err)
		}
	}
	return engine.Open(ctx, engine.Options{
		StoreURI: opts.StoreURI, Settings: set, Getenv: userEnv(), Environment: os.Getenv, CacheDir: engine.CacheDir(userEnv()),
	})
}

// storeFromAnywhere is the URI of a store with an absolute path where that is relative.
func storeFromAnywhere(uri string) string {
	path, settings, _ := strings.Cut(uri, "?")
	if !strings.Contains(path, "/") || strings.Contains(path, "://") {
		return uri
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return uri
	}
	return strings.TrimSuffix(abs+"?"+settings, "?")
}

func newSession(ctx context.Context, eng *engine.Engine, opts cli.WorkbenchOptions) (*repl.Session, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %v", err)
	}
	var program []string
	if self, err := os.Executable(); err == nil {
		program = repl.ProgramFor(self, opts.StoreURI)
	}
	return repl.New(ctx, eng, repl.Options{
		Program: program, Dir: dir, Includes: opts.Includes, Debugger: opts.Debugger, HistoryFile: filepath.Join(eng.StateHome(), "nixbench", "history"),
	})
}

// startTargets returns the attributes of the first file that are to be built
// from the start.
func startTargets(ctx context.Context, eng *engine.Engine, opts cli.WorkbenchOptions) ([]store.DerivedPath, error) {
	if len(opts.Build) == 0 {
		return nil, nil
	}
	ev, err := eng.NewEvaluator(ctx, engine.EvalOptions{Includes: opts.Includes})
	if err != nil {
		return nil, err
	}
	set, err := ev.EvalFile(ctx, opts.Files[0])
	if err != nil {
		return nil, err
	}
	var targets []store.DerivedPath
	for _, attr := range opts.Build {
		v, err := ev.Select(ctx, set, attr, eval.NoAttrs(), true)
		if err != nil {
			return nil, err
		}
		drvs, err := eng.Derivations(ctx, ev, v, engine.WalkOptions{}, engine.FactOutputs)
		if err != nil {
			return nil, err
		}
		for _, d := range drvs {
			targets = append(targets, d.Target())
		}
	}
	return targets, nil
}

// interfaceOptions reads the user's configuration, and what the last session left in
// the file session; flags come before both. What is wrong in the configuration does not
// count, and is told of in the interface.
func interfaceOptions(opts cli.WorkbenchOptions, session string) (tui.Options, error) {
	conf, wrong := config.Load(config.Dir(userEnv()))
	theme, err := conf.LoadTheme(opts.Theme)
	if opts.Theme != "" && err != nil {
		return tui.Options{}, err
	}
	last, notices := lastSession(opts, session)
	notices = append(notices, mistakesIn(errors.Join(wrong, err))...)
	return tui.Options{
		Session: last, Notices: notices, Save: func(s *tui.Session) error { return s.Write(session) },
		Theme: theme, Themes: conf, Configured: conf.Theme, ASCII: opts.ASCII || conf.ASCII(style.HasUTF8(os.Environ())), Keys: conf.Keymap(),
		Columns: conf.Columns,
		NoMouse: conf.NoMouse, Vi: conf.Vi, Now: time.Now,
	}, nil
}

// mistakesIn are notices of what is wrong in the configuration, a line of wrong each.
func mistakesIn(wrong error) []string {
	if wrong == nil {
		return nil
	}
	lines := strings.Split(wrong.Error(), "\n")
	if home := userHome().Dir; home != "" && home != "/" {
		for i, l := range lines {
			lines[i] = strings.ReplaceAll(l, home+"/", "~/")
		}
	}
	if n := len(lines); n > 1 {
		lines = append(lines, fmt.Sprintf("%d mistakes in the configuration, which do not count: F2, messages", n))
	}
	return lines
}

// lastSession reads what the last session left, as far as it is wanted. A file that
// cannot be read is put aside; a notice says so.
func lastSession(opts cli.WorkbenchOptions, file string) (last *tui.Session, notices []string) {
	last = &tui.Session{}
	if opts.Fresh {
		_ = os.Remove(file) // else its bookmarks come back when this session is kept
		return last, nil
	}
	read, err := tui.ReadSession(file)
	if err != nil {
		_ = os.Rename(file, file+".bad") // else it is overwritten
		return last, []string{err.Error() + "; put aside as " + filepath.Base(file) + ".bad"}
	}
	if len(opts.Files) > 0 {
		read.Front = "" // what was asked for is to be seen
	}
	if opts.Theme != "" {
		read.Theme = ""
	}
	return read, nil
}
