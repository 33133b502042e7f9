package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"nixbench/engine"
	"nixbench/repl/text"
)

// runStoreInfo is `nixbench store info`.
//
// Behaviour: Nix, store-info.cc, but that the access is ours.
func runStoreInfo(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if inv.json {
		return inv.storeInfoJSON(ctx, eng)
	}
	say := func(lines string) { _, _ = io.WriteString(inv.env.Stderr, text.Plain(lines)) }
	say("Store URL: " + eng.StoreURL() + "\n")
	info, err := eng.StoreInfo(ctx)
	if err != nil {
		return err
	}
	lines := ""
	if info.Version != "" {
		lines += "Version: " + info.Version + "\n"
	}
	if info.Trusted != nil {
		lines += fmt.Sprintf("Trusted: %d\n", map[bool]int{true: 1}[*info.Trusted])
	}
	if inv.env.nixName() == "" {
		lines += "Access: " + info.Access + "\n"
	}
	say(lines)
	return nil
}

// storeInfoJSON prints what is known of a store, also if that is only its URL.
func (inv *invocation) storeInfoJSON(ctx context.Context, eng *engine.Engine) error {
	info, err := eng.StoreInfo(ctx)
	object := map[string]any{"url": eng.StoreURL()}
	if info.Version != "" {
		object["version"] = info.Version
	}
	if info.Trusted != nil {
		object["trusted"] = *info.Trusted
	}
	return errors.Join(inv.printValue(object), err)
}
