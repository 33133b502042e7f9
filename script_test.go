package main

import (
	"flag"
	"os"
	"testing"

	"nixbench/engine/sandbox"
	"nixbench/store/daemon/daemontest"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output of scripts")

func TestMain(m *testing.M) {
	serveOthers() // the test binary is its own sandbox's /bin/sh
	command := func() { os.Exit(run()) }
	testscript.Main(m, map[string]func(){
		"nixbench": command, "nix": command, "nix-instantiate": command, "nix-env": command,
		"nix-store": command, "nix-hash": command, "nix-collect-garbage": command,
		"nix-shell": command, "nix-channel": command, "nix-prefetch-url": command,
	})
}

// TestScript runs the command line as a user does: testdata/script/*.txtar, a
// file for each thing that it does.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("XDG_DATA_HOME", env.WorkDir+"/data")
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/cache")
			env.Setenv("NIX_CONF_DIR", env.WorkDir+"/etc")
			env.Setenv("STORE", env.WorkDir+"/root")
			// Not the machine's store, even where it is ours to write.
			env.Setenv("NIX_CONFIG", "extra-experimental-features = nix-command\nstore = "+env.WorkDir+"/own")
			return os.Mkdir(env.WorkDir+"/home", 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"daemon": startDaemon},
		Condition: func(cond string) (bool, error) {
			return cond == "sandbox" && sandbox.Check() == nil, nil
		},
	})
}

// startDaemon starts a daemon for a script, and sets DAEMON to the URI of its store.
func startDaemon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: daemon")
	}
	root, err := os.MkdirTemp("", "daemon") // short: the name of a socket has a limit
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(root) })
	s, err := daemontest.Serve(root)
	ts.Check(err)
	ts.Defer(s.Close)
	ts.Setenv("DAEMON", s.URI())
}
