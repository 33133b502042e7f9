package shell

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"nixbench/engine/shell/applet"
)

// open opens files for the interpreter: those of redirections and of source.
func (s *session) open(ctx context.Context, name string, flag int, _ os.FileMode) (io.ReadWriteCloser, error) {
	hc := interp.HandlerCtx(ctx)
	shown := name
	f, err := s.openFile(hc, name, flag)
	if err != nil {
		for _, dir := range []string{fdDir, rwDir} {
			shown = strings.TrimPrefix(shown, dir)
		}
		// The interpreter prints this as "OP PATH: ERR".
		return nil, &os.PathError{Op: s.name + ":", Path: shown, Err: errors.New(applet.Errno(err))}
	}
	return f, nil
}

func (s *session) openFile(hc interp.HandlerContext, name string, flag int) (io.ReadWriteCloser, error) {
	if fd, ok := fdOf(name); ok {
		return s.stream(hc, fd)
	}
	switch {
	case strings.HasPrefix(name, fdDir):
		return s.openDup(hc, strings.TrimPrefix(name, fdDir))
	case strings.HasPrefix(name, rwDir):
		name = strings.TrimPrefix(name, rwDir)
		flag = os.O_RDWR | os.O_CREATE
	case strings.HasPrefix(name, sourceDir):
		s.mu.Lock()
		text := s.sources[name]
		s.mu.Unlock()
		return textFile{strings.NewReader(text)}, nil
	case name == "":
		return nil, os.ErrNotExist
	}
	s.mask.sync(hc.Env)
	f, err := os.OpenFile(absolute(hc.Dir, name), flag, 0o666)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// fdOf returns the descriptor that a name such as /dev/stderr or /dev/fd/3
// means.
func fdOf(name string) (int, bool) {
	switch name {
	case "/dev/stdin":
		return 0, true
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	if digits, ok := strings.CutPrefix(name, "/dev/fd/"); ok {
		fd, err := strconv.Atoi(digits)
		return fd, err == nil
	}
	return 0, false
}

// openDup opens what follows >& or <&: a descriptor, or - for none.
func (s *session) openDup(hc interp.HandlerContext, target string) (io.ReadWriteCloser, error) {
	if target == "-" {
		return os.OpenFile(os.DevNull, os.O_RDWR, 0)
	}
	fd, err := strconv.Atoi(strings.TrimSuffix(target, "-"))
	if err != nil {
		return nil, errors.New("ambiguous redirect")
	}
	f, err := s.stream(hc, fd)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// A textFile is a text to be read as a file.
type textFile struct{ *strings.Reader }

func (textFile) Write([]byte) (int, error) { return 0, os.ErrPermission }
func (textFile) Close() error              { return nil }
