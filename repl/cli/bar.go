package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"nixbench/engine/event"
	"nixbench/repl/text"
)

// This file tells of builds on a terminal in a few lines at its end that are drawn anew
// as things go on: a sum, and a line for each build that runs. What is meant to stay goes
// above them, among it a line for each build that has ended.
//
// A terminal that is made narrower may break the lines; what that leaves behind stays.

// A bar is the end of a terminal. Whatever is written to it, or above it, stays above the
// lines that it shows. It is safe for concurrent use.
type bar struct {
	w    io.Writer                  // the terminal
	size func() (width, height int) // in cells; 0 if they are not known

	mu sync.Mutex
	// mu guards the fields below.
	lines []string     // what is shown
	drawn int          // how many lines of it are on the terminal
	held  bool         // what is written waits for the end of a frame
	frame bytes.Buffer // what waits
	open  bool         // the last line above has not ended: nothing is shown below it
}

func (b *bar) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(p)
	b.erase()
	b.frame.Write(p)
	if b.held {
		return len(p), nil
	}
	b.draw()
	return len(p), b.flush()
}

// above is a writer to another stream that goes to the same terminal, or may do so.
func (b *bar) above(w io.Writer) io.Writer { return aboveBar{b, w} }

type aboveBar struct {
	b *bar
	w io.Writer
}

func (a aboveBar) Write(p []byte) (int, error) {
	b := a.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.erase(); b.frame.Len() > 0 {
		_ = b.flush() // standard error is of no consequence here
	}
	b.note(p)
	n, err := a.w.Write(p)
	if !b.held {
		b.draw()
		_ = b.flush()
	}
	return n, err
}

// note takes note of whether what is written ends a line.
func (b *bar) note(p []byte) {
	if len(p) > 0 {
		b.open = p[len(p)-1] != '\n'
	}
}

// begin has what is written wait for show, so that both are one change of the terminal.
func (b *bar) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = true
}

// show ends what begin began, and shows lines instead of those before.
func (b *bar) show(lines []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held, b.lines = false, lines
	b.erase()
	b.draw()
	_ = b.flush()
}

// erase takes the lines off the terminal.
func (b *bar) erase() {
	if b.drawn == 0 {
		return
	}
	b.frame.WriteByte('\r')
	if b.drawn > 1 {
		fmt.Fprintf(&b.frame, "\x1b[%dA", b.drawn-1)
	}
	b.frame.WriteString("\x1b[J")
	b.drawn = 0
}

// draw puts the lines on the terminal; the cursor stays behind the last.
func (b *bar) draw() {
	if b.open || len(b.lines) == 0 {
		return
	}
	b.frame.WriteString(strings.Join(b.lines, "\n"))
	b.drawn = len(b.lines)
}

// flush writes what waits, as one change where the terminal knows how.
func (b *bar) flush() error {
	if b.frame.Len() == 0 {
		return nil
	}
	frame := b.frame.Bytes()
	if bytes.Contains(frame, []byte("\x1b[J")) {
		frame = append(append([]byte("\x1b[?2026h"), frame...), "\x1b[?2026l"...)
	}
	_, err := b.w.Write(frame)
	b.frame.Reset()
	return err
}

// withBar gives standard error a bar if it is a terminal that can have one.
func (env *Env) withBar() *Env {
	if !env.ErrTerminal || env.ErrSize == nil || env.wantsLines() || env.bar != nil {
		return env
	}
	with := *env
	with.bar = &bar{w: env.Stderr, size: env.ErrSize}
	with.Stdout, with.Stderr = with.bar.above(env.Stdout), with.bar
	return &with
}

// builderBar is the bar if it is to tell of builds, else nil.
func (inv *invocation) builderBar() *bar {
	if inv.quiet || inv.plain || inv.blocks || inv.bareLogs || inv.jsonLog || inv.failureShell {
		return nil
	}
	return inv.env.bar
}

// How often the lines are drawn anew: at most, and at least while builds run.
const (
	barAtMost  = 100 * time.Millisecond
	barAtLeast = time.Second
)

