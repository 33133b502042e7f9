package build_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/enginetest"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
	"nixbench/store/storetest"
)

// TestMain makes the test binary what the real one is inside a sandbox:
// /bin/sh, which runs the scripts of [shell].
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "sh" {
		syscall.Exit(shell(os.Args[1])) // os.Exit has a word to say under -cover
	}
	if len(os.Args) == 4 && os.Args[1] == "realise" {
		os.Exit(realiseMain(os.Args[2], store.Path(os.Args[3])))
	}
	os.Exit(m.Run())
}

// shell runs a script of lines such as "write $out text", whose words are
// expanded from the environment after they have been split.
func shell(script string) int {
	for line := range strings.Lines(script) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for i, word := range words {
			words[i] = os.ExpandEnv(word)
		}
		if status, isOver, err := act(words[0], words[1:]); err != nil {
			fmt.Println(err)
			return 1
		} else if isOver {
			return status
		}
	}
	return 0
}

// act does one line of a script.
func act(verb string, args []string) (status int, isOver bool, err error) {
	switch verb {
	case "write": // file words
		err = os.WriteFile(args[0], []byte(strings.Join(args[1:], " ")+"\n"), 0o644)
	case "exe":
		err = os.WriteFile(args[0], []byte("#!/bin/sh\n"), 0o755)
	case "mkdir":
		err = os.MkdirAll(args[0], 0o755)
	case "ln":
		err = os.Symlink(args[0], args[1])
	case "link":
		err = os.Link(args[0], args[1])
	case "chown": // user file
		uid, _ := strconv.Atoi(args[0])
		err = os.Chown(args[1], uid, uid)
	case "chmod": // octal file
		mode, _ := strconv.ParseUint(args[0], 8, 32)
		err = syscall.Chmod(args[1], uint32(mode))
	case "cp": // from to
		var data []byte
		if data, err = os.ReadFile(args[0]); err == nil {
			err = os.WriteFile(args[1], data, 0o644)
		}
	case "env":
		env := os.Environ()
		err = os.WriteFile(args[0], []byte(strings.Join(env, "\n")+"\n"), 0o644)
	case "ls": // dir file
		var entries []os.DirEntry
		var names []string
		if entries, err = os.ReadDir(args[0]); err == nil {
			for _, e := range entries {
				names = append(names, e.Name())
			}
			err = os.WriteFile(args[1], []byte(strings.Join(names, " ")), 0o644)
		}
	case "say":
		fmt.Println(strings.Join(args, " "))
	case "inode":
		var info os.FileInfo
		if info, err = os.Stat(args[0]); err == nil {
			fmt.Println(info.Sys().(*syscall.Stat_t).Ino)
		}
	case "fifo":
		err = syscall.Mkfifo(args[0], 0o644)
	case "dig": // dir depth
		depth, _ := strconv.Atoi(args[1])
		if err = os.Mkdir(args[0], 0o755); err == nil {
			err = os.Chdir(args[0])
		}
		for i := 0; i < depth && err == nil; i++ {
			if err = os.Mkdir("d", 0o755); err == nil {
				err = os.Chdir("d")
			}
		}
	case "await": // file
		for err = os.ErrNotExist; err != nil; _, err = os.Stat(args[0]) {
			time.Sleep(time.Millisecond)
		}
	case "sleep":
		d, _ := time.ParseDuration(args[0])
		time.Sleep(d)
	case "exit":
		n, _ := strconv.Atoi(args[0])
		return n, true, nil
	default:
		err = fmt.Errorf("%s: command not found", verb)
	}
	return 0, false, err
}

// A rig is a store of its own and a builder.
type rig struct {
	t        testing.TB
	st       *local.Store
	settings *settings.Settings
	hub      *event.Hub
	b        *build.Builder
}

// newRig makes a rig, or skips t where there is no sandbox to be had.
func newRig(t testing.TB, configure ...func(*settings.Settings)) *rig {
	t.Helper()
	enginetest.NeedSandbox(t)
	return newRigAt(t, t.TempDir(), configure...)
}

func newRigAt(t testing.TB, root string, configure ...func(*settings.Settings)) *rig {
	t.Helper()
	return newRigIn(t, root, local.Options{Root: root}, configure...)
}

