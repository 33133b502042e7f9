package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"nixbench/engine/peers"

	"golang.org/x/sys/unix"
)

// A workload is what a program is doing when the power fails.
type workload struct {
	name    string
	before  [][]string
	command []string
}

// workloads are what people lose most by. Each is one command, a loop of the
// shell where it has to go on for long enough.
var workloads = []workload{
	{name: "add",
		command: []string{"sh", "-c", `for f in "$INPUT"/adds/*; do "$BIN/nix-store" --store "$STORE" --add "$f"; done`}},
	{name: "build",
		command: []string{"nix-build", "--no-out-link", "$INPUT/builds.nix", "--max-jobs", "2"}},
	{name: "profile",
		before: [][]string{{"nix-build", "--no-out-link", "$INPUT/builds.nix", "--max-jobs", "2"}},
		command: []string{"sh", "-c",
			`for p in "$STORE"/nix/store/*-build*[0-9]; do "$BIN/nix-env" --store "$STORE" -p "$OUT/profile" --set "/nix/store/${p##*/}" && readlink "$OUT/profile"; done`}},
	{name: "collect",
		before:  [][]string{{"nix-instantiate", "$INPUT/garbage.nix"}},
		command: []string{"nix-store", "--gc"}},
}

// crashInputs are files of $INPUT beside those of the operations.
var crashInputs = map[string]string{
	"builds.nix": head + `builtins.genList (i: build "build${toString i}"
  "mkdir $out; for f in 1 2 3 4 5 6 7 8; do echo ${toString i} $f >$out/$f; done; for f in 1 2 3 4 5 6 7 8 9; do cat $out/[1-8] >$out/all$f; done") 60`,
	"garbage.nix": `builtins.genList (i: derivation {
  name = "garbage${toString i}"; system = "x"; builder = "b"; pad = builtins.concatStringsSep "" (builtins.genList (x: "padding") 400);
}) 3000`,
}

const adds = 100 // files

// crashTrials has the power fail while programs are at work on a file system of
// their own, and looks at what the store is like after the next start. The
// file system is an image behind a loop device; the power fails for a copy of the
// image, made in one step at some moment: what the programs and the kernel had not
// yet written is not in it.
func crashTrials(ctx context.Context, conf *config) error {
	host, cleanUp, err := conf.imageHost(ctx)
	if err != nil {
		return err
	}
	defer cleanUp()
	input := filepath.Join(conf.scratch, "input")
	if err := crashFiles(input); err != nil {
		return err
	}
	n := conf.points
	if n == 0 {
		n = 50
	}
	fmt.Printf("%-12s %-10s %7s %8s %14s %14s %14s\n", "program", "workload", "trials", "corrupt", "valid paths", "bad paths", "lost")
	bad := false
	for i := range workloads {
		w := &workloads[i]
		if !conf.only.MatchString(w.name) {
			continue
		}
		for _, p := range append([]peers.Program{conf.ours}, conf.real...) {
			c := &cutter{conf: conf, host: host, load: w, rig: rig{program: p, dir: filepath.Join(host, "m"), input: input}}
			res, err := c.trials(ctx, n)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", p.Name, w.name, err)
			}
			fmt.Printf("%-12s %-10s %7d %8d %14s %14s %14s\n", p.Name, w.name, n, res.corrupt, spread(res.valid), spread(res.bad), spread(res.lost))
			for _, e := range res.examples {
				fmt.Println("    " + e)
			}
			bad = bad || !p.IsReal() && res.corrupt > 0
		}
	}
	if bad {
		return errViolations
	}
	return nil
}

// spread is the least and the greatest of some numbers.
func spread(numbers []int) string {
	least, most := numbers[0], numbers[0]
	for _, n := range numbers {
		least, most = min(least, n), max(most, n)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

func crashFiles(input string) error {
	if err := writeInputs(input); err != nil {
		return err
	}
	for name, text := range crashInputs {
		if err := writeFile(filepath.Join(input, name), text); err != nil {
			return err
		}
	}
	for i := range adds {
		if err := writeFile(filepath.Join(input, "adds", fmt.Sprintf("file%d", i)), strings.Repeat(fmt.Sprintf("file %d\n", i), 250)); err != nil {
			return err
		}
	}
	return nil
}

// imageHost returns a directory on a file system that can copy images in one
// step, and what removes it. If that of the scratch directory cannot, it is an XFS
// in a file of its own.
func (conf *config) imageHost(ctx context.Context) (dir string, cleanUp func(), err error) {
	switch {
	case os.Geteuid() != 0:
		return "", nil, errors.New("power cuts need root, to mount file systems")
	case !exists("/dev/loop-control"):
		return "", nil, errors.New("power cuts need loop devices: /dev/loop-control is missing")
	}
	for _, tool := range []string{"mkfs.ext4", "mount", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", nil, fmt.Errorf("power cuts need %s", tool)
		}
	}
	if canClone(conf.scratch) {
		return conf.scratch, func() {}, nil
	}
	if _, err := exec.LookPath("mkfs.xfs"); err != nil {
		return "", nil, fmt.Errorf("power cuts need a file system that copies files in one step (reflink): %s cannot, and mkfs.xfs, to make one, is missing (-dir chooses another place)", conf.scratch)
	}
	image, dir := filepath.Join(conf.scratch, "host.img"), filepath.Join(conf.scratch, "host")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", nil, err
	}
	if err := newImage(ctx, image, 12<<30, "mkfs.xfs", "-q", "-m", "reflink=1"); err != nil {
		return "", nil, err
	}
	if err := do(ctx, "mount", "-o", "loop", image, dir); err != nil {
		return "", nil, err
	}
	return dir, func() { _ = unmount(context.WithoutCancel(ctx), dir) }, nil
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// canClone reports whether files in a directory can share their blocks.
func canClone(dir string) bool {
	from := filepath.Join(dir, "clone-from")
	if err := os.WriteFile(from, make([]byte, 8192), 0o600); err != nil {
		return false
	}
	defer os.Remove(from)
	defer os.Remove(from + "-to")
	return clone(from, from+"-to") == nil
}

// clone makes a file that has the contents that another has at this moment.
func clone(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	return errors.Join(unix.IoctlFileClone(int(dst.Fd()), int(src.Fd())), dst.Close())
}

// newImage makes a file with a file system in it.
func newImage(ctx context.Context, file string, size int64, mkfs ...string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		return err
	}
	return do(ctx, append(mkfs, file)...)
}

