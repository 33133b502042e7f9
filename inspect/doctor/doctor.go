// Package doctor looks for what is wrong, or will be, with a store and the
// machine around it, and says what to do about it. It only looks.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/store/socket"
)

// Level says how bad a finding is.
type Level uint8

// The levels.
const (
	Fine    Level = iota // as it should be
	Note                 // may be meant
	Warning              // works, but not well or not for long
	Problem              // something does not work
)

// String returns the level in a word.
func (l Level) String() string {
	switch l {
	case Fine:
		return "ok"
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Problem:
		return "problem"
	}
	return ""
}

// Finding is something that was looked at.
type Finding struct {
	Area   string // "store", "database", "sandbox", "configuration", "path", "disk" or "daemon"
	Level  Level
	What   string // a sentence about what was found; may hold text from elsewhere
	Remedy string // what to do; "" if there is nothing to be done
}

// Options say what is looked at.
type Options struct {
	// Warnings are what was said when the configuration was read.
	Warnings []string
	// Verify looks whether the files of all paths are there, which takes seconds
	// for a large store.
	Verify bool
}

// Examine looks at the store, the configuration and the machine. Findings come
// by area; every area has at least one. The only error is that of ctx.
func Examine(ctx context.Context, eng *engine.Engine, opts Options) ([]Finding, error) {
	var all []Finding
	info, err := eng.StoreInfo(ctx)
	for _, look := range []func() []Finding{
		func() []Finding { return lookAtStore(eng, info, err) },
		func() []Finding { return lookAtDatabase(ctx, eng, opts.Verify) },
		func() []Finding { return lookAtSandbox(eng) },
		func() []Finding { return lookAtConfiguration(eng, opts.Warnings) },
		func() []Finding { return lookAtPath(eng.Getenv("PATH"), eng.Getenv("HOME")) },
		func() []Finding { return lookAtDisks(eng) },
		func() []Finding { return lookAtDaemon(ctx, eng, info, err) },
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all = append(all, look()...)
	}
	return all, ctx.Err()
}

// Unopened is what there is to say if the stores cannot be opened at all.
func Unopened(err error) []Finding {
	f := Finding{"store", Problem, fmt.Sprintf("the store cannot be opened: %v", err), "check the directory that --store or the setting store names, and who may write it"}
	if errors.Is(err, engine.ErrCorrupt) {
		f.Area, f.Remedy = "database", "nixbench store rebuild-db makes it anew from the journal and the files"
	}
	return []Finding{f}
}

func lookAtStore(eng *engine.Engine, info engine.StoreInfo, err error) []Finding {
	if err != nil {
		return []Finding{{"store", Problem, fmt.Sprintf("%s does not answer: %v", eng.StoreName(), err), "if a daemon writes it, see that it runs: systemctl status nix-daemon"}}
	}
	found := []Finding{{Area: "store", What: eng.StoreName() + ", " + info.Access}}
	if err := eng.Writable(); err != nil {
		found = append(found, Finding{"store", Warning, fmt.Sprintf("nothing can be added to it: %v", err),
			"run as its owner, through the daemon (--store daemon), or take a store of your own (--store DIR)"})
	}
	if err := eng.MachineErr(); err != nil {
		found = append(found, Finding{"store", Note, err.Error(), "what only it has is built again"})
	}
	dir := eng.Store().RealDir()
	if stat, err := os.Stat(dir); err == nil && stat.Mode().Perm()&0o002 != 0 {
		found = append(found, Finding{"store", Problem, "anyone can change " + dir, "chmod o-w " + dir + ", and nixbench store verify --check-contents"})
	}
	return found
}

func lookAtDatabase(ctx context.Context, eng *engine.Engine, verify bool) []Finding {
	g, err := eng.Store().Graph(ctx)
	switch {
	case errors.Is(err, engine.ErrCorrupt):
		return Unopened(err)
	case err != nil:
		return []Finding{{"database", Problem, fmt.Sprintf("it cannot be read: %v", err), "see who may read " + eng.Store().StateDir()}}
	}
	size := int64(0)
	for _, n := range g.NarSize {
		size += n
	}
	found := []Finding{{Area: "database", What: fmt.Sprintf("valid paths: %d, of %d MiB", g.Len(), size>>20)}}
	if !verify {
		return found
	}
	lost := 0
	err = eng.Verify(ctx, engine.VerifyOptions{}, func(f engine.Finding) {
		if lost++; lost <= 20 {
			found = append(found, Finding{"database", Problem, f.Err.Error(), "nixbench store repair " + string(f.Path) + ", or nixbench store verify --repair"})
		}
	})
	switch {
	case err != nil:
		found = append(found, Finding{"database", Problem, fmt.Sprintf("its paths cannot be looked at: %v", err), "see who may read " + string(eng.Store().RealDir())})
	case lost > 20:
		found = append(found, Finding{"database", Problem, fmt.Sprintf("and %d more", lost-20), "nixbench store verify lists them"})
	}
	return found
}

