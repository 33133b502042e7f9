package logview

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

func newView(t testing.TB) *View {
	t.Helper()
	dark, err := themes.Named("dark")
	if err != nil {
		t.Fatal(err)
	}
	return New(style.New(style.Options{Theme: dark, Profile: colorprofile.TrueColor, ASCII: true}))
}

// run carries out cmd and what comes of it.
func run(v *View, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			run(v, c)
		}
	default:
		run(v, v.Update(msg))
	}
}

// memory is a log that grows in memory.
type memory struct {
	mu     sync.Mutex
	b      []byte
	read   int
	closed bool
}

func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := bytes.NewReader(m.b).ReadAt(p, off)
	m.read += n
	return n, err
}

func (m *memory) Size() (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.b)), nil
}

func (m *memory) Close() error { m.closed = true; return nil }

func (m *memory) append(s string) {
	m.mu.Lock()
	m.b = append(m.b, s...)
	m.mu.Unlock()
}

func load(t testing.TB, f File) *View {
	v := newView(t)
	v.Draw(40, 5)
	run(v, v.Load(t.Context(), "log", func(context.Context) (File, error) { return f, nil }))
	return v
}

// Who comes back to a log need not wait until all of it has been looked through again.
func TestComesBack(t *testing.T) {
	f := &memory{b: []byte(numbered(0, 100_000))}
	v := load(t, f)
	other := &memory{b: []byte("other\n")}
	show := func(key string, f File) {
		run(v, v.Load(t.Context(), key, func(context.Context) (File, error) { return f, nil }))
	}
	show("other", other)
	wants(t, v, "other", "", "", "", "")
	f.append("line 100000\n")
	f.read = 0
	show("log", f)
	wants(t, v, "line 99996", "line 99997", "line 99998", "line 99999", "line 100000")
	if f.read > 200_000 {
		t.Errorf("%d bytes of %d were read", f.read, len(f.b))
	}

	show("other", other)
	f.b = []byte("begun\nanew\n")
	show("log", f)
	wants(t, v, "begun", "anew", "", "", "")
}

func drawn(v *View, w, h int) []string {
	out := v.Draw(w, h)
	for i, line := range out {
		out[i] = strings.TrimRight(style.Strip(line), " ")
	}
	return out
}

