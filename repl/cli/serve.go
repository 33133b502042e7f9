package cli

import "context"

// serve is nix-store --serve.
func (run *storeRun) serve(ctx context.Context) error {
	if err := run.only("--write"); err != nil {
		return err
	}
	if err := run.noArgs(); err != nil {
		return err
	}
	return run.eng.Serve(ctx, run.env.Stdin, run.env.Stdout, run.has("--write"), func() {
		run.stopFollowing()
		run.followAgain(ctx, run.eng)
	})
}