// newRigIn is newRig for a store with the given options, all of whose directories are
// below root.
func newRigIn(t testing.TB, root string, opts local.Options, configure ...func(*settings.Settings)) *rig {
	t.Helper()
	opts.SyncMode = local.SyncNone
	st, err := local.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, st: st, settings: settings.Default(), hub: new(event.Hub)}
	r.settings.MaxJobs = 2
	enginetest.AddLibraries(r.settings.SandboxPaths)
	for _, f := range configure {
		f(r.settings)
	}
	r.b = build.New(build.Options{Store: st, Settings: r.settings, Hub: r.hub})
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
		// TempDir cannot delete directories that nobody may write to.
		if _, err := st.DeleteTree(t.Context(), st.RealDir()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		_ = storetest.MakeWritable(root)
	})
	return r
}

// script returns a derivation that runs script and has the outputs.
func script(name, text string, outputs ...string) *drv.Derivation {
	if len(outputs) == 0 {
		outputs = []string{"out"}
	}
	d := &drv.Derivation{
		Name: name, System: settings.System(), Builder: "/bin/sh", Args: []string{text},
		Env: map[string]string{"name": name}, Outputs: map[string]drv.Output{},
		InputDrvs: map[store.Path][]string{},
	}
	for _, o := range outputs {
		d.Outputs[o] = drv.Output{}
		d.Env[o] = ""
	}
	return d
}

// add puts a derivation into the store, with the outputs of others that its
// environment is to name.
func (r *rig) add(d *drv.Derivation, inputs map[string]*drv.Derivation) store.Path {
	r.t.Helper()
	for name, input := range inputs {
		p, err := input.Path(r.st.Dir())
		if err != nil {
			r.t.Fatal(err)
		}
		d.InputDrvs[p] = input.OutputNames()
		d.Env[name] = string(input.OutputPath(input.OutputNames()[len(input.Outputs)-1]))
	}
	m := &drv.Modulo{Dir: r.st.Dir(), Load: func(p store.Path) (*drv.Derivation, error) {
		return r.st.ReadDerivation(r.t.Context(), p)
	}}
	if err := m.FillOutputs(d); err != nil {
		r.t.Fatal(err)
	}
	p, err := r.st.AddDerivation(r.t.Context(), d)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// realise builds all outputs of derivations.
func (r *rig) realise(drvPaths ...store.Path) *build.Result {
	r.t.Helper()
	if err := r.st.Flush(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var targets []build.Target
	for _, p := range drvPaths {
		targets = append(targets, build.Target{Path: p, Outputs: []string{"*"}})
	}
	res, err := r.b.Realise(r.t.Context(), targets, build.Normal)
	if err != nil {
		r.t.Fatal(err)
	}
	return res
}

// build builds one derivation, which must succeed, and returns its outputs.
func (r *rig) build(d *drv.Derivation, inputs map[string]*drv.Derivation) map[string]store.Path {
	r.t.Helper()
	p := r.add(d, inputs)
	res := r.realise(p)
	if err := res.Err(); err != nil {
		r.t.Fatalf("%v\n%s", err, r.log(p))
	}
	return res.Outcomes[0].Outputs
}

// log returns the log of a build.
func (r *rig) log(p store.Path) string {
	r.t.Helper()
	log, err := r.st.OpenLog(p)
	if err != nil {
		return err.Error()
	}
	defer log.Close()
	data, err := io.ReadAll(log)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// read returns the contents of a file in the store.
func (r *rig) read(p store.Path, below string) string {
	r.t.Helper()
	data, err := os.ReadFile(r.st.RealPath(p) + below)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(bytes.TrimRight(data, "\n"))
}

// info returns what the store knows of a path.
func (r *rig) info(p store.Path) *store.PathInfo {
	r.t.Helper()
	info, err := r.st.PathInfo(r.t.Context(), p)
	if err != nil {
		r.t.Fatal(err)
	}
	return info
}

// leftovers returns what builds have left in the store's directories.
func (r *rig) leftovers() []string {
	r.t.Helper()
	var found []string
	for _, pattern := range []string{"*.chroot", "*.lock", "tmp-*", "*.tmp"} {
		files, _ := filepath.Glob(filepath.Join(r.st.RealDir(), pattern))
		found = append(found, files...)
	}
	builds, _ := filepath.Glob(filepath.Join(r.st.StateDir(), "builds", "*"))
	return append(found, builds...)
}

// verify holds all contents against what is known of them.
func (r *rig) verify() {
	r.t.Helper()
	err := r.st.Verify(r.t.Context(), local.VerifyOptions{CheckContents: true}, func(f local.Finding) { r.t.Errorf("verify: %+v", f) })
	if err != nil {
		r.t.Error(err)
	}
}