func do(ctx context.Context, command ...string) error {
	if out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %v: %s", strings.Join(command, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// A cutter makes the trials of one workload by one program.
type cutter struct {
	conf  *config
	host  string // directory of the images
	load  *workload
	rig   rig           // the store is below a mounted image
	image string        // that is mounted
	took  time.Duration // of the workload, undisturbed
	said  []byte        // by the workload, before the power failed
}

// A cutResult is what the trials came to.
type cutResult struct {
	corrupt    int // trials
	valid, bad []int
	lost       []int // paths or generations that the program had said to be there, and that are not valid
	examples   []string
}

func (c *cutter) trials(ctx context.Context, n int) (res cutResult, err error) {
	base := c.newName("base")
	defer os.Remove(base)
	if err := os.MkdirAll(c.rig.dir, 0o755); err != nil {
		return res, err
	}
	if err := newImage(ctx, base, 900<<20, "mkfs.ext4", "-q"); err != nil {
		return res, err
	}
	prepare := func() error { return c.rig.make(ctx, c.load.before) }
	if err := c.mounted(ctx, base, prepare); err != nil {
		return res, err
	}
	measure := func() error {
		a, err := c.rig.do(ctx, c.load.command)
		if err == nil && a.status != 0 {
			err = fmt.Errorf("undisturbed, the workload ends with %d: %s", a.status, lastLines(a.stderr))
		}
		c.took = a.took
		return err
	}
	if err := c.onCopy(ctx, base, measure); err != nil {
		return res, err
	}
	for range n {
		cut := c.newName("cut")
		if err := c.onCopy(ctx, base, func() error { return c.cut(ctx, cut) }); err != nil {
			return res, err
		}
		err := c.mounted(ctx, cut, func() error { return c.look(ctx, &res) })
		if err := errors.Join(err, os.Remove(cut)); err != nil {
			return res, err
		}
	}
	return res, nil
}

// newName returns the name of an image that there has not been: a loop device may
// still know the contents of an older one of the same name.
func (c *cutter) newName(kind string) string {
	c.conf.images++
	return filepath.Join(c.host, fmt.Sprintf("%s-%d", kind, c.conf.images))
}

// onCopy does something while a copy of an image, c.image, is mounted.
func (c *cutter) onCopy(ctx context.Context, base string, f func() error) error {
	c.image = c.newName("image")
	if err := clone(base, c.image); err != nil {
		return fmt.Errorf("copy the image: %w", err)
	}
	return errors.Join(c.mounted(ctx, c.image, f), os.Remove(c.image))
}

// mounted does something while an image is mounted.
func (c *cutter) mounted(ctx context.Context, image string, f func() error) error {
	if err := do(ctx, "mount", "-o", "loop", image, c.rig.dir); err != nil {
		return err
	}
	err := f()
	return errors.Join(err, unmount(context.WithoutCancel(ctx), c.rig.dir))
}

// unmount waits for what still uses the file system.
func unmount(ctx context.Context, dir string) (err error) {
	for range 300 {
		if err = do(ctx, "umount", dir); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// cut lets the workload run, has the power fail at some moment, and ends it.
func (c *cutter) cut(ctx context.Context, cut string) error {
	out, err := os.Create(filepath.Join(c.host, "said"))
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := c.rig.command(ctx, c.load.command)
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-time.After(c.took/20 + rand.N(c.took)):
	}
	c.said, err = os.ReadFile(out.Name())
	err = errors.Join(err, clone(c.image, cut))
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
	return errors.Join(err, ctx.Err())
}

// look notes what the store is like after the power came back.
func (c *cutter) look(ctx context.Context, res *cutResult) error {
	f, err := c.rig.inspect(ctx)
	if err != nil {
		f.violations = append(f.violations, err.Error())
	}
	res.valid = append(res.valid, f.valid)
	res.bad = append(res.bad, len(f.violations))
	lost := 0
	for _, p := range strings.Fields(string(c.said)) {
		if c.load.name != "collect" && !strings.Contains(f.state, p+" ") {
			lost++
		}
	}
	res.lost = append(res.lost, lost)
	if !c.rig.program.IsReal() && lost > 0 {
		f.violations = append(f.violations, fmt.Sprintf("%d paths or generations are lost that had been told of", lost))
	}
	if len(f.violations) > 0 {
		res.corrupt++
		if len(res.examples) < 2 {
			res.examples = append(res.examples, f.violations[0])
		}
	}
	return nil
}
