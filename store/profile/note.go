package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nixbench/store/disk"
)

// A generation may have a label, some words about it, and be pinned: then it is not
// deleted. Both are files beside its link, which Nix does not look at.

// maxLabel is how long a label may be, in bytes.
const maxLabel = 200

func labelName(profile string, number int) string { return noteName(profile, number, "label") }
func pinName(profile string, number int) string   { return noteName(profile, number, "pin") }

func noteName(profile string, number int, kind string) string {
	return strings.TrimSuffix(linkName(profile, number), "link") + kind
}

// readNotes fills in what is noted about a generation, whose link is known.
func readNotes(profile string, gen *Generation) {
	gen.Parent = readParent(profile, gen)
	if text, ok := readNote(labelName(profile, gen.Number), gen.Created); ok && len(text) <= maxLabel+1 {
		gen.Label = strings.TrimSuffix(string(text), "\n")
	}
	gen.Pinned = isNoted(pinName(profile, gen.Number), gen.Created)
}

// noteLead is how much older than its generation's link a note may be: what a generation
// was made from is noted before it is linked. Numbers are used again once the highest are
// deleted, and collections, and Nix, leave the notes of those that they delete: older
// ones are of another generation that had the number.
const noteLead = time.Minute

// isNoted reports whether there is such a note about a generation that was made at a time.
func isNoted(name string, made time.Time) bool {
	info, err := os.Lstat(name)
	return err == nil && !info.ModTime().Before(made.Add(-noteLead))
}

// readNote returns a note about a generation that was made at a time, if there is one.
func readNote(name string, made time.Time) ([]byte, bool) {
	if !isNoted(name, made) {
		return nil, false
	}
	text, err := os.ReadFile(name)
	return text, err == nil
}

// IsPinned reports whether the generation whose link has that name is pinned.
func IsPinned(link string) bool {
	rest, ok := strings.CutSuffix(link, "link")
	if !ok {
		return false
	}
	info, err := os.Lstat(link)
	return err == nil && isNoted(rest+"pin", info.ModTime())
}

// SetLabel gives a generation a label; "" takes it away. If there is no such
// generation, errors.Is(err, ErrNoGeneration).
func SetLabel(ctx context.Context, st Store, profile string, number int, label string) error {
	err := note(ctx, st, profile, number, func() error {
		switch {
		case len(label) > maxLabel:
			return fmt.Errorf("got a label of %d bytes, want %d at most", len(label), maxLabel)
		case strings.ContainsAny(label, "\n\x00"):
			return errors.New("got a label with a null byte or of several lines, want a line")
		case label == "":
			return removeNote(labelName(profile, number))
		}
		return writeNote(profile, number, labelName(profile, number), label+"\n")
	})
	if err != nil {
		return fmt.Errorf("label generation %d of %s: %w", number, profile, err)
	}
	return nil
}

// SetPinned says whether a generation is pinned. If there is no such generation,
// errors.Is(err, ErrNoGeneration).
func SetPinned(ctx context.Context, st Store, profile string, number int, pinned bool) error {
	err := note(ctx, st, profile, number, func() error {
		if !pinned {
			return removeNote(pinName(profile, number))
		}
		return writeNote(profile, number, pinName(profile, number), "")
	})
	if err != nil {
		return fmt.Errorf("pin generation %d of %s: %w", number, profile, err)
	}
	return nil
}

// note changes what is noted about a generation that there is.
func note(ctx context.Context, st Store, profile string, number int, change func() error) error {
	unlock, err := st.LockFile(ctx, profile)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Lstat(linkName(profile, number)); errors.Is(err, fs.ErrNotExist) {
		return ErrNoGeneration
	} else if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	return disk.Sync(filepath.Dir(profile))
}

// writeNote writes a note about a generation that there is. Where the clock was put back
// since that was made, the note is as old: else it would be of an earlier one.
func writeNote(profile string, number int, name, text string) error {
	if err := writeFile(name, text); err != nil {
		return err
	}
	link, err := os.Lstat(linkName(profile, number))
	if err != nil || isNoted(name, link.ModTime()) {
		return err
	}
	return os.Chtimes(name, link.ModTime(), link.ModTime())
}

func removeNote(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
