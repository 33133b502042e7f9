package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
)

// This file says what a sandbox is made of.

// spec says what the sandbox holds and runs, and writes the builder's files.
func (j *job) spec(ctx context.Context) (*sandbox.Spec, error) {
	d, s := j.drv, j.settings
	graphs, err := j.referenceGraphs(ctx)
	if err != nil {
		return nil, err
	}
	env, err := newEnvironment(envInput{
		drv: d, outputs: j.scratch, options: j.options, storeDir: j.st.Dir(), buildDir: s.SandboxBuildDir,
		cores: s.BuildCores(), graphs: graphs, impureEnv: s.ImpureEnv, getenv: j.opts.Getenv,
	})
	if err != nil {
		return nil, err
	}
	if err := j.writeFiles(env.files); err != nil {
		return nil, fmt.Errorf("write into build directory: %w", err)
	}
	mounts, err := j.mounts(ctx)
	if err != nil {
		return nil, err
	}
	return &sandbox.Spec{
		StoreDir: string(j.st.Dir()), StoreSource: j.storeDir(),
		BuildDir: s.SandboxBuildDir, BuildSource: j.buildDir(),
		TmpSource: j.tmpDir(),
		Mounts:    mounts,
		Builder:   d.Builder, Args: env.args, Env: env.list(),
		Network: hasNetwork(d) || j.seesHost(),
		HostUID: j.user.uid, HostGID: j.user.gid, IDs: j.idCount(),
		ShmSize: s.SandboxShmSize, KVM: slices.Contains(s.SystemFeatures, "kvm"),
		FilterSyscalls: s.FilterSyscalls,
		Cgroup:         s.UseCgroups,
		Limits:         sandbox.Limits{Memory: s.MaxBuildMemory, Processes: s.MaxBuildProcesses, CPUs: s.MaxBuildCPUs},
		Linux32:        is32Bit(d.System, s.System),
		Timeout:        seconds(s.Timeout), MaxSilent: seconds(s.MaxSilent), MaxLog: s.MaxLogSize,
	}, nil
}

// idCount is how many users and groups the builder needs.
func (j *job) idCount() int {
	if usesIDRange(j.drv, j.options) {
		return settings.IDsPerBuilder
	}
	return 1
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// is32Bit reports whether a derivation for system is built by a 64-bit machine
// that pretends to be a 32-bit one.
func is32Bit(system, machine string) bool {
	return system == "i686-linux" && machine == "x86_64-linux" ||
		(system == "armv7l-linux" || system == "armv6l-linux") && machine == "aarch64-linux"
}

// writeFiles writes files into the build directory, before anyone else is in
// it.
func (j *job) writeFiles(files map[string]string) error {
	if len(files) == 0 {
		return nil
	}
	dir, err := os.OpenRoot(j.buildDir())
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteString(files[name])
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		if err := j.user.give(filepath.Join(j.buildDir(), name)); err != nil {
			return err
		}
	}
	return nil
}

// mounts returns what the builder sees besides its own directories.
func (j *job) mounts(ctx context.Context) ([]sandbox.Mount, error) {
	var mounts []sandbox.Mount
	if j.seesHost() {
		host, err := j.hostMounts()
		if err != nil {
			return nil, err
		}
		mounts = host
	}
	chosen, closure, err := j.sandboxPaths(ctx)
	if err != nil {
		return nil, err
	}
	if !j.seesHost() { // which has its own there
		mounts = append(mounts, chosen...)
	}
	if hasNetwork(j.drv) && !j.seesHost() && j.settings.SSLCertFile != "" {
		if file, err := filepath.EvalSymlinks(j.settings.SSLCertFile); err == nil {
			mounts = append(mounts, sandbox.Mount{Source: file, Target: "/etc/ssl/certs/ca-certificates.crt", Optional: true})
		}
	}
	if !j.seesHost() {
		if err := refuseHostDeps(j.planned.DrvPath, j.options, j.settings); err != nil {
			return nil, err
		}
		for _, name := range j.options.ImpureHostDeps {
			mounts = append(mounts, sandbox.Mount{Source: filepath.Clean(name), Target: filepath.Clean(name), Optional: true, Writable: !j.isOfStore(name)})
		}
	}
	more, err := j.preBuildHook(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range more {
		m.Writable = !j.isOfStore(m.Source)
		mounts = append(mounts, m)
	}
	slices.Sort(closure)
	for _, p := range slices.Compact(closure) {
		mounts = append(mounts, sandbox.Mount{Source: j.st.RealPath(p), Target: string(p)})
	}
	return mounts, nil
}
