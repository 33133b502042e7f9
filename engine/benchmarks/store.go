package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A storeCase is a command on a store.
type storeCase struct {
	name string
	base string   // the store that it starts from: see storeBases
	args []string // $INPUT stands for the directory of what is added and built
	// changes says that the command changes the store, so that each run needs a copy.
	changes  bool
	realConf string // lines of nix.conf of the real ones
	oursOnly string // why the real ones do not take part, or ""
	graph    bool   // instead of a command: see measureGraph
	// saysSame says that the standard output of all must be the same.
	saysSame bool
}

// sandboxed has the real ones build in a sandbox with the machine's shell, as they have
// none of their own.
const sandboxed = "sandbox = true\nsandbox-paths = /bin /usr /lib /lib64\nbuild-users-group =\nsubstitute = false\n"

var storeCases = []storeCase{
	{name: "closure", base: "graph", args: []string{"nix-store", "-qR", graphPath(0)}, saysSame: true},
	{name: "graph", base: "graph", graph: true, oursOnly: "it is what the screens work on"},
	{name: "graph of 1e6", base: "million", graph: true, oursOnly: "it is what the screens work on"},
	{name: "closure sizes", base: "small graph", args: []string{"nix", "--extra-experimental-features", "nix-command", "path-info", "-rS", graphPath(0)}, saysSame: true},
	{name: "all closure sizes", base: "graph", args: []string{"nix", "--extra-experimental-features", "nix-command", "path-info", "--all", "-S"},
		oursOnly: "a closure each takes them hours"},
	{name: "add, durable", base: "empty", args: []string{"nix-store", "--add", "$INPUT/tree"}, changes: true, realConf: "fsync-store-paths = true\n", saysSame: true},
	{name: "add", base: "empty", args: []string{"nix-store", "--add", "$INPUT/tree"}, changes: true, saysSame: true},
	{name: "builds", base: "empty", args: []string{"nix-build", "--no-out-link", "--max-jobs", "2", "$INPUT/builds.nix"}, changes: true, realConf: sandboxed, saysSame: true},
	{name: "plan", base: "derivations", args: []string{"nix-store", "--realise", "--dry-run", "$ROOT"}, realConf: "substitute = false\n"},
	{name: "collect", base: "garbage", args: []string{"nix-store", "--gc"}, changes: true},
}

const graphPaths = 100_000 // of which the closure of the first has 99,000

// A storeSize says how much there is to do in the cases that take minutes.
type storeSize struct {
	builds  int // derivations that are built
	planned int // derivations of the plan
	garbage int // paths to collect
}

// storeInputs returns the files of $INPUT, by name.
func storeInputs(size storeSize) map[string]string {
	return map[string]string{
		"builds.nix": fmt.Sprintf(`builtins.genList (i: derivation {
  name = "build${toString i}"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo ${toString i} >$out" ];
}) %d`, size.builds),
		"planned.nix": fmt.Sprintf(`derivation { name = "root"; system = builtins.currentSystem; builder = "/bin/sh"; args = builtins.genList (i: derivation {
  name = "planned${toString i}"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo ${toString i} >$out" ];
}) %d; }`, size.planned),
		"garbage.nix": fmt.Sprintf(`builtins.genList (i: derivation { name = "garbage${toString i}"; system = "x"; builder = "b"; }) %d`, size.garbage),
	}
}

