package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Undo makes the links again that [DeletePlan.Execute] deleted, with the times
// that they had, and returns the generations that are back. Those whose paths a
// collection has taken since, or whose numbers are in use again, stay deleted.
// It may be called again after an error.
func (plan *DeletePlan) Undo(ctx context.Context) ([]Generation, error) {
	back, err := plan.undo(ctx)
	if err != nil {
		err = fmt.Errorf("restore generations of %s: %w", plan.Profile, err)
	}
	return back, err
}

func (plan *DeletePlan) undo(ctx context.Context) ([]Generation, error) {
	if !plan.done {
		return nil, nil
	}
	unlock, err := plan.st.LockFile(ctx, plan.Profile)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var back []Generation
	for _, gen := range plan.Delete {
		if _, err := os.Lstat(gen.Link); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		valid, err := plan.st.IsValid(ctx, gen.Path)
		if err != nil {
			return back, err
		}
		if !valid {
			continue
		}
		if err := makeGeneration(ctx, plan.st, plan.Profile, gen.Number, gen.Parent, gen.Path); err != nil {
			return back, err
		}
		// A collection may have come between the question and the link.
		if valid, err = plan.st.IsValid(ctx, gen.Path); err != nil || !valid {
			if rerr := os.Remove(gen.Link); err == nil {
				err = rerr
			}
			if err != nil {
				return back, err
			}
			continue
		}
		if gen.Label != "" {
			if err := writeFile(labelName(plan.Profile, gen.Number), gen.Label+"\n"); err != nil {
				return back, err
			}
		}
		ts := unix.NsecToTimespec(gen.Created.UnixNano())
		if err := unix.UtimesNanoAt(unix.AT_FDCWD, gen.Link, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return back, err
		}
		back = append(back, gen)
	}
	return back, nil
}
