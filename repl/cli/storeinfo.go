package cli

import (
	"context"
	"fmt"
	"io"

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
	info, err := eng.StoreInfo(ctx)
	if err != nil {
		return err
	}
	if inv.json {
		object := map[string]any{"url": info.URL}
		if info.Version != "" {
			object["version"] = info.Version
		}
		if info.Trusted != nil {
			object["trusted"] = *info.Trusted
		}
		return inv.printValue(object)
	}
	lines := "Store URL: " + info.URL + "\n"
	if info.Version != "" {
		lines += "Version: " + info.Version + "\n"
	}
	if info.Trusted != nil {
		lines += fmt.Sprintf("Trusted: %d\n", map[bool]int{true: 1}[*info.Trusted])
	}
	if inv.env.nixName() == "" {
		lines += "Access: " + info.Access + "\n"
	}
	_, err = io.WriteString(inv.env.Stderr, text.Plain(lines))
	return err
}
