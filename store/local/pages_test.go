package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// What is read page by page is what statements say: for pages of all sizes, rows that
// go on over other pages, ids with gaps, and what only the write-ahead log has.
func TestPagesAgreeWithStatements(t *testing.T) {
	for i, size := range []int{512, 1024, 4096, 65536} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			c, err := sqlite.OpenConn(filepath.Join(t.TempDir(), "db"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for _, set := range []string{fmt.Sprint("page_size = ", size), "journal_mode = wal", "wal_autocheckpoint = 0", "synchronous = off"} {
				do(t, c, "pragma "+set)
			}
			run(t, c, sqlSchema)
			comparePages(t, c) // nothing in it
			for round := range 3 {
				do(t, c, "analyze") // SQLite makes tables of its own
				do(t, c, "begin")
				fillPages(t, c, rng, 100)
				comparePages(t, c) // what is not committed is there, too
				do(t, c, "commit")
				if round == 1 {
					do(t, c, "pragma wal_checkpoint(truncate)")
				}
				comparePages(t, c)
			}
			run(t, c, "delete from Refs where referrer % 3 = 0; delete from ValidPaths where id % 7 = 2 and id not in (select reference from Refs)")
			comparePages(t, c)
		})
	}
}

func run(t *testing.T, c *sqlite.Conn, script string) {
	t.Helper()
	if err := sqlitex.ExecuteScript(c, script, nil); err != nil {
		t.Fatal(err)
	}
}

// do runs one statement, as it is.
func do(t *testing.T, c *sqlite.Conn, sql string) {
	t.Helper()
	if err := sqlitex.ExecuteTransient(c, sql, nil); err != nil {
		t.Fatal(err)
	}
}

// fillPages adds n paths with odd values, and references among all paths.
func fillPages(t *testing.T, c *sqlite.Conn, rng *rand.Rand, n int) {
	t.Helper()
	text := func() any {
		switch rng.IntN(4) {
		case 0:
			return nil
		case 1:
			return ""
		case 2:
			return strings.Repeat("s", rng.IntN(200))
		}
		return strings.Repeat("long ", rng.IntN(3000))
	}
	number := func() any {
		if rng.IntN(10) == 0 {
			return 0
		}
		return rng.Int64() >> rng.IntN(64) * int64(1-2*rng.IntN(2))
	}
	var ids []int64
	for range n {
		var id any
		if rng.IntN(100) == 0 && len(ids) > 0 {
			id = ids[len(ids)-1] + rng.Int64N(1000) + 1 // a gap
		}
		var size any
		if rng.IntN(5) > 0 {
			size = number()
		}
		err := sqlitex.Execute(c, "insert into ValidPaths values (?,?,?,?,?,?,?,?,?)", &sqlitex.ExecOptions{Args: []any{
			id, fmt.Sprintf("/nix/store/%d-%s", rng.Uint64(), strings.Repeat("n", rng.IntN(1200))), "sha256:" + strings.Repeat("0", 64),
			number(), text(), size, 1, text(), text(),
		}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.LastInsertRowID())
	}
	for range 6 * n {
		err := sqlitex.Execute(c, "insert or ignore into Refs values (?,?)", &sqlitex.ExecOptions{Args: []any{ids[rng.IntN(n)], ids[rng.IntN(n)]}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// comparePages reads everything both ways.
func comparePages(t *testing.T, c *sqlite.Conn) {
	t.Helper()
	quick, err := newGraphReader(c)
	if err != nil {
		t.Fatal(err)
	}
	if quick.pages == nil {
		t.Fatal("the layout of the schema is not known")
	}
	want, got := everything(t, &graphReader{c: c}), everything(t, quick)
	if !slices.Equal(want, got) {
		t.Fatalf("(-statements +pages):\n%s", cmp.Diff(want, got))
	}
}

// everything lists what a reader reads.
func everything(t *testing.T, r *graphReader) (lines []string) {
	t.Helper()
	err := errors.Join(
		r.eachPath(func(id int64, path []byte, size, registered int64) {
			lines = append(lines, fmt.Sprintf("%d %s %d %d", id, path, size, registered))
		}),
		r.eachReference(func(from, to int64) { lines = append(lines, fmt.Sprint(from, " -> ", to)) }))
	if r.derived {
		err = errors.Join(err, r.eachDeriver(func(id int64, deriver string) { lines = append(lines, fmt.Sprint(id, " by ", deriver)) }))
	}
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// A table of another shape is read by statements.
func TestOtherLayout(t *testing.T) {
	c, err := sqlite.OpenConn(filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	run(t, c, `
		create table ValidPaths (path text, id integer primary key, hash text, registrationTime integer, deriver text, narSize integer);
		create table Refs (reference integer, referrer integer, primary key (referrer, reference));
		insert into ValidPaths values ('/nix/store/a', 7, '', 5, '/nix/store/d', 3);
		insert into Refs values (7, 7)`)
	r, err := newGraphReader(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"7 /nix/store/a 3 5", "7 -> 7", "7 by /nix/store/d"}, everything(t, r)); r.pages != nil || diff != "" {
		t.Errorf("pages %v (-want +got):\n%s", r.pages != nil, diff)
	}
}

// Ids that do not ascend, which only a damaged table has, are an error.
func TestIdsOutOfOrder(t *testing.T) {
	c, err := sqlite.OpenConn(filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	run(t, c, sqlSchema)
	for i := range 3 {
		do(t, c, fmt.Sprintf("insert into ValidPaths (path, hash, registrationTime) values ('/nix/store/%d', '', 1)", i))
	}
	r, err := newGraphReader(c)
	if err != nil {
		t.Fatal(err)
	}
	fetch := r.pages.fetch
	r.pages.fetch = func(number uint32, buf []byte) ([]byte, error) {
		page, err := fetch(number, buf)
		if number == r.paths {
			first := binary.BigEndian.Uint16(page[8:])
			page[first+1] = 100 // its id, after its size
		}
		return page, err
	}
	if g, err := r.graph(nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("got a graph of %d paths, %v, want %v", g.Len(), err, ErrCorrupt)
	}
}

// FuzzPages reads pages of any contents: it ends, and with an error if anything is
// wrong.
func FuzzPages(f *testing.F) {
	const size = 512
	leaf := make([]byte, size)
	copy(leaf, []byte{pageTableLeaf, 0, 0, 0, 1, 0, 0, 0, 100})
	leaf[8], leaf[9] = 1, 0
	copy(leaf[256:], []byte{6, 9, 3, 1, 17, 1, 'h', 'i'})
	f.Add(leaf, uint32(1))
	inner := make([]byte, 2*size)
	copy(inner, []byte{pageIndexInner, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
	f.Add(append(inner[:size:size], leaf...), uint32(1))
	f.Fuzz(func(t *testing.T, data []byte, root uint32) {
		pages := int64(len(data) / size)
		reads := int64(0)
		r := &pageReader{usable: size, count: pages, fetch: func(number uint32, _ []byte) ([]byte, error) {
			reads++
			if number == 0 || int64(number) > pages {
				return nil, nil
			}
			return data[(number-1)*size : number*size], nil
		}}
		rows := int64(0)
		err := r.walk(root, func(_ int64, rec *record) error {
			rows++
			for i := range maxColumns + 1 {
				_, _ = rec.text(i), rec.integer(i)
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		if most := pages * size; rows > most || reads > (most+1)*(maxPayload/(size-4)+2) {
			t.Errorf("got %d rows and %d reads of %d pages", rows, reads, pages)
		}
	})
}
