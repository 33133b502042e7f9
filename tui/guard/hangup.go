package guard

// This file ends a program whose terminal is gone. One in the terminal's session gets
// SIGHUP; another, as setsid starts it, only reads the end of its input, after which
// Bubble Tea goes on without keys.

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ErrHungUp is why a program ends whose terminal is gone.
var ErrHungUp = errors.New("the terminal is gone")

// WatchHangup calls gone once nobody has the other end of the terminal that keys come from:
// in, or the process's if that is nil. It sleeps until then, or until end is called.
func WatchHangup(in io.Reader, gone func()) (end func()) {
	file, ok := in.(*os.File)
	if in == nil {
		file, ok = os.Stdin, true
	}
	if !ok {
		return func() {}
	}
	ended, ending, err := os.Pipe()
	if err != nil {
		return func() {} // a program that cannot open files has other worries
	}
	done := make(chan struct{})
	polled := []unix.PollFd{{Fd: int32(file.Fd())}, {Fd: int32(ended.Fd())}} // no events: only whether one hangs up
	go func() {
		defer close(done)
		for {
			_, err := unix.Poll(polled, -1)
			switch {
			case errors.Is(err, unix.EINTR):
				continue
			case err == nil && polled[1].Revents == 0:
				gone()
			}
			return
		}
	}()
	return func() {
		_ = ending.Close()
		<-done
		_ = ended.Close()
	}
}
