package desk

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"mvdan.cc/sh/v3/shell"
)

// EditorCommand returns the user's editor opening file at line, where 0 is no
// line.
func (d *Desk) EditorCommand(file string, line int) (*exec.Cmd, error) {
	editor := "vi"
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if value := d.eng.Getenv(name); strings.TrimSpace(value) != "" {
			editor = value
			break
		}
	}
	words, err := shell.Fields(editor, d.eng.Getenv)
	if err == nil && (len(words) == 0 || words[0] == "") {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("run editor %q: not a command: %v", editor, err)
	}
	args := words[1:]
	switch base := filepath.Base(words[0]); {
	case line <= 0:
		args = append(args, file)
	case base == "code" || base == "codium":
		args = append(args, "--goto", fmt.Sprintf("%s:%d", file, line))
	case base == "hx" || base == "helix" || base == "subl" || base == "zed":
		args = append(args, fmt.Sprintf("%s:%d", file, line))
	default:
		args = append(args, fmt.Sprintf("+%d", line), file)
	}
	return exec.Command(words[0], args...), nil
}

// clipboards are the programs that put their input on the machine's clipboard,
// with the variable that says that they can.
var clipboards = []struct{ display, program string }{
	{"WAYLAND_DISPLAY", "wl-copy"}, {"DISPLAY", "xclip -selection clipboard"}, {"DISPLAY", "xsel --clipboard --input"},
	{"", "pbcopy"},
}

// errNoClipboard reports that this machine has no clipboard.
var errNoClipboard = errors.New("copy: this machine has no clipboard program")

// CopyText puts text on the clipboard of the machine that the program runs on:
// with the first program that can.
func (d *Desk) CopyText(ctx context.Context, text string) error {
	failed := errNoClipboard
	for _, c := range clipboards {
		if c.display != "" && d.eng.Getenv(c.display) == "" {
			continue
		}
		words := strings.Fields(c.program)
		if _, err := exec.LookPath(words[0]); err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Stdin = strings.NewReader(text)
		err := cmd.Run()
		if err == nil {
			return nil
		}
		failed = fmt.Errorf("copy with %s: %w", words[0], err)
	}
	return failed
}