func wants(t *testing.T, v *View, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, drawn(v, 40, 5)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func numbered(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

func do(v *View, ids ...action.ID) {
	for _, id := range ids {
		run(v, v.Update(action.Intent{ID: id}))
	}
}

func TestFollowsTheEnd(t *testing.T) {
	f := &memory{b: []byte(numbered(0, 3))}
	v := load(t, f)
	v.Live = true
	wants(t, v, "line 0", "line 1", "line 2", "", "")
	f.append(numbered(3, 1000))
	run(v, v.Grew())
	wants(t, v, "line 995", "line 996", "line 997", "line 998", "line 999")
	if got, want := v.Status(), "line 1,000 of 1,000   following"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// A line that is not ended yet is shown, and replaced as it goes on.
	f.append("progress 10%")
	run(v, v.Grew())
	wants(t, v, "line 996", "line 997", "line 998", "line 999", "progress 10%")
	f.append("\rprogress 99%")
	run(v, v.Grew())
	f.append("\ndone\n")
	run(v, v.Grew())
	wants(t, v, "line 997", "line 998", "line 999", "progress 99%", "done")
}

func TestMovingUpStopsFollowing(t *testing.T) {
	f := &memory{b: []byte(numbered(0, 1000))}
	v := load(t, f)
	v.Live = true
	do(v, action.RowUp)
	f.append(numbered(1000, 1500))
	run(v, v.Grew())
	wants(t, v, "line 994", "line 995", "line 996", "line 997", "line 998")
	if got, want := v.Status(), "line 999 of 1,500   not following, 500 new"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	do(v, action.Top)
	wants(t, v, "line 0", "line 1", "line 2", "line 3", "line 4")
	do(v, action.PageDown, action.RowDown)
	wants(t, v, "line 5", "line 6", "line 7", "line 8", "line 9")
	do(v, action.Bottom)
	wants(t, v, "line 1495", "line 1496", "line 1497", "line 1498", "line 1499")
	do(v, action.LogFollow)
	if v.Following() {
		t.Error("F does not stop following")
	}
}

func TestJumpsAnywhere(t *testing.T) {
	v := load(t, &memory{b: []byte(numbered(0, 100_000))})
	for _, n := range []int{0, 63, 64, 65, 50_000, 99_999, 12} {
		run(v, v.GoTo(n))
		found := false
		for _, line := range drawn(v, 40, 5) {
			found = found || line == fmt.Sprintf("line %d", n)
		}
		if !found {
			t.Errorf("GoTo(%d): got %q", n, drawn(v, 40, 5))
		}
	}
}

func TestSearch(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		if i%5000 == 2500 {
			fmt.Fprintf(&b, "x.c:%d: \x1b[35mWar\x1b[1mning:\x1b[0m unused\n", i)
			continue
		}
		fmt.Fprintf(&b, "CC x%d.o\n", i)
	}
	f := &memory{b: []byte(b.String())}
	v := load(t, f)
	do(v, action.Top)
	run(v, v.Search("warning"))
	if got, want := v.SearchStatus(), "/ warning   1 of 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := v.Current(), "x.c:2500: Warning: unused"; got != want {
		t.Errorf("current line: got %q, want %q", got, want)
	}
	run(v, v.NextMatch(1))
	run(v, v.NextMatch(1))
	if got, want := v.Current(), "x.c:12500: Warning: unused"; got != want {
		t.Errorf("third: got %q, want %q", got, want)
	}
	run(v, v.NextMatch(-1))
	run(v, v.NextMatch(-1))
	run(v, v.NextMatch(-1))
	if got, want := v.SearchStatus(), "/ warning   4 of 4"; got != want {
		t.Errorf("round: got %q, want %q", got, want)
	}
	// What is appended is searched too.
	f.append("last warning")
	run(v, v.Grew())
	f.append(" continued\nwarning again\n")
	run(v, v.Grew())
	if got, want := v.SearchStatus(), "/ warning   4 of 6"; got != want {
		t.Errorf("after growing: got %q, want %q", got, want)
	}
	run(v, v.Search("no such text"))
	if got, want := v.SearchStatus(), "/ no such text   not found"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	run(v, v.Search(""))
	if got := v.SearchStatus(); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

// The next match is the next from what is seen, when the last one is out of sight.
func TestNextMatchFromWhatIsSeen(t *testing.T) {
	v := load(t, &memory{b: []byte(numbered(0, 1000))})
	do(v, action.Top)
	run(v, v.Search("line 70"))
	for _, test := range []struct {
		to   action.ID
		dir  int
		want string
	}{
		{action.Bottom, -1, "11 of 11"},
		{action.Top, 1, "1 of 11"},
		{action.Bottom, 1, "1 of 11"},
		{action.Top, -1, "11 of 11"},
	} {
		do(v, test.to)
		run(v, v.NextMatch(test.dir))
		if got, want := v.SearchStatus(), "/ line 70   "+test.want; got != want {
			t.Errorf("%d from the %s: got %q, want %q", test.dir, test.to, got, want)
		}
	}
}

func TestMatchesAreMarked(t *testing.T) {
	v := load(t, &memory{b: []byte("a \x1b[32mgreen\x1b[0m warning here\n")})
	run(v, v.Search("WARN"))
	got := v.Draw(40, 5)[0]
	if want := v.st.PaintOn(themes.MatchCurrent, themes.Text, "warn"); !strings.Contains(got, want) {
		t.Errorf("got %q, want it to have %q", got, want)
	}
	if !strings.Contains(got, "\x1b[32mgreen") {
		t.Errorf("the line's own colour is gone: %q", got)
	}
}

func TestWrap(t *testing.T) {
	v := load(t, &memory{b: []byte("short\n" + strings.Repeat("0123456789", 10) + "\nend\n")})
	wants(t, v, "short", "0123456789012345678901234567890123456789", "end", "", "")
	do(v, action.LogWrap)
	wants(t, v, "short", "0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789", "01234567890123456789", "end")
	do(v, action.LogWrap, action.Top, action.LogRight)
	wants(t, v, "", "8901234567890123456789012345678901234567", "", "", "")
	do(v, action.LogLeft)
	wants(t, v, "short", "0123456789012345678901234567890123456789", "end", "", "")
}

func TestWrapScrollsByRows(t *testing.T) {
	v := load(t, &memory{b: []byte(strings.Repeat(strings.Repeat("a", 100)+"\n", 10))})
	do(v, action.LogWrap, action.RowUp)
	if v.top != 8 || v.sub != 0 {
		t.Errorf("got line %d row %d, want line 8 row 0", v.top, v.sub)
	}
	do(v, action.RowUp)
	if v.top != 7 || v.sub != 2 {
		t.Errorf("got line %d row %d, want line 7 row 2", v.top, v.sub)
	}
}

func TestHostileLines(t *testing.T) {
	v := load(t, &memory{b: []byte("a\x1b]0;owned\x07b\n10%\r50%\r100%\n\x1b[2Jc\x1b[5;31md\n" + strings.Repeat("x", 300_000) + "\nend\n")})
	do(v, action.Top)
	got := v.Draw(40, 5)
	if !strings.Contains(got[2], "\x1b[31m") || strings.Contains(got[2], "\x1b[5") {
		t.Errorf("colour stays and blinking goes: got %q", got[2])
	}
	wants(t, v, "ab", "100%", "cd", strings.Repeat("x", 40), "end")
}

func TestLongProgressLineKeepsItsEnd(t *testing.T) {
	v := load(t, &memory{b: []byte(strings.Repeat("downloading 1%\r", 100_000) + "downloaded\nend\n")})
	wants(t, v, "downloaded", "end", "", "", "")
}

func TestLogThatBeginsAnew(t *testing.T) {
	f := &memory{b: []byte(numbered(0, 1000))}
	v := load(t, f)
	run(v, v.Search("line"))
	f.mu.Lock()
	f.b = []byte("again\n")
	f.mu.Unlock()
	run(v, v.Grew())
	wants(t, v, "again", "", "", "", "")
}

func TestAnswersForAnotherLogAreDropped(t *testing.T) {
	a, b := &memory{b: []byte("a\n")}, &memory{b: []byte("b\n")}
	v := newView(t)
	v.Draw(40, 5)
	openA := v.Load(t.Context(), "a", func(context.Context) (File, error) { return a, nil })
	run(v, v.Load(t.Context(), "b", func(context.Context) (File, error) { return b, nil }))
	run(v, openA)
	wants(t, v, "b", "", "", "", "")
	if !a.closed || b.closed {
		t.Errorf("got a closed %v, b closed %v; want a closed", a.closed, b.closed)
	}
	run(v, v.Close())
	if !b.closed {
		t.Error("Close does not close the file")
	}
}

func TestErrorIsShown(t *testing.T) {
	v := newView(t)
	v.Draw(40, 5)
	run(v, v.Load(t.Context(), "x", func(context.Context) (File, error) { return openFile(filepath.Join(t.TempDir(), "none")) }))
	if got := drawn(v, 200, 1)[0]; !strings.HasPrefix(got, "open log: ") {
		t.Errorf("got %q", got)
	}
}

// A log of a million lines is shown without being loaded: what is read beside
// counting its lines is a screenful.
func TestMillionLines(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(name, []byte(strings.Repeat("  CC      drivers/net/ethernet/intel/e1000e/netdev.o\n", 1_000_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(name)
	if err != nil {
		t.Fatal(err)
	}
	v := load(t, f)
	if got := v.Lines(); got != 1_000_000 {
		t.Fatalf("got %d lines", got)
	}
	if got := len(v.idx.starts) * 8; got > 130_000 {
		t.Errorf("the index takes %d bytes, want 125 KB", got)
	}
	if got := len(v.lines); got > 2*margin+10 {
		t.Errorf("%d lines are kept", got)
	}
	if n := testing.AllocsPerRun(5, func() { v.Update(action.Intent{ID: action.RowUp}); v.Draw(80, 40) }); n > 500 {
		t.Errorf("a key and a frame allocate %v times", n)
	}
	run(v, v.Close())
}

func TestDrawFillsAnySize(t *testing.T) {
	v := load(t, &memory{b: []byte("世界世界世界\n\x1b[31mred " + strings.Repeat("wide世", 50) + "\n" + numbered(0, 50))})
	do(v, action.Top)
	run(v, v.Search("d"))
	for _, wrap := range []bool{false, true} {
		v.wrap = wrap
		for w := range 50 {
			for h := range 8 {
				out := v.Draw(w, h)
				if len(out) != h {
					t.Fatalf("Draw(%d, %d): got %d lines", w, h, len(out))
				}
				for _, line := range out {
					if n := style.Width(line); n != w {
						t.Fatalf("Draw(%d, %d) wrap %v: got a line of %d cells: %q", w, h, wrap, n, line)
					}
				}
			}
		}
	}
}

func BenchmarkScan(b *testing.B) {
	f := &memory{b: []byte(numbered(0, 1_000_000))}
	b.SetBytes(int64(len(f.b)))
	for b.Loop() {
		x, more := index{}, true
		for more {
			var err error
			if x, more, err = x.extend(f); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	f := &memory{b: []byte(numbered(0, 1_000_000))}
	b.SetBytes(int64(len(f.b)))
	for b.Loop() {
		at := scan{}
		for {
			_, next, err := search(f, (&finder{query: "warning"}).matcher(), at, int64(len(f.b)))
			if err != nil {
				b.Fatal(err)
			}
			if next == at || next.offset >= int64(len(f.b)) {
				break
			}
			at = next
		}
	}
}

func BenchmarkKeyToFrame(b *testing.B) {
	v := load(b, &memory{b: []byte(strings.Repeat("\x1b[32m  CC\x1b[0m      drivers/net/ethernet/intel/e1000e/netdev.o\n", 20_000))})
	v.Draw(100, 40)
	for b.Loop() {
		run(v, v.Update(action.Intent{ID: action.RowUp}))
		v.Draw(100, 40)
	}
}

// TestErrors pins what is an error, and going from one to the next.
func TestErrors(t *testing.T) {
	v := load(t, &memory{b: []byte("start\nx.c:3:1: \x1b[31merror:\x1b[0m no ';'\n0 failed, 0 errors\ncc -Werror x.c\nmake: *** [x.o] Error 1\nend\n")})
	do(v, action.Top)
	run(v, v.NextError(1))
	if got, want := v.Current(), "x.c:3:1: error: no ';'"; got != want {
		t.Errorf("first: got %q, want %q", got, want)
	}
	got := v.Draw(40, 5)[1]
	if want := v.st.PaintOn(themes.MatchCurrent, themes.Text, "error:"); !strings.Contains(got, want) {
		t.Errorf("got %q, want it to have %q", got, want)
	}
	run(v, v.NextError(1))
	if got, want := v.Current(), "make: *** [x.o] Error 1"; got != want {
		t.Errorf("second: got %q, want %q", got, want)
	}
	if got, want := v.SearchStatus(), "errors   2 of 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	run(v, v.Search(""))
	if got := v.SearchStatus(); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

// TestTimes pins that lines show when they were written, and only their first rows.
func TestTimes(t *testing.T) {
	v := load(t, &memory{b: []byte("first\n" + strings.Repeat("0123456789", 4) + "\nnew\n")})
	v.Written = func(offset int64) (time.Duration, bool) {
		return time.Duration(offset) * time.Second, offset < 40
	}
	do(v, action.LogTimes, action.LogWrap)
	wants(t, v, "  0m00s first", "  0m06s 01234567890123456789012345678901", "        23456789", "      ? new", "")
	do(v, action.LogTimes)
	wants(t, v, "first", strings.Repeat("0123456789", 4), "new", "", "")
}

// TestTimesWithoutRoom pins that where there is no room for times the lines are whole.
func TestTimesWithoutRoom(t *testing.T) {
	v := load(t, &memory{b: []byte(strings.Repeat("0123456789", 4) + "\n")})
	do(v, action.LogTimes, action.LogWrap)
	for y, want := range []string{"01234567890123456789", "01234567890123456789", ""} {
		if got := strings.TrimRight(ansi.Strip(v.Draw(20, 3)[y]), " "); got != want {
			t.Errorf("line %d: got %q, want %q", y, got, want)
		}
	}
}

func openFile(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return diskFile{f}, nil
}

type diskFile struct{ *os.File }

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// TestStatusOfWrapped pins that it is said which line is shown last, and that a search
// shows what it is at, also where lines take several rows.
func TestStatusOfWrapped(t *testing.T) {
	long := strings.Repeat("0123456789", 20) // 5 rows
	v := load(t, &memory{b: []byte("first\n" + long + "\nthird\nfourth\n" + long + "\nsixth\n")})
	v.Draw(40, 5)
	run(v, v.Update(action.Intent{ID: action.LogWrap}))
	run(v, v.Update(action.Intent{ID: action.Top}))
	v.Draw(40, 5)
	if got, want := v.Status(), "line 2 of 6"; got != want {
		t.Errorf("at the top: got %q, want %q", got, want)
	}
	run(v, v.Search("fourth"))
	v.Draw(40, 5)
	if lines := strings.Join(drawn(v, 40, 5), "\n"); !strings.Contains(lines, "fourth") {
		t.Errorf("the match is not shown:\n%s", lines)
	}
	run(v, v.Search(""))
	run(v, v.Update(action.Intent{ID: action.Bottom}))
	if got, want := v.Status(), "line 6 of 6"; got != want {
		t.Errorf("at the end: got %q, want %q", got, want)
	}
}

// TestEmptyIsWrapped pins that all of what is said in place of a log can be read.
func TestEmptyIsWrapped(t *testing.T) {
	v := newView(t)
	v.Empty = "not started: 61 derivations that it needs failed, among them this one"
	if diff := cmp.Diff(drawn(v, 40, 3), []string{"not started: 61 derivations that it", "needs failed, among them this one", ""}); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

// TestSearchGivenUp pins that who gives up a search is where it began.
func TestSearchGivenUp(t *testing.T) {
	v := load(t, &memory{b: []byte(numbered(0, 1000))})
	run(v, v.GoTo(500))
	was := drawn(v, 40, 5)
	back := v.Keep()
	run(v, v.Search("line 7"))
	run(v, v.Search("line 70"))
	if diff := cmp.Diff(drawn(v, 40, 5), was); diff == "" {
		t.Fatal("the search went nowhere")
	}
	run(v, v.Search(""))
	run(v, back())
	if diff := cmp.Diff(drawn(v, 40, 5), was); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}