func lookAtSandbox(eng *engine.Engine) []Finding {
	if eng.HasDaemon() {
		return []Finding{{Area: "sandbox", What: "builds are the daemon's"}}
	}
	if err := eng.CheckSandbox(); err != nil {
		return []Finding{{"sandbox", Problem, fmt.Sprintf("nothing can be built: %v", err), "allow what it names; on a machine with a nix-daemon, --store daemon builds there"}}
	}
	set := eng.Settings()
	found := []Finding{{Area: "sandbox", What: "builds have namespaces of their own"}}
	found = append(found, lookAtShell("/proc/self/exe", set.SandboxPaths)...)
	if slices.Contains(set.SystemFeatures, "kvm") {
		if f, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0); err != nil {
			found = append(found, Finding{"sandbox", Warning, fmt.Sprintf("system-features has kvm, but: %v", err), "join the group of /dev/kvm, or take kvm out of system-features"})
		} else {
			f.Close()
		}
	}
	return found
}

func lookAtConfiguration(eng *engine.Engine, warnings []string) []Finding {
	var found []Finding
	for _, w := range warnings {
		found = append(found, Finding{"configuration", Warning, w, "see nix.conf, NIX_CONFIG and the flags; nixbench config show prints what is in force"})
	}
	set := eng.Settings()
	for _, entry := range set.NixPath {
		_, dir, named := strings.Cut(entry, "=")
		if !named {
			dir = entry
		}
		if !filepath.IsAbs(dir) {
			continue // what would be fetched
		}
		if _, err := os.Stat(dir); err != nil {
			found = append(found, Finding{"configuration", Warning, fmt.Sprintf("the search path names %s: %v", entry, errors.Unwrap(err)), "mend NIX_PATH or the setting nix-path"})
		}
	}
	if set.MaxJobs == 0 && !eng.HasDaemon() {
		found = append(found, Finding{"configuration", Note, "max-jobs = 0: nothing is built here", "max-jobs = auto takes all cores"})
	}
	if set.Sandbox == "false" && !eng.HasDaemon() {
		found = append(found, Finding{"configuration", Note, "sandbox = false has no effect: builds are always sandboxed", "take it out of nix.conf, or leave it to other programs"})
	}
	if len(found) == 0 {
		found = append(found, Finding{Area: "configuration", What: "nothing to complain of"})
	}
	return found
}

// listed are names in a sentence.
func listed(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// lookAtPath looks for the programs of Nix in a PATH, and for the user's profile.
//
// Behaviour: nix config check, which looks for several versions too.
func lookAtPath(path, home string) []Finding {
	var found []Finding
	twice := map[string][]string{} // programs by where they are
	for _, name := range []string{"nix", "nix-build", "nix-store"} {
		var dirs, real []string
		for _, dir := range filepath.SplitList(path) {
			target, err := filepath.EvalSymlinks(filepath.Join(dir, name))
			if err == nil && !slices.Contains(real, target) {
				dirs, real = append(dirs, dir), append(real, target)
			}
		}
		if len(dirs) > 1 {
			where := strings.Join(dirs, " and ")
			twice[where] = append(twice[where], name)
		}
	}
	for _, where := range slices.Sorted(maps.Keys(twice)) {
		found = append(found, Finding{"path", Warning, fmt.Sprintf("PATH has several %s, in %s; the first counts", listed(twice[where]), where),
			"take all but one out of PATH"})
	}
	profile := filepath.Join(home, ".nix-profile")
	if _, err := os.Stat(filepath.Join(profile, "bin")); err == nil && home != "" && !slices.Contains(filepath.SplitList(path), filepath.Join(profile, "bin")) {
		found = append(found, Finding{"path", Warning, "PATH has not got the programs of " + profile, "put " + profile + "/bin into PATH, in ~/.profile"})
	}
	if len(found) == 0 {
		found = append(found, Finding{Area: "path", What: "no program of Nix is there twice"})
	}
	return found
}

// daemonTimeout is how long a daemon may take to accept a connection.
const daemonTimeout = 2 * time.Second

func lookAtDaemon(ctx context.Context, eng *engine.Engine, info engine.StoreInfo, err error) []Finding {
	if eng.HasDaemon() {
		switch {
		case err != nil:
			return []Finding{{"daemon", Problem, fmt.Sprintf("it does not answer: %v", err), "systemctl restart nix-daemon"}}
		case info.Trusted != nil && !*info.Trusted:
			return []Finding{{"daemon", Note, "version " + info.Version + "; it does not trust you", "an administrator can add you to trusted-users, which gives the rights of root"}}
		}
		return []Finding{{Area: "daemon", What: "version " + info.Version + " answers"}}
	}
	return tryDaemon(ctx, filepath.Join(eng.Store().StateDir(), "daemon-socket", "socket"))
}

// tryDaemon looks whether anyone listens at a socket.
func tryDaemon(ctx context.Context, name string) []Finding {
	if _, err := os.Lstat(name); err != nil {
		return []Finding{{Area: "daemon", What: "none writes this store"}}
	}
	ctx, cancel := context.WithTimeout(ctx, daemonTimeout)
	defer cancel()
	conn, err := socket.Dial(ctx, name)
	if err != nil {
		return []Finding{{"daemon", Warning, fmt.Sprintf("there is a socket, but nobody listens: %v", err), "start nix-daemon, or remove " + name}}
	}
	conn.Close()
	return []Finding{{"daemon", Note, "one listens at " + name, "--store daemon works through it"}}
}
