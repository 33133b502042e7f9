package shell

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

// TestMainByName pins how Main tells the shell and applets apart.
func TestMainByName(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		args   []string
		stdout string
		status int
	}{
		{[]string{"/bin/sh", "-c", "echo $0 $1", "name", "x"}, "name x\n", 0},
		{[]string{"-sh", "-c", "exit 3"}, "", 3},
		{[]string{"bash", "-c", "echo hi"}, "hi\n", 0},
		{[]string{"/some/where/basename", "/a/b"}, "b\n", 0},
		{[]string{"false"}, "", 1},
		{[]string{"/proc/self/exe", "sh", "-c", "echo again"}, "again\n", 0},
		{[]string{"/proc/self/exe", "dirname", "a/b"}, "a\n", 0},
		{[]string{"nosuchapplet"}, "", 127},
		{[]string{"sh", "--help"}, usage(), 0},
		{[]string{"sh", "-i"}, "", 2},
		{[]string{"xargs", "echo"}, "in put\n", 0},
	}
	for _, test := range tests {
		in := writeFile(t, filepath.Join(dir, "in"), "in put\n")
		out, err := os.Create(filepath.Join(dir, "out"))
		if err != nil {
			t.Fatal(err)
		}
		status := Main(context.Background(), test.args, in, out, nullFile(t), []string{"PATH=/path-not-set"})
		got, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		if status != test.status || string(got) != test.stdout {
			t.Errorf("%q: got %q, status %d, want %q, status %d", test.args, got, status, test.stdout, test.status)
		}
	}
}

