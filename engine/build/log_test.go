package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/event"
)

// What a builder writes goes to the file byte for byte; messages to us set the
// phase and are no lines of the log's tail, unless they cannot be read.
func TestLogSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "ab", "log")
		file, err := openLog(name)
		if err != nil {
			t.Fatal(err)
		}
		var posts []event.Activity
		l := &logSink{file: file, keep: 3, post: func(a event.Activity) { posts = append(posts, a) }}
		text := "one\ntwo\n@nix {\"action\":\"setPhase\",\"phase\":\"buildPhase\"}\n 10%\r100%\nfour\n" +
			"@nix {\"action\":\"result\",\"id\":1,\"type\":104,\"fields\":[\"checkPhase\"]}\n@nix {broken\nfive\n\x1b[1mlast"
		for chunk := range strings.SplitSeq(text, "o") {
			l.Write([]byte(chunk + "o"))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"@nix {broken", "five", "\x1b[1mlasto"}, l.lastLines()); diff != "" {
			t.Errorf("tail (-want +got):\n%s", diff)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text+"o", string(got)); diff != "" {
			t.Errorf("file (-want +got):\n%s", diff)
		}
		last := posts[len(posts)-1]
		if last.Phase != "checkPhase" || last.LogSize != int64(len(text)+1) {
			t.Errorf("last post: %+v", last)
		}
	})
}

func TestLogLines(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"a\nb\n", "a|b"},
		{"10%\r20%\r30%\n", "30%"},
		{"long line\rshort\n", "short"},
		{"\x1b[31mred\x1b[0m\r50%\r100%\n", "100%"},
		{"\r\rtwice\r\r\n", "twice"},
		{"dos\r\n", "dos"},
		{"no newline", "no newline"},
		{strings.Repeat("x", maxLine+10) + "\n", strings.Repeat("x", maxLine)},
	} {
		l := &logSink{keep: 10, post: func(event.Activity) {}}
		l.Write([]byte(test.in))
		l.Close()
		if got := strings.Join(l.lastLines(), "|"); got != test.want {
			t.Errorf("%.20q: got %.40q, want %.40q", test.in, got, test.want)
		}
	}
}

// A thousand lines at once are two posts: one now, one soon.
func TestLogPostsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var posts []int64
		l := &logSink{post: func(a event.Activity) { posts = append(posts, a.LogSize) }}
		for range 1000 {
			l.Write([]byte("line\n"))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]int64{5, 5000}, posts); diff != "" {
			t.Errorf("posts (-want +got):\n%s", diff)
		}
		l.Write([]byte("more\n"))
		l.Write([]byte("more\n"))
		l.Close()
		time.Sleep(time.Second)
		synctest.Wait()
		if got, want := len(posts), 3; got != want {
			t.Errorf("%d posts, want %d: none after the end", got, want)
		}
	})
}

// Who reads the log of an earlier build keeps it.
func TestOpenLogLeavesTheOldFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	file, err := openLog(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	buf := make([]byte, 8)
	if n, _ := reader.Read(buf); string(buf[:n]) != "old" {
		t.Errorf("got %q, want %q", buf[:n], "old")
	}
}
