package desk

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"nixbench/store/disk"
	"nixbench/store/gc"
)

// GCPlan says what a collection would delete, and which links of roots are not the
// user's to remove.
func (d *Desk) GCPlan(ctx context.Context) (*gc.Plan, error) {
	plan, err := d.eng.PlanCollect(ctx, gc.Options{})
	if err == nil {
		lock(plan.Roots)
	}
	return plan, err
}

// lock tells of the links among roots whether the user may write where they are.
func lock(roots []gc.Root) {
	writable := map[string]bool{} // by directory
	for i, r := range roots {
		if r.Dangling || !r.IsLink() {
			continue
		}
		dir := filepath.Dir(r.Link)
		can, known := writable[dir]
		if !known {
			can = unix.Access(dir, unix.W_OK) == nil
			writable[dir] = can
		}
		roots[i].Locked = !can
	}
}

// Collect executes the plan; activities of kind Collect tell how far it is. The
// result is never nil.
func (d *Desk) Collect(ctx context.Context, plan *gc.Plan) (*gc.Result, error) {
	return d.eng.Collect(ctx, plan, nil)
}

// Disk tells how full the store's file system is, in bytes.
func (d *Desk) Disk(context.Context) (used, total int64, err error) {
	space, err := disk.Of(d.eng.Store().RealDir())
	if err != nil {
		return 0, 0, fmt.Errorf("size up the disk: %v", err)
	}
	return space.Total - space.Free, space.Total, nil
}

// WriteFile writes a report for the user, beside no other of the same name, and
// returns its full name.
func (d *Desk) WriteFile(_ context.Context, name string, data []byte) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(abs, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	return abs, cmp.Or(err, f.Close())
}
