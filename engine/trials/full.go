package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// fullTrials lets each operation run out of something, at evenly spread points
// between where it can do nothing and where it can do all. Then there is enough
// again.
func fullTrials(ctx context.Context, conf *config) error {
	return whereMounting(ctx, func() error { return conf.runOut(ctx) })
}

// A shortage is something that there may be too little of.
type shortage struct {
	name string
	// impose leaves so much of it that op cannot do all: part of what it takes, from 0
	// to 1.
	impose func(f *filler, part float64) error
	// command is how the operation is then run.
	command func(f *filler, part float64, c []string) []string
}

var shortages = []shortage{
	{name: "space", impose: func(f *filler, part float64) error { return f.disk.limit(f.startBytes+int64(part*float64(f.bytes)), 0) }},
	{name: "inodes", impose: func(f *filler, part float64) error {
		return f.disk.limit(0, f.startInodes+int64(part*float64(f.inodes)))
	}},
	{name: "descriptors", command: func(f *filler, part float64, c []string) []string {
		limit := 10 + int(part*50) // with less, nothing in Go starts
		quoted := make([]string, len(c)-1)
		for i, a := range c[1:] {
			quoted[i] = `"` + strings.NewReplacer(`"`, `\"`).Replace(a) + `"`
		}
		return []string{"sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$BIN/%s" --store "$STORE" %s`, limit, c[0], strings.Join(quoted, " "))}
	}},
}

// A filler makes the trials of one operation.
type filler struct {
	disk                    memoryDisk
	startBytes, startInodes int64
	bytes, inodes           int64 // that the operation takes at most
}

func (conf *config) runOut(ctx context.Context) error {
	return conf.eachOperation(ctx, func(op *operation, input string) (rows []*row, err error) {
		for i := range shortages {
			r, err := conf.fill(ctx, op, &shortages[i], input)
			if err != nil {
				return nil, err
			}
			rows = append(rows, r)
		}
		return rows, nil
	})
}

// fill tries one operation with too little of something.
func (conf *config) fill(ctx context.Context, op *operation, s *shortage, input string) (*row, error) {
	defer removeTree(filepath.Join(conf.scratch, "start"))
	b, err := conf.newBench(ctx, conf.newRig(input), op)
	if err != nil {
		return nil, err
	}
	n := conf.points
	if n == 0 {
		n = 24
	}
	r := &row{program: conf.ours.Name, name: op.name + ", " + s.name}
	if s.command != nil && op.command[0] == "sh" {
		return r, nil // it would be the shell's descriptors that are short
	}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := conf.fillOnce(ctx, b, s, float64(i)/float64(n))
		if err != nil {
			return nil, err
		}
		r.note(fmt.Sprintf("%s %d of %d", s.name, i, n), f)
	}
	return r, nil
}

func (conf *config) fillOnce(ctx context.Context, b *bench, s *shortage, part float64) (found finding, err error) {
	dir := filepath.Join(conf.scratch, "full")
	disk, err := mountMemory(dir)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, disk.unmount()) }()
	work := *b.work
	work.dir = filepath.Join(dir, "work")
	if err := copyTree(ctx, b.start.dir, work.dir); err != nil {
		return found, err
	}
	f := &filler{disk: disk, bytes: 1 << 20, inodes: 150} // more than any of them leaves
	if f.startBytes, f.startInodes, err = disk.used(); err != nil {
		return found, err
	}
	command := b.op.command
	if s.command != nil {
		command = s.command(f, part, command)
	}
	if s.impose != nil {
		if err := s.impose(f, part*part); err != nil {
			return found, err
		}
	}
	a, err := work.do(ctx, command)
	if err != nil {
		return found, err
	}
	if err := disk.limit(0, 0); err != nil {
		return found, err
	}
	found, err = work.settle(ctx, b.op, b.want)
	if err != nil {
		found.violations = append(found.violations, err.Error())
	}
	found.violations = append(found.violations, complaints(a)...)
	if part == 0 && b.op.name == "collect" && s.name == "space" && a.status != 0 {
		found.violations = append(found.violations, "cannot collect on a full disk: "+lastLines(a.stderr))
	}
	return found, nil
}

// complaints are what is wrong with how a command ended, whatever went wrong
// around it.
func complaints(a answer) (found []string) {
	switch {
	case strings.Contains(a.stderr, "goroutine ") || strings.Contains(a.stderr, "panic:"):
		found = append(found, "it broke: "+firstLine(a.stderr, "panic:", "fatal error:", "goroutine "))
	case a.status == -1:
		found = append(found, "a signal ended it: "+lastLines(a.stderr))
	case a.status != 0 && strings.TrimSpace(a.stderr) == "":
		found = append(found, fmt.Sprintf("it ended with %d and did not say why", a.status))
	}
	return found
}

// firstLine returns the first line that has one of some words in it.
func firstLine(text string, words ...string) string {
	for _, line := range strings.Split(text, "\n") {
		for _, w := range words {
			if strings.Contains(line, w) {
				return line
			}
		}
	}
	return ""
}