// benchStore compares what is done to stores. Each case is printed and saved when it ends,
// so that a run that is broken off has told what it knew.
func benchStore(conf *config) error {
	scratch, programs, err := conf.prepare()
	if err != nil {
		return err
	}
	defer func() { _ = exec.Command("chmod", "-R", "u+w", scratch).Run(); os.RemoveAll(scratch) }()
	b := &storeBench{scratch: scratch, kept: conf.dir, size: conf.size, ours: programs[0], bases: map[string]string{}}
	if err := b.writeInputs(); err != nil {
		return err
	}
	rep := &report{Started: time.Now(), LoadBefore: load(), Rounds: conf.rounds}
	for _, p := range programs {
		rep.Programs = append(rep.Programs, p.Name)
	}
	fmt.Printf("%s; load %s before; %d rounds in turns: %s\n%d builds, %d planned, %d collected; times in ms, least and median, ratios to the real Nix with the least CPU time\n\n",
		rep.Started.Format(time.DateTime), rep.LoadBefore, rep.Rounds, strings.Join(rep.Programs, ", "), b.size.builds, b.size.planned, b.size.garbage)
	printRunsHead(os.Stdout)
	for i := range storeCases {
		c := &storeCases[i]
		if !conf.cases.MatchString(c.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s …\n", c.name)
		res, err := b.runCase(c, programs, conf.rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		rep.Results = append(rep.Results, res)
		rep.printCase(os.Stdout, res)
		rep.LoadAfter = load()
		if err := rep.save(conf.json); err != nil {
			return err
		}
	}
	rep.printRemarks(os.Stdout)
	fmt.Printf("load %s after\n", rep.LoadAfter)
	return rep.err()
}

// A storeBench is what the cases share.
type storeBench struct {
	scratch string
	kept    string // where stores stay for the next run, or ""
	size    storeSize
	ours    program
	bases   map[string]string // the directories of those that were made
	root    string            // the derivation that needs all that are planned
	copies  int               // that stay until the end; see copyOf
}

func (b *storeBench) input() string { return filepath.Join(b.scratch, "input") }

// writeInputs makes what is added and built: a tree of 15,000 files and 200 MB among it.
func (b *storeBench) writeInputs() error {
	if err := os.MkdirAll(b.input(), 0o755); err != nil {
		return err
	}
	for name, text := range storeInputs(b.size) {
		if err := os.WriteFile(filepath.Join(b.input(), name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	contents := make([]byte, 27_000)
	for i := range 15_000 {
		dir := filepath.Join(b.input(), "tree", fmt.Sprintf("dir%d", i%300))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		part := contents[:random.IntN(len(contents))]
		for j := range part {
			part[j] = byte(random.Uint32())
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("file", i)), part, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// runCase lets the programs run a case in turns.
func (b *storeBench) runCase(c *storeCase, programs []program, rounds int) (*result, error) {
	base, err := b.base(c.base)
	if err != nil {
		return nil, err
	}
	res := newResult(c.name)
	var said answer // of the first
	for round := range rounds {
		for i := range programs {
			p := &programs[i]
			if p.IsReal() && c.oursOnly != "" {
				res.Unable[p.Name] = c.oursOnly
				continue
			}
			if c.graph {
				if err := b.runGraph(res, base); err != nil {
					return nil, err
				}
				continue
			}
			dir := base
			if c.changes {
				if dir, err = b.copyOf(base); err != nil {
					return nil, err
				}
			}
			s, a, err := b.run(p, c, dir)
			if err != nil {
				return nil, err
			}
			res.note(p.Name, s, &a)
			if round == 0 && i == 0 {
				said = a
			}
			if c.saysSame && !a.failed && !said.failed && a.sum != said.sum {
				res.Wrong[b.ours.Name] = "it says otherwise than " + p.Name
			}
		}
	}
	return res, nil
}

// run runs a command on a store once.
func (b *storeBench) run(p *program, c *storeCase, dir string) (sample, answer, error) {
	args := []string{"--store", dir}
	for _, a := range c.args[1:] {
		args = append(args, strings.NewReplacer("$INPUT", b.input(), "$ROOT", b.root).Replace(a))
	}
	cmd := exec.Command(p.Tool(c.args[0]), args...)
	cmd.Env = p.Env
	if p.IsReal() {
		cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], "NIX_REMOTE=", "NIX_CONFIG="+c.realConf)
	}
	if err := findMemory(c.args[0]); err != nil {
		return sample{}, answer{}, err
	}
	return measure(cmd)
}

// copyOf returns a copy of a store, written to disk, in place of the one before; but those
// of an empty store stay until the end: for minutes after many files were deleted ext4 takes
// several times as long to make others, for which who comes next would pay.
func (b *storeBench) copyOf(base string) (string, error) {
	dir := filepath.Join(b.scratch, fmt.Sprint("copy", b.copies))
	if base == b.bases["empty"] {
		b.copies++
	}
	script := `chmod -R u+w "$2" 2>/dev/null; rm -rf "$2" && cp -a --reflink=auto "$1" "$2" && sync -f "$2"`
	if out, err := exec.Command("sh", "-c", script, "sh", base, dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy the store: %v: %s", err, out)
	}
	return dir, nil
}

// base makes a store that cases start from, once.
func (b *storeBench) base(name string) (dir string, err error) {
	if dir = b.bases[name]; dir != "" {
		return dir, nil
	}
	dir, isThere, err := b.place(name)
	if err != nil || isThere {
		return dir, err
	}
	if err := b.make(name, dir); err != nil {
		return "", err
	}
	b.bases[name] = dir
	return dir, b.note(name, dir)
}

// make makes a store in a directory of its own.
func (b *storeBench) make(name, dir string) (err error) {
	switch name {
	case "graph":
		err = b.loadGraph(dir, graphPaths, graphPaths*99/100)
	case "million":
		err = b.loadGraph(dir, 1_000_000, 990_000)
	case "small graph":
		err = b.loadGraph(dir, 2000, 2000)
	case "empty":
		_, err = b.prepare(dir, nil, "nix-store", "--init")
	case "derivations":
		var out string
		out, err = b.prepare(dir, nil, "nix-instantiate", b.input()+"/planned.nix")
		b.root = strings.TrimSpace(out)
	case "garbage":
		_, err = b.prepare(dir, nil, "nix-instantiate", b.input()+"/garbage.nix")
	default:
		err = errors.New("there is no such store")
	}
	return err
}

// place says where a store is or is to be. If stores are kept for the next run, one of
// that size may be there.
func (b *storeBench) place(name string) (dir string, isThere bool, err error) {
	file := strings.ReplaceAll("store "+name, " ", "-")
	if b.kept == "" {
		return filepath.Join(b.scratch, file), false, nil
	}
	switch name {
	case "derivations":
		file += fmt.Sprint("-", b.size.planned)
	case "garbage":
		file += fmt.Sprint("-", b.size.garbage)
	}
	dir = filepath.Join(b.kept, file)
	root, err := os.ReadFile(dir + doneSuffix)
	if err == nil {
		b.bases[name], b.root = dir, cmp.Or(string(root), b.root)
		return dir, true, nil
	}
	script := `chmod -R u+w "$1" 2>/dev/null; rm -rf "$1" && mkdir -p "$(dirname "$1")"`
	if out, err := exec.Command("sh", "-c", script, "sh", dir).CombinedOutput(); err != nil {
		return "", false, fmt.Errorf("make a store: %v: %s", err, out)
	}
	return dir, false, nil
}

// doneSuffix is of the file beside a kept store that says that it is whole, and which is
// the derivation that needs all that are planned.
const doneSuffix = ".done"

// note says that a store is whole, if it is kept.
func (b *storeBench) note(name, dir string) error {
	if b.kept == "" {
		return nil
	}
	root := ""
	if name == "derivations" {
		root = b.root
	}
	if err := os.WriteFile(dir+doneSuffix, []byte(root), 0o644); err != nil {
		return fmt.Errorf("keep a store: %v", err)
	}
	return nil
}

// prepare runs one of nixbench's commands on a store.
func (b *storeBench) prepare(dir string, in io.Reader, tool string, args ...string) (stdout string, err error) {
	cmd := exec.Command(b.ours.Tool(tool), append([]string{"--store", dir}, args...)...)
	cmd.Env, cmd.Stdin = b.ours.Env, in
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s: %v: %s", tool, err, exit.Stderr)
	}
	return string(out), err
}

// loadGraph makes a database without files: a path refers to two others, and to eight
// more on the way down, so that the closure of the first has reached paths.
func (b *storeBench) loadGraph(dir string, paths, reached int) error {
	in, dump := io.Pipe() // not kept: see measure
	go func() { dump.CloseWithError(writeGraph(dump, paths, reached)) }()
	defer in.Close() // which ends the writing if it is not read to its end
	_, err := b.prepare(dir, in, "nix-store", "--load-db")
	return err
}

// printGraph writes a made database to standard output; args are its size and how many
// of its paths the first one needs.
func printGraph(args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	paths, err := strconv.Atoi(args[0])
	reached, rerr := strconv.Atoi(args[1])
	if err = errors.Join(err, rerr); err != nil {
		return fmt.Errorf("%w: %v", errUsage, err)
	}
	return writeGraph(os.Stdout, paths, reached)
}

// writeGraph writes what nix-store --load-db reads.
func writeGraph(to io.Writer, paths, reached int) error {
	random := rand.New(rand.NewPCG(3, 4))
	dump := bufio.NewWriter(to)
	for i := range paths {
		var refs []string
		seen := map[int]bool{}
		add := func(j int) {
			if j > i && j < reached && !seen[j] {
				seen[j] = true
				refs = append(refs, graphPath(j))
			}
		}
		if i < reached {
			add(2*i + 1)
			add(2*i + 2)
			for range 8 {
				add(i + 1 + random.IntN(1000))
			}
		}
		fmt.Fprintf(dump, "%s\n%064x\n%d\n\n%d\n", graphPath(i), i, 1000+random.IntN(1_000_000), len(refs))
		for _, r := range refs {
			dump.WriteString(r + "\n")
		}
	}
	return dump.Flush()
}

// graphPath is the ith path of a made database.
func graphPath(i int) string { return fmt.Sprintf("/nix/store/%032d-path%d", i, i) }
