package cli

import (
	"cmp"
	"context"
	"encoding/json"

	"nixbench/engine"
	"nixbench/store"
)

var copyFlags = []flag{
	{[]string{"--from"}, []string{"URI"}, "the store that paths are copied from", text1(func(inv *invocation) *string { return &inv.copyFrom })},
	{[]string{"--to"}, []string{"URI"}, "the store that they are copied to", text1(func(inv *invocation) *string { return &inv.copyTo })},
}

// runMakeContentAddressed is `nixbench store make-content-addressed`.
func runMakeContentAddressed(ctx context.Context, inv *invocation) error {
	from, err := inv.openAt(ctx, inv.copyFrom)
	if err != nil {
		return err
	}
	defer from.Close()
	inv.follow(ctx, from)
	to := from
	if inv.copyFrom != inv.copyTo {
		if to, err = inv.openAt(ctx, inv.copyTo); err != nil {
			return err
		}
		defer to.Close()
	}
	paths, err := inv.closuresAsked(ctx, from)
	if err != nil {
		return err
	}
	if err := allValid(ctx, from, paths); err != nil {
		return err
	}
	rewrites, err := from.MakeContentAddressed(ctx, to, paths, func(r engine.Rewrite) {
		inv.say("rewriting '%s' to '%s'", r.From, r.To)
	})
	if err != nil {
		return err
	}
	if !inv.json {
		for _, r := range rewrites {
			inv.say("rewrote '%s' to '%s'", r.From, r.To)
		}
		return nil
	}
	done := make(map[store.Path]store.Path)
	for _, r := range rewrites {
		done[r.From] = r.To
	}
	text, err := json.Marshal(map[string]any{"rewrites": done})
	if err != nil {
		return err
	}
	return inv.printJSON(text)
}

// openAt opens the store at a URI, or if that is "" the one that is asked for anyway.
func (inv *invocation) openAt(ctx context.Context, uri string) (*engine.Engine, error) {
	opts, err := inv.engineOptions()
	if err != nil {
		return nil, err
	}
	opts.StoreURI = cmp.Or(uri, opts.StoreURI)
	return engine.Open(ctx, opts)
}
