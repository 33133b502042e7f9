package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"nixbench/repl/text"
	"nixbench/store"
)

// runLog is `nixbench log`: the log of a build, cleaned if it goes to a
// terminal, as it was written if not.
func runLog(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	insts, err := inv.installables(ctx, eng, inv.args)
	if err != nil {
		return err
	}
	for _, inst := range insts {
		if eng.CheckLogs() != nil {
			inv.say("Skipped '%s' which does not support retrieving build logs", eng.HumanURI())
		}
		log, err := eng.Log(ctx, inst.target.Path)
		if err != nil && inv.env.nixName() != "" && (errors.Is(err, store.ErrInvalidPath) || errors.Is(err, fs.ErrNotExist)) {
			err = fmt.Errorf("build log of '%s' is not available", inst.name)
		}
		if err != nil {
			return err
		}
		if inv.env.nixName() != "" {
			inv.say("got build log for '%s' from '%s'", inst.name, eng.HumanURI())
		}
		err = inv.copyLog(log)
		log.Close()
		if err != nil {
			return fmt.Errorf("read log of %s: %v", inst.target.Path, err)
		}
	}
	return nil
}

func (inv *invocation) copyLog(log io.Reader) error {
	if !inv.env.Terminal && !inv.plain {
		_, err := io.Copy(inv.env.Stdout, log)
		return err
	}
	r := bufio.NewReader(log)
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			shown := text.Plain(text.LogLine(strings.TrimRight(line, "\n")))
			if _, err := fmt.Fprintln(inv.env.Stdout, shown); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
