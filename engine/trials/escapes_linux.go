package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// The packages whose tests try to get out of builds, and the tests.
var (
	escapePackages = []string{"engine/sandbox", "engine/build", "engine/archive"}
	escapeTests    = "^(TestEscapes|TestRoot|TestEscapesOfRoot|TestAdvisories|TestViewInside|TestAbstractSocketOfTheHost|TestErrors|" +
		"TestCancelLeavesNothingRunning|TestOtherPathsAreNotRegistered|TestImpossibleOutputs|TestClosedDirectories)$"
)

// An identity is who tries.
type identity struct {
	name string
	attr *syscall.SysProcAttr
	uid  int // of the directory that it works in
}

// nobodyID is an ordinary user.
const nobodyID = 65534

// identities returns those whom this process can become. Root tries as three: a
// builder of root's is a user of its own, one of an ordinary user's is that user,
// and in a namespace of one user it is both.
func identities() []identity {
	uid, gid := os.Geteuid(), os.Getegid()
	alone := identity{"one-user namespace", &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}},
	}, uid}
	if uid != 0 {
		return []identity{{"user", nil, uid}, alone}
	}
	return []identity{
		{"root", nil, 0},
		{"user", &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobodyID, Gid: nobodyID}}, nobodyID},
		alone,
	}
}

// escapeTrials runs, as each identity, the tests that try to get out of a build, and
// prints each attempt with what came of it.
func escapeTrials(ctx context.Context, conf *config) error {
	if err := os.Chmod(conf.scratch, 0o755); err != nil {
		return err
	}
	who := identities()
	tried := map[string][]string{} // an attempt's outcomes, by identity
	messages := map[string][]string{}
	for _, pkg := range escapePackages {
		binary := filepath.Join(conf.scratch, filepath.Base(pkg)+".test")
		if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./"+pkg).CombinedOutput(); err != nil {
			return fmt.Errorf("compile the tests of %s: %w\n%s", pkg, err, out)
		}
		for i, id := range who {
			outcomes, err := id.try(ctx, conf, pkg, binary)
			if err != nil {
				return fmt.Errorf("%s as %s: %w", pkg, id.name, err)
			}
			for name, o := range outcomes {
				if tried[name] == nil {
					tried[name] = slices.Repeat([]string{"-"}, len(who))
				}
				if tried[name][i] = o.word; o.word == broken {
					messages[name] = append(messages[name], o.output)
				}
			}
		}
	}
	return writeEscapes(os.Stdout, conf, who, tried, messages)
}

// Outcomes of an attempt. One that could not be made shows nothing, and counts as
// one that got out.
const (
	held   = "held"
	broken = "VIOLATED"
)

type escapeOutcome struct{ word, output string }

// try runs the tests of one package as somebody.
func (id identity) try(ctx context.Context, conf *config, pkg, binary string) (map[string]escapeOutcome, error) {
	tmp, err := os.MkdirTemp(conf.scratch, "tmp")
	if err != nil {
		return nil, err
	}
	defer removeTree(tmp)
	if err := os.Chown(tmp, id.uid, -1); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "-test.v=test2json", "-test.run="+escapeTests)
	cmd.Dir = pkg
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp)
	cmd.SysProcAttr = id.attr
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	outcomes, jsonErr := readEscapes(ctx, filepath.Base(pkg), out)
	if jsonErr != nil {
		return nil, jsonErr
	}
	if len(outcomes) == 0 {
		return nil, fmt.Errorf("it tried nothing: %w\n%s", err, out)
	}
	return outcomes, nil
}

// readEscapes reads what a test binary has printed. Attempts are the tests that have
// no tests inside.
func readEscapes(ctx context.Context, pkg string, printed []byte) (map[string]escapeOutcome, error) {
	convert := exec.CommandContext(ctx, "go", "tool", "test2json")
	convert.Stdin = bytes.NewReader(printed)
	lines, err := convert.Output()
	if err != nil {
		return nil, fmt.Errorf("read the tests' output: %w", err)
	}
	outcomes, said, parents := map[string]escapeOutcome{}, map[string]string{}, map[string]bool{}
	for scan := bufio.NewScanner(bytes.NewReader(lines)); scan.Scan(); {
		var e struct{ Action, Test, Output string }
		if err := json.Unmarshal(scan.Bytes(), &e); err != nil || e.Test == "" {
			continue
		}
		name := pkg + " " + e.Test
		switch e.Action {
		case "output":
			said[name] += e.Output
		case "pass":
			outcomes[name] = escapeOutcome{held, ""}
		case "fail", "skip":
			outcomes[name] = escapeOutcome{broken, said[name]}
		}
		if i := strings.LastIndexByte(name, '/'); i > 0 {
			parents[name[:i]] = parents[name[:i]] || outcomes[name].word == broken
		}
	}
	// A test that fails without one inside it is an attempt of its own.
	maps.DeleteFunc(outcomes, func(name string, o escapeOutcome) bool {
		hasBroken, isParent := parents[name]
		return isParent && (hasBroken || o.word == held)
	})
	return outcomes, nil
}

// writeEscapes prints the table.
func writeEscapes(w io.Writer, conf *config, who []identity, tried map[string][]string, messages map[string][]string) error {
	row := func(name string, words []string) {
		fmt.Fprintf(w, "%-76s", name)
		for _, word := range words {
			fmt.Fprintf(w, " %-18s", word)
		}
		fmt.Fprintln(w)
	}
	var names []string
	for _, id := range who {
		names = append(names, id.name)
	}
	row("attempt", names)
	attempts, violations := 0, 0
	for _, name := range slices.Sorted(maps.Keys(tried)) {
		if !conf.only.MatchString(name) {
			continue
		}
		row(name, tried[name])
		for _, word := range tried[name] {
			if word != "-" {
				attempts++
			}
			if word == broken {
				violations++
			}
		}
		for _, text := range messages[name] {
			fmt.Fprint(w, text)
		}
	}
	fmt.Fprintf(w, "%d attempts, %d violations\n", attempts, violations)
	if violations > 0 {
		return errEscaped
	}
	return nil
}

// errEscaped is returned after the table has shown how.
var errEscaped = errors.New("builders got out of their sandboxes, or attempts could not be made")