func writeFile(t *testing.T, name, text string) *os.File {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func nullFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestApplets pins that the list is sorted and holds what builders expect.
func TestApplets(t *testing.T) {
	names := Applets()
	if !slices.IsSorted(names) {
		t.Errorf("got %q, want it sorted", names)
	}
	for _, name := range strings.Fields("[ awk base64 basename cat chmod cmp comm cp cut date diff dirname echo egrep env " +
		"expr false fgrep find fold grep gunzip gzip head id install join ln ls md5sum mkdir mktemp mv nproc od paste " +
		"patch printf pwd readlink realpath rev rm rmdir sed seq sha1sum sha256sum sha512sum sleep sort split stat sum " +
		"sync tac tail tar tee test touch tr true truncate uname uniq unxz unzip wc which whoami xargs yes zcat") {
		if !slices.Contains(names, name) || !Answers(name) {
			t.Errorf("no applet %q", name)
		}
	}
	if Answers("nixbench") || Answers("git") {
		t.Error("Answers says yes to a name that is no applet's")
	}
}

// TestPathFirst pins that a program of PATH comes before an applet.
func TestPathFirst(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "sed")
	if err := os.WriteFile(script, []byte("echo sed of PATH $1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	got, status := runScript(t, dir, "sed -n; command -v sed; type -p sed tr; which sed; cat /dev/null; echo $?", "PATH="+dir)
	want := "sed of PATH -n\n" + script + "\n" + script + "\ntr\n" + script + "\n0\n"
	if got != want || status != 0 {
		t.Errorf("got %q, status %d, want %q", got, status, want)
	}
}

// TestPrograms pins what programs that are no applets get: environment,
// directory, arguments and descriptors.
func TestPrograms(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no other shell on this machine")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(sh, filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	got, status := runScript(t, dir, `cd sub; X=1; export Y=2; Z=3 ../other -c 'echo "$X-$Y-$Z-$1"; echo three >&3; exit 4' n "a b" 3>&1
echo $?; echo in | ../other -c 'read l; echo "<$l>"'; x=$(../other -c 'echo captured'); echo $x
../other -c 'kill -9 $$' 2>/dev/null; echo $?; PWD=/wrong ../other -c 'pwd' | sed 's,.*/,,'`, "PATH=/path-not-set")
	want := "-2-3-a b\nthree\n4\n<in>\ncaptured\n137\nsub\n"
	if got != want || status != 0 {
		t.Errorf("got %q, status %d, want %q", got, status, want)
	}
}

func runScript(t *testing.T, dir, script string, env ...string) (string, int) {
	t.Helper()
	out, err := os.CreateTemp(dir, "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	status := runShell(context.Background(), invocation{
		args: []string{"sh", "-c", script, "sh"}, stdin: nullFile(t), stdout: out, stderr: out, dir: dir, env: env,
	})
	got, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(got), status
}

// TestCancel pins that a cancelled shell ends, whatever it waits for.
func TestCancel(t *testing.T) {
	for _, script := range []string{"sleep 100", "while :; do :; done", "sleep 100 | cat", "yes > /dev/null", "read x", "sleep 100 & wait"} {
		t.Run(script, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			defer r.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			defer cancel()
			done := make(chan int)
			go func() {
				done <- runShell(ctx, invocation{
					args: []string{"sh", "-c", script}, stdin: r, stdout: io.Discard, stderr: io.Discard, dir: t.TempDir(),
				})
			}()
			select {
			case status := <-done:
				if status == 0 {
					t.Error("got status 0, want another")
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the shell goes on")
			}
		})
	}
}

// TestRefused pins that what is not supported is named.
func TestRefused(t *testing.T) {
	tests := []struct{ script, want string }{
		{"set -C", "set: -C: not supported"},
		{"set -o noclobber", "noclobber: not supported"},
		{"a=1; echo ${PIPESTATUS[0]}", "PIPESTATUS: the statuses of a pipeline are not supported"},
		{"trap x DEBUG", "trap: DEBUG: not supported"},
		{"wait -n", "wait: -n: not supported"},
		{"ulimit -q", "ulimit: -q: not supported"},
		{"sleep 0.01 & kill %1", "kill: %1: no job control"},
		{"declare -i n=1", `declare: invalid option "-i"`},
		{"echo 'a' | sed e", "sed: -e expression #1, char 1: e is not supported"},
		{"echo | xz", "xz: compression is not supported"},
		{"grep -P '(?=a)' /dev/null", "grep: -P: not supported"},
		{"fc", "fc: unsupported builtin"},
	}
	for _, test := range tests {
		got, status := runScript(t, t.TempDir(), test.script)
		if !strings.Contains(got, test.want) || status == 0 {
			t.Errorf("%s: got %q, status %d, want %q", test.script, got, status, test.want)
		}
	}
}

// TestStreams pins that a long pipeline streams: its stages run at the same
// time, and end when the last one does.
func TestStreams(t *testing.T) {
	got, status := runScript(t, t.TempDir(), "yes | sed 's/y/n/' | grep n | tr n m | head -n 3; echo $?")
	if want := "m\nm\nm\n0\n"; got != want || status != 0 {
		t.Errorf("got %q, status %d, want %q", got, status, want)
	}
	got, _ = runScript(t, t.TempDir(), "head -c 5000000 /dev/zero | tr '\\0' a | fold -w 100 | sort -u | wc -l")
	if want := "1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzRewrite feeds scripts through parsing, rewriting and printing: what is
// printed must parse again.
func FuzzRewrite(f *testing.F) {
	for _, s := range []string{
		"exec 3>&1; echo a >&3 2>&1 | cat", "for i in 1; do if x; then break; fi; y; done", "cmd 3<f 4>g >h 5>&-",
		"(trap 'x' EXIT; y) & time ls", "cat <<E 3<<F\na\nE\nb\nF\n", "while a; do { continue 2; b; } done | c | read d",
		"x=$(a | b) f() { c >&$n; }; export -p", "case a in b) break;; esac", "if a | (b; c); then d; fi",
		"0|0|0$a#0", "x=$a#b 'c'#d <$e#f | cat <<E\n$a#b\nE\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if !printable(src) {
			return
		}
		s := newSession("sh")
		text, ok := s.rewritten([]byte(src), "fuzz")
		if !ok {
			return
		}
		if _, err := s.parse([]byte(text), "fuzz"); err != nil {
			t.Errorf("%q becomes %q: %v", src, text, err)
		}
	})
}

// printable reports whether the library's printer prints a script so that it
// can be parsed again. It does not with form feeds, for one.
func printable(src string) bool {
	file, err := syntax.NewParser().Parse(strings.NewReader(src), "")
	if err != nil {
		return false
	}
	var b strings.Builder
	if syntax.NewPrinter().Print(&b, file) != nil || strings.ContainsAny(src, "\f\v\r\x00") {
		return false
	}
	_, err = syntax.NewParser().Parse(strings.NewReader(b.String()), "")
	return err == nil
}

func BenchmarkLoop(b *testing.B) {
	for b.Loop() {
		benchScript(b, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")
	}
}

func BenchmarkPipelines(b *testing.B) {
	for b.Loop() {
		benchScript(b, "for i in $(seq 1000); do x=$(echo $i | sed s/1/2/); done")
	}
}

func benchScript(b *testing.B, script string) {
	b.Helper()
	var errs bytes.Buffer
	status := runShell(context.Background(), invocation{
		args: []string{"sh", "-c", script}, stdout: io.Discard, stderr: &errs, dir: b.TempDir(),
	})
	if status != 0 {
		b.Fatal(fmt.Sprint(status, errs.String()))
	}
}
