package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"nixbench/engine"
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
	if inv.env.nixName() == "nix" && len(inv.args) > 1 {
		return inv.cmd.usage("unexpected argument '%s'", inv.args[1])
	}
	insts, err := inv.installables(ctx, eng, inv.orWhole(inv.args))
	if err != nil {
		return err
	}
	for _, inst := range insts {
		if eng.CheckLogs() != nil {
			inv.say("Skipped '%s' which does not support retrieving build logs", eng.HumanURI())
		}
		log, from, err := inv.openLog(ctx, eng, inst)
		if err != nil {
			return err
		}
		if inv.env.nixName() != "" {
			inv.say("got build log for '%s' from '%s'", inst.name, from)
		}
		err = inv.copyLog(log)
		log.Close()
		if err != nil {
			return fmt.Errorf("read log of %s: %v", inst.target.Path, err)
		}
	}
	return nil
}

// openLog opens the log of what was asked for, which the store or a substituter has, and
// says which.
func (inv *invocation) openLog(ctx context.Context, eng *engine.Engine, inst installable) (log io.ReadCloser, from string, err error) {
	log, err = eng.Log(ctx, inst.target.Path)
	isGone := func(err error) bool { return errors.Is(err, store.ErrInvalidPath) || errors.Is(err, fs.ErrNotExist) }
	if err == nil || !isGone(err) {
		return log, eng.HumanURI(), err
	}
	elsewhere, from, elseErr := eng.LogElsewhere(inst.target.Path)
	switch {
	case elseErr == nil:
		return elsewhere, from, nil
	case !isGone(elseErr):
		return nil, "", elseErr
	case inv.env.nixName() != "":
		return nil, "", fmt.Errorf("build log of '%s' is not available", inst.name)
	}
	return nil, "", err
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
