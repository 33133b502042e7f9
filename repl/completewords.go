package repl

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"nixbench/repl/text"
)

// This file completes what is no expression: commands, their words, and names of files.

func (s *sitting) completeCommand(ctx context.Context, input string, cursor int) (*Completions, error) {
	blank := strings.IndexByte(input, ' ')
	if blank < 0 || cursor <= blank {
		c := &Completions{}
		for _, cmd := range table() {
			for _, name := range cmd.Names {
				c.offer(input[:cursor], name, cmd.Help)
			}
		}
		return c, nil
	}
	cmd, _, err := findCommand(input)
	if err != nil {
		return &Completions{Start: cursor, Err: text.PlainLine(err.Error())}, nil
	}
	start := blank + 1
	switch cmd.argument {
	case argFile:
		return s.completeFile(input[start:cursor], start), nil
	case argSetting:
		end, err := s.beginBeside(ctx)
		if err != nil {
			return nil, err
		}
		defer end()
		return s.completeSetting(input[start:cursor], start), nil
	case argStep, argWatched, argTruth:
		return s.completeWord(ctx, cmd.argument, input[start:cursor], start)
	case argExpr:
		c, err := s.completeExpr(ctx, input[start:], cursor-start)
		if c != nil {
			c.Start += start
		}
		return c, err
	}
	return &Completions{Start: cursor}, nil
}

// completeWord completes an argument that is one of a few.
func (s *sitting) completeWord(ctx context.Context, kind argumentKind, typed string, start int) (*Completions, error) {
	end, err := s.beginBeside(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	c := &Completions{Start: start}
	switch kind {
	case argTruth:
		for _, v := range truths {
			c.offer(typed, v, "")
		}
	case argWatched:
		for _, w := range s.watched {
			c.offer(typed, w.expr, w.seen.summary())
		}
	case argStep:
		for i := range s.trail.steps {
			c.offer(typed, strconv.Itoa(i), text.Cut(text.PlainLine(firstLine(s.trail.steps[i].Text)), maxDetail))
		}
	}
	return c, nil
}

// completeFile completes the last part of a file name.
func (s *sitting) completeFile(prefix string, start int) *Completions {
	dir, base := filepath.Split(prefix)
	entries, err := os.ReadDir(s.abs(expandHome(dir, s.eng.Getenv("HOME"))))
	c := &Completions{Start: start + len(dir)}
	if err != nil {
		c.Err = text.PlainLine(err.Error())
		return c
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		c.offer(base, name, "")
	}
	return c
}
