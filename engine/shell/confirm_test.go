//go:build confirm

package shell

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfirm runs the transcripts through the machine's bash and GNU tools,
// to see that what they recorded is what these print. The versions matter:
// the transcripts are from bash 5.2, coreutils 9.1, findutils 4.9, grep 3.8,
// sed 4.9, diffutils 3.8, tar 1.34 and patch 2.7.
func TestConfirm(t *testing.T) {
	for _, tool := range []string{"bash", "sed", "grep", "find", "diff", "patch", "tar", "gzip", "awk"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s to compare with", tool)
		}
	}
	out, err := exec.Command("cat", "--version").Output()
	if err != nil || !strings.Contains(string(out), "GNU coreutils") {
		t.Skip("the tools of this machine are not GNU's")
	}
	// bash shows the signals that it was started without: under nohup, SIGHUP.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	files, err := filepath.Glob("testdata/*.t")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".t"), func(t *testing.T) {
			dir := t.TempDir()
			for _, item := range readTranscript(t, file).items {
				if item.command == "" {
					continue
				}
				got := runBash(dir, item.command)
				if diff := cmp.Diff(item.want, got); diff != "" && !item.differs {
					t.Errorf("%s:%d: %s\n(-transcript +%s)\n%s", file, item.line, item.command, "bash", diff)
				}
			}
		})
	}
}
