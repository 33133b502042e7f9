package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store"
)

// runBuilds is `nixbench builds`: what other processes build in the store now.
func runBuilds(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	builds, err := eng.NewElsewhere().Builds(ctx)
	if err != nil {
		return err
	}
	if inv.json {
		return writeJSON(inv.env.Stdout, buildsJSON(builds))
	}
	table := text.Table{Columns: []text.Column{{Title: "PID", Right: true}, {Title: "PROGRAM"}, {Title: "USER"}, {Title: "FOR", Right: true}, {Title: "WHAT"}}}
	for _, b := range builds {
		pid, what := "?", b.Drv
		if b.PID > 0 {
			pid = strconv.Itoa(b.PID)
		}
		if what == "" {
			what = b.Paths[0]
		}
		table.Row(pid, b.Program, b.User, text.Duration(time.Since(b.Since)), string(what))
	}
	if len(builds) == 0 {
		return nil
	}
	_, err = table.WriteTo(inv.env.Stdout)
	return err
}

// buildsJSON is what --json prints.
func buildsJSON(builds []engine.BuildElsewhere) any {
	type build struct {
		Drv     *store.Path  `json:"drvPath"` // null if it is not known
		Paths   []store.Path `json:"paths"`
		Again   bool         `json:"again"`
		PID     *int         `json:"pid"` // null if the process cannot be seen
		Program string       `json:"program"`
		User    string       `json:"user"`
		Since   int64        `json:"since"`
	}
	out := []build{}
	for _, b := range builds {
		row := build{Paths: append([]store.Path{}, b.Paths...), Again: b.Again, Program: strings.ToValidUTF8(b.Program, "\uFFFD"), User: b.User, Since: b.Since.Unix()}
		if b.Drv != "" {
			row.Drv = &b.Drv
		}
		if b.PID > 0 {
			row.PID = &b.PID
		}
		out = append(out, row)
	}
	return out
}
