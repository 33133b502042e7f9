package main

import (
	"context"
	"errors"

	"nixbench/repl/cli"
)

// workbench opens the screens.
func workbench(ctx context.Context, opts cli.WorkbenchOptions) error {
	return errors.New("open the workbench: being wired")
}
