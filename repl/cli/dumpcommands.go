package cli

import (
	"encoding/json"
	"slices"
	"strings"
)

// A dumpedCommand is a command, or a group of commands, as nix __dump-cli describes it to
// scripts that list what there is.
type dumpedCommand struct {
	Description string                    `json:"description,omitempty"`
	Flags       map[string]dumpedFlag     `json:"flags,omitempty"`
	Commands    map[string]*dumpedCommand `json:"commands,omitempty"`
}

type dumpedFlag struct {
	Arity       int      `json:"arity"`
	Description string   `json:"description"`
	Labels      []string `json:"labels"`
	ShortName   string   `json:"shortName,omitempty"`
}

// dumpCommands writes what commands nix has.
func (inv *invocation) dumpCommands() error {
	all := dumpedCommand{Description: workbench.summary, Flags: dumpedFlags(workbench.flags), Commands: map[string]*dumpedCommand{}}
	for _, cmd := range commands() {
		words := strings.Fields(cmd.name)
		if !slices.Contains(nixCommands, words[0]) {
			continue
		}
		into := &all
		for _, word := range words {
			if into.Commands == nil {
				into.Commands = map[string]*dumpedCommand{}
			}
			if into.Commands[word] == nil {
				into.Commands[word] = &dumpedCommand{}
			}
			into = into.Commands[word]
		}
		into.Description, into.Flags = cmd.summary, dumpedFlags(cmd.flags)
	}
	enc := json.NewEncoder(inv.env.Stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(map[string]any{"args": &all})
}

// dumpedFlags returns flags by their long names.
func dumpedFlags(flags []flag) map[string]dumpedFlag {
	out := make(map[string]dumpedFlag, len(flags))
	for _, f := range flags {
		d := dumpedFlag{Arity: len(f.args), Description: f.help, Labels: append([]string{}, f.args...)}
		for _, name := range f.names {
			if len(name) == 2 {
				d.ShortName = name[1:]
			}
		}
		for _, name := range f.names {
			if long, ok := strings.CutPrefix(name, "--"); ok {
				out[long] = d
				break
			}
		}
	}
	return out
}
