package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// killTrials kills nixbench before each system call of each operation that changes
// something. Threads run as they like, so that the nth call is not the same each
// time.
func killTrials(ctx context.Context, conf *config) error {
	return conf.eachOperation(ctx, func(op *operation, input string) ([]*row, error) {
		r, err := conf.killAll(ctx, op, input)
		return []*row{r}, err
	})
}

// eachOperation prints the rows that the trials of each operation come to. Input is
// where what it adds and builds has been made.
func (conf *config) eachOperation(ctx context.Context, try func(op *operation, input string) ([]*row, error)) error {
	input := filepath.Join(conf.scratch, "input")
	if err := conf.inputs(ctx, input); err != nil {
		return err
	}
	writeHead(os.Stdout)
	var all []*row
	for i := range operations {
		op := &operations[i]
		if !conf.only.MatchString(op.name) {
			continue
		}
		rows, err := try(op, input)
		if err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
		for _, r := range rows {
			r.write(os.Stdout)
		}
		all = append(all, rows...)
	}
	return total(all)
}

// inputs makes what is added, built and imported.
func (conf *config) inputs(ctx context.Context, input string) error {
	if err := writeInputs(input); err != nil {
		return err
	}
	return writeExport(ctx, conf.ours, input, conf.scratch)
}

// A bench is an operation with the store that it starts from, and what it
// leads to when nothing disturbs it.
type bench struct {
	op    *operation
	start *rig
	work  *rig // a copy, for one trial
	want  string
}

func (conf *config) newBench(ctx context.Context, p *rig, op *operation) (*bench, error) {
	b := &bench{op: op, start: p}
	if err := b.start.make(ctx, op.before); err != nil {
		return nil, err
	}
	again := *p
	again.dir = filepath.Join(conf.scratch, "work")
	b.work = &again
	if err := b.work.copyFrom(ctx, b.start); err != nil {
		return nil, err
	}
	if err := b.work.expect(ctx, op.fails, op.command); err != nil {
		return nil, err
	}
	f, err := b.work.inspect(ctx)
	if err == nil && len(f.violations) > 0 {
		err = fmt.Errorf("undisturbed: %s", strings.Join(f.violations, "; "))
	}
	b.want = f.state
	return b, err
}

// newRig returns an empty place for nixbench to work in.
func (conf *config) newRig(input string) *rig {
	return &rig{program: conf.ours, dir: filepath.Join(conf.scratch, "start"), input: input}
}

// killAll tries all points of an operation.
func (conf *config) killAll(ctx context.Context, op *operation, input string) (*row, error) {
	defer removeTree(filepath.Join(conf.scratch, "start"))
	b, err := conf.newBench(ctx, conf.newRig(input), op)
	if err != nil {
		return nil, err
	}
	if err := b.work.copyFrom(ctx, b.start); err != nil {
		return nil, err
	}
	calls, _, status, err := killBefore(b.work.command(ctx, op.command), 0)
	if err != nil {
		return nil, err
	}
	if status != op.fails {
		return nil, fmt.Errorf("traced, it ends with %d, not %d", status, op.fails)
	}
	r := &row{program: conf.ours.Name, name: op.name}
	step := 1
	if conf.points > 0 {
		step = max(1, (calls+conf.points-1)/conf.points)
	}
	for n := 1; ; n += step {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.work.copyFrom(ctx, b.start); err != nil {
			return nil, err
		}
		_, killed, _, err := killBefore(b.work.command(ctx, op.command), n)
		if err != nil {
			return nil, err
		}
		if !killed {
			return r, nil
		}
		f, err := b.work.settle(ctx, op, b.want)
		if err != nil {
			f.violations = append(f.violations, err.Error())
		}
		r.note(fmt.Sprintf("killed before call %d", n), f)
	}
}
