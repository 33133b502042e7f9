package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/socket"
)

// This file writes what is told to a file or socket, too, as json-log-path says.

// A jsonFile gets lines of the format internal-json, and keeps them without the word that
// marks them among others. It is safe for concurrent use.
type jsonFile struct {
	mu sync.Mutex // mu is held while a line is written
	to interface{ Write([]byte) (int, error) }
}

func (f *jsonFile) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.to.Write(bytes.TrimPrefix(line, []byte("@nix ")))
	return len(line), err
}

// openJSONFile opens the file that the setting names, if there is one.
func (inv *invocation) openJSONFile(ctx context.Context, eng *engine.Engine) {
	name, _ := eng.Settings().Get("json-log-path")
	if name == "" || inv.jsonFile != nil {
		return
	}
	if info, err := os.Stat(name); err == nil && info.Mode()&fs.ModeSocket != 0 {
		conn, err := socket.Dial(ctx, name)
		if err != nil {
			inv.tell(fmt.Sprintf("error (ignored): cannot connect to socket at \"%s\"", name))
			return
		}
		inv.jsonFile = &jsonFile{to: conn}
		return
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		inv.tell("error (ignored): " + openingLog(name, err))
		return
	}
	inv.jsonFile = &jsonFile{to: file}
}

// openingLog is Nix's error about a log file that cannot be opened.
func openingLog(name string, err error) string {
	if errno, ok := err.(*fs.PathError); ok { //nolint:errorlint // that of os.OpenFile
		return fmt.Sprintf("opening log file \"%s\": %s", name, store.Capital(errno.Err.Error()))
	}
	return err.Error()
}

// followJSON tells of the builds of an engine in the file, if there is one, until the
// function that it returns is called.
func (inv *invocation) followJSON(ctx context.Context, eng *engine.Engine) (stop func()) {
	if inv.jsonFile == nil {
		return func() {}
	}
	_, stop = follow(ctx, eng, follower{
		w: inv.jsonFile, json: true, level: inv.verbosity(), fail: func(event.Activity) {},
	})
	return stop
}
