package local

// The journal is a text file beside the database with a line for each path that
// became valid or invalid, and those of journaltrace.go. The database can be made anew from it if it is lost:
// each line that is not followed by one that says "gone" is checked against the
// files. Nothing else reads it. It is written before the database commits, so
// that what is valid is in it; a line of what never became valid does no harm.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// A journal appends to a file that other processes append to as well, each
// batch in one write. The zero value writes nothing.
type journal struct {
	file string
}

func (st *Store) journalFile() string { return filepath.Join(st.stateDir, "db", "nixbench-journal") }

// journalValid and journalGone begin the lines, after their checksum.
const (
	journalValid = "valid"
	journalGone  = "gone"
)

// valid notes that paths become valid at the given time.
func (j journal) valid(infos []*store.PathInfo, now int64) error {
	var b strings.Builder
	for _, info := range infos {
		line(&b, validFields(info, now)...)
	}
	return j.append(b.String())
}

// gone notes that paths become invalid.
func (j journal) gone(paths []store.Path) error {
	var b strings.Builder
	for _, p := range paths {
		line(&b, journalGone, string(p))
	}
	return j.append(b.String())
}

func validFields(info *store.PathInfo, now int64) []string {
	refs := make([]string, len(info.References))
	for i, r := range info.References {
		refs[i] = string(r)
	}
	registered := info.RegistrationTime
	if registered == 0 {
		registered = now
	}
	return []string{
		journalValid, string(info.Path), info.NarHash.Base16(), strconv.FormatInt(info.NarSize, 10),
		strconv.FormatInt(registered, 10), strings.Join(refs, " "), string(info.Deriver),
		strconv.FormatBool(info.Ultimate), strings.Join(info.Sigs, " "), info.CA,
	}
}

// line appends fields with a checksum before them.
func line(b *strings.Builder, fields ...string) {
	text := strings.Join(fields, "\t")
	fmt.Fprintf(b, "%08x\t%s\n", crc32.ChecksumIEEE([]byte(text)), text)
}

func (j journal) append(lines string) error {
	if j.file == "" || lines == "" {
		return nil
	}
	for {
		f, err := os.OpenFile(j.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			return err
		}
		written, err := appendLocked(f, lines)
		if err = errors.Join(err, f.Close()); err != nil || written {
			return err
		}
	}
}

// appendLocked appends to f unless another file has taken its name.
func appendLocked(f *os.File, lines string) (written bool, err error) {
	// The lock is against being replaced, for which it is held exclusively while the
	// new journal is written; writers do not wait for each other.
	if err := flock(context.Background(), f, lockShared); err != nil {
		return false, err
	}
	opened, err := f.Stat()
	if err != nil {
		return false, err
	}
	if now, err := os.Stat(f.Name()); err != nil || !os.SameFile(opened, now) {
		return false, nil
	}
	_, err = f.WriteString(lines)
	return true, err
}

// maxJournal is how long a journal may become, in bytes, before a collection
// looks whether most of it is about paths that are gone.
const maxJournal = 32 << 20

// compactJournal replaces a journal of at least limit bytes, if that makes it
// less than half as long, by one of just the paths that are valid.
func (st *Store) compactJournal(ctx context.Context, limit int64) error {
	info, err := os.Stat(st.journal.file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < limit {
		return nil
	} else if err != nil {
		return err
	}
	// In a transaction that writes, so that nobody registers meanwhile.
	return st.db.write(ctx, func(c *sqlite.Conn) error {
		infos, err := readInfos(c)
		if err != nil {
			return err
		}
		realisations, err := st.readTrace(c)
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, info := range infos {
			line(&b, validFields(info, 0)...)
		}
		for _, r := range realisations {
			line(&b, builtFields(r)...)
		}
		if int64(b.Len()) > info.Size()/2 {
			return nil
		}
		return st.replaceJournal(ctx, b.String())
	})
}

// replaceJournal writes a new journal, in one step.
func (st *Store) replaceJournal(ctx context.Context, lines string) error {
	old, err := os.OpenFile(st.journal.file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer old.Close()
	if err := flock(ctx, old, lockExclusive); err != nil {
		return err
	}
	temp := st.journal.file + ".tmp"
	err = os.WriteFile(temp, []byte(lines), 0o644)
	if err == nil {
		err = st.syncTrees(filepath.Dir(temp), temp)
	}
	if err == nil {
		err = os.Rename(temp, st.journal.file)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}

// A journalEntry is one line of a journal.
type journalEntry struct {
	Gone  bool
	Built *store.Realisation // nil if it is about a path; without a path if Gone
	Info  store.PathInfo     // only the Path if Gone; none if Built
}

// readJournal yields the lines of a journal that are whole, in order.
func readJournal(dir store.Dir, r io.Reader) iter.Seq2[journalEntry, error] {
	return func(yield func(journalEntry, error) bool) {
		in := bufio.NewReader(r)
		for {
			text, err := in.ReadString('\n')
			if err == io.EOF {
				return // what is not ended by a newline was never written whole
			} else if err != nil {
				yield(journalEntry{}, err)
				return
			}
			if entry, ok := parseEntry(dir, strings.TrimSuffix(text, "\n")); ok && !yield(entry, nil) {
				return
			}
		}
	}
}

func parseEntry(dir store.Dir, text string) (entry journalEntry, ok bool) {
	sum, text, _ := strings.Cut(text, "\t")
	if sum != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text))) {
		return entry, false
	}
	fields := strings.Split(text, "\t")
	if len(fields) < 2 {
		return entry, false
	}
	p, err := dir.ParsePath(fields[1])
	if err != nil {
		return entry, false
	}
	if kind := fields[0]; kind == journalBuilt || kind == journalUnbuilt {
		return parseTrace(dir, kind, fields[1:])
	}
	entry.Info.Path = p
	if fields[0] == journalGone {
		entry.Gone = true
		return entry, true
	}
	if fields[0] != journalValid || len(fields) != 10 {
		return entry, false
	}
	return entry, parseValid(&entry.Info, fields[2:]) == nil
}

func parseValid(info *store.PathInfo, fields []string) (err error) {
	if info.NarHash, err = nixhash.Parse(fields[0], 0); err != nil {
		return err
	}
	if info.NarSize, err = strconv.ParseInt(fields[1], 10, 64); err != nil {
		return err
	}
	if info.RegistrationTime, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
		return err
	}
	for ref := range strings.FieldsSeq(fields[3]) {
		info.References = append(info.References, store.Path(ref))
	}
	info.Deriver = store.Path(fields[4])
	if info.Ultimate, err = strconv.ParseBool(fields[5]); err != nil {
		return err
	}
	info.Sigs = strings.Fields(fields[6])
	info.CA = fields[7]
	return nil
}