// until is how long run waits for activities if said was when something was told last.
func (f *follower) until(said time.Time) time.Time {
	switch {
	case f.bar == nil:
		return said.Add(heartbeat)
	case f.stale:
		return f.drawn.Add(barAtMost)
	case len(f.shown) == 0:
		return time.Now().Add(heartbeat)
	}
	return f.drawn.Add(barAtLeast)
}

// redraw shows what runs now, if that is due.
func (f *follower) redraw(isDue bool) {
	now := time.Now()
	if f.stale = !isDue && now.Sub(f.drawn) < barAtMost; !f.stale {
		f.drawn, f.shown = now, f.barLines()
	}
	f.bar.show(f.shown)
}

// barMargin is how many cells of a line stay blank: a terminal writes ^C there.
const barMargin = 3

// barHeight is how many builds have lines at most; a third of the terminal is the bar's.
const barHeight = 8

// barLines are the lines of the builds that run, none if there are none.
func (f *follower) barLines() []string {
	running := f.running()
	if len(running) == 0 {
		return nil
	}
	w, h := f.bar.size()
	if w, h = cmp.Or(w, 80), cmp.Or(h, 24); w < 20 || h < 6 {
		return nil
	}
	lines := []string{text.Cut(f.barSum(len(running)), w-barMargin)}
	shown := running[:min(len(running), barHeight, max(h/3-1, 1))]
	nameWidth, phaseWidth := 0, 0
	for _, seen := range shown {
		nameWidth = max(nameWidth, text.Width(text.SanitiseName(seen.act.Name)))
		phaseWidth = max(phaseWidth, text.Width(text.SanitiseName(seen.act.Phase)))
	}
	nameWidth, phaseWidth = min(nameWidth, w/3), min(phaseWidth, 12)
	for _, seen := range shown {
		line := "  " + padded(text.CutMiddle(text.SanitiseName(seen.act.Name), nameWidth), nameWidth) +
			"  " + fmt.Sprintf("%6s", text.Duration(time.Since(seen.act.Started)))
		if phaseWidth > 0 {
			line += "  " + padded(text.Cut(text.SanitiseName(seen.act.Phase), phaseWidth), phaseWidth)
		}
		if last := f.lastLine(seen); last != "" {
			line += "  " + last
		}
		lines = append(lines, text.Cut(strings.TrimRight(line, " "), w-barMargin))
	}
	if more := len(running) - len(shown); more > 0 {
		lines[0] = text.Cut(lines[0]+fmt.Sprintf("  (%d not shown)", more), w-barMargin)
	}
	return lines
}

// padded is s with blanks up to w cells.
func padded(s string, w int) string { return s + strings.Repeat(" ", max(w-text.Width(s), 0)) }

// barSum says how far all builds are.
func (f *follower) barSum(running int) string {
	sum := fmt.Sprintf("[%d of %s built", f.count[event.Done], text.Plural(len(f.seen), "derivation"))
	if n := f.count[event.Failed]; n > 0 {
		sum += fmt.Sprintf(", %d failed", n)
	}
	return sum + fmt.Sprintf(", %d running]  %s", running, text.Duration(time.Since(f.began)))
}

// lastLine is the last line of the log of a build that runs, "" if there is none.
func (f *follower) lastLine(seen *followed) string {
	const enough = 4 << 10
	if seen.tailOf == seen.act.LogSize {
		return seen.tail
	}
	file, err := os.Open(seen.act.LogFile)
	if err != nil {
		return ""
	}
	defer file.Close()
	size := seen.act.LogSize
	data := make([]byte, min(size, enough))
	n, err := file.ReadAt(data, size-int64(len(data)))
	if n == 0 && err != nil {
		return ""
	}
	seen.tailOf = size
	lines := strings.Split(strings.TrimRight(string(data[:n]), "\n"), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if _, isMessage := text.LogMessage(lines[i]); isMessage {
			continue
		}
		if line := strings.TrimSpace(text.PlainLogLine(lines[i])); line != "" {
			seen.tail = line
			break
		}
	}
	return seen.tail
}
