package shell

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	record = flag.Bool("record", false, "write what bash and the GNU tools print into the transcripts")
	update = flag.Bool("update", false, "write what this shell prints into the transcripts, where it is meant to differ")
)

func TestMain(m *testing.M) {
	if Answers(os.Args[0]) { // called by an applet
		os.Exit(Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	syscall.Umask(0o022)
	os.Exit(m.Run())
}

// A transcript is a session in a directory of its own: commands, each run by a
// new shell, with what they print on both outputs and their status.
//
//	# A comment. One that begins with "differs:" says why the command after it
//	# does not print what GNU's would.
//	  $ command
//	  > its second line
//	  output
//	  [status]
type transcript struct {
	file  string
	items []*transcriptItem
}

type transcriptItem struct {
	text    []string // lines that are no command, as they are
	differs bool
	command string // "" at the end of the file
	want    string
	line    int
}

func readTranscript(t *testing.T, file string) *transcript {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tr := &transcript{file: file}
	item := &transcriptItem{}
	var out strings.Builder
	finish := func() {
		item.want = out.String()
		out.Reset()
		tr.items = append(tr.items, item)
		item = &transcriptItem{}
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "  $ "):
			if item.command != "" {
				finish()
			}
			item.command, item.line = line[4:], i+1
		case strings.HasPrefix(line, "  > ") && item.command != "" && out.Len() == 0:
			item.command += "\n" + line[4:]
		case strings.HasPrefix(line, "  ") && item.command != "":
			out.WriteString(line[2:] + "\n")
		default:
			if item.command != "" {
				finish()
			}
			item.text = append(item.text, line)
			item.differs = item.differs || strings.HasPrefix(line, "# differs:")
		}
	}
	finish()
	return tr
}

func (tr *transcript) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for _, item := range tr.items {
		for _, line := range item.text {
			b.WriteString(line + "\n")
		}
		if item.command == "" {
			continue
		}
		b.WriteString("  $ " + strings.ReplaceAll(item.command, "\n", "\n  > ") + "\n")
		for line := range strings.Lines(item.want) {
			b.WriteString("  " + line)
		}
	}
	if err := os.WriteFile(tr.file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shownOutput writes an output and a status as transcripts have them.
func shownOutput(out []byte, status int) string {
	var b strings.Builder
	for len(out) > 0 {
		line, rest, ended := bytes.Cut(out, []byte("\n"))
		text := string(line)
		quoted := strconv.Quote(text)
		if inner := quoted[1 : len(quoted)-1]; strings.ReplaceAll(inner, `\"`, `"`) != strings.ReplaceAll(text, `\`, `\\`) {
			text = inner + " (esc)"
		} else if strings.HasPrefix(text, "> ") || strings.HasPrefix(text, "$ ") {
			text = fmt.Sprintf(`\x%02x%s (esc)`, text[0], inner[1:])
		}
		if !ended {
			text += " (no-eol)"
		}
		b.WriteString(text + "\n")
		out = rest
	}
	if status != 0 {
		fmt.Fprintf(&b, "[%d]\n", status)
	}
	return b.String()
}

// testEnv is the environment of transcripts.
func testEnv(dir, path string) []string {
	return []string{
		"PATH=" + path, "HOME=" + dir, "TMPDIR=" + dir, "PWD=" + dir, "LC_ALL=C", "TZ=UTC", "SOURCE_DATE_EPOCH=315532800",
	}
}

// runOurs runs a command in this shell.
func runOurs(dir, command string) string {
	return capture(dir, func(null, out *os.File) int {
		return runShell(context.Background(), invocation{
			args: []string{"sh", "-c", command, "sh"}, stdin: null, stdout: out, stderr: out,
			dir: dir, env: testEnv(dir, "/path-not-set"),
		})
	})
}

// runBash runs a command in bash with the tools of the machine.
func runBash(dir, command string) string {
	return capture(dir, func(null, out *os.File) int {
		cmd := exec.Command("bash", "-c", command, "sh")
		cmd.Dir, cmd.Env = dir, testEnv(dir, bashAsSh()+":/usr/bin:/bin:/usr/sbin:/sbin")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = null, out, out
		cmd.Run()
		return cmd.ProcessState.ExitCode()
	})
}

// bashAsSh returns a directory where sh is bash.
func bashAsSh() string {
	dir := filepath.Join(os.TempDir(), "bash-as-sh")
	bash, err := exec.LookPath("bash")
	if err != nil {
		panic(err)
	}
	os.Mkdir(dir, 0o755)
	os.Symlink(bash, filepath.Join(dir, "sh"))
	return dir
}

func capture(dir string, run func(null, out *os.File) int) string {
	out, err := os.CreateTemp("", "transcript")
	if err != nil {
		panic(err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		panic(err)
	}
	defer null.Close()
	status := run(null, out)
	data, err := os.ReadFile(out.Name())
	if err != nil {
		panic(err)
	}
	return shownOutput(bytes.ReplaceAll(data, []byte(dir), []byte("$DIR")), status)
}

// TestTranscripts runs testdata/*.t, whose outputs were recorded from bash and
// the GNU tools.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.t")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".t"), func(t *testing.T) {
			tr := readTranscript(t, file)
			dir := t.TempDir()
			for _, item := range tr.items {
				if item.command == "" {
					continue
				}
				if *record && !item.differs {
					item.want = runBash(dir, item.command)
					continue
				}
				got := runOurs(dir, item.command)
				if *update && item.differs {
					item.want = got
					continue
				}
				if *record {
					continue
				}
				if diff := cmp.Diff(item.want, got); diff != "" {
					t.Errorf("%s:%d: %s\n(-want +got)\n%s", file, item.line, item.command, diff)
				}
			}
			if *record || *update {
				tr.write(t)
			}
		})
	}
}
