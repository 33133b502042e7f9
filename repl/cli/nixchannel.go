package cli

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/uri"
	"nixbench/store"
)

// This file is nix-channel: named places of expressions, each a URL in a list of the user's
// from which a profile is made. What it does to the profile is done by nix-env.
//
// Behaviour: nix-channel.cc of Nix.

// unpackChannel is the function that a channel is made by.
//
//go:embed unpackchannel.nix
var unpackChannel string

// A channelOp is an operation of nix-channel.
type channelOp uint8

const (
	channelAdd channelOp = iota + 1
	channelRemove
	channelList
	channelUpdate
	channelGenerations
	channelRollback
)

// channelFlags are the flags of nix-channel.
func channelFlags() []flag {
	op := func(op channelOp, name, help string) flag {
		return flag{[]string{name}, nil, help, func(inv *invocation, _ []string) error {
			inv.channelOp = op
			return nil
		}}
	}
	return []flag{
		op(channelAdd, "--add", "add a channel: URL [NAME]"),
		op(channelRemove, "--remove", "remove the channel NAME"),
		op(channelList, "--list", "list the channels"),
		op(channelUpdate, "--update", "fetch all channels, or those that are named, of file:// URLs"),
		op(channelGenerations, "--list-generations", "list the generations of the channels' profile"),
		op(channelRollback, "--rollback", "switch to the generation before, or to NUMBER"),
	}
}

// runNixChannel is `nixbench nix-channel`.
func runNixChannel(ctx context.Context, inv *invocation) error {
	for _, arg := range inv.args {
		if strings.HasPrefix(arg, "-") {
			return inv.cmd.usage("unsupported argument '%s'", arg)
		}
	}
	eng, err := inv.openLate(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	c := &channelCommand{invocation: inv, eng: eng, list: eng.ChannelsFile(), profile: eng.ChannelsProfile()}
	if err := os.MkdirAll(filepath.Dir(c.profile), 0o755); err != nil {
		return err
	}
	switch n := len(inv.args); inv.channelOp {
	case channelAdd:
		if n < 1 || n > 2 {
			return inv.cmd.usage("'--add' requires one or two arguments")
		}
		return c.add()
	case channelRemove:
		if n != 1 {
			return inv.cmd.usage("'--remove' requires one argument")
		}
		return c.remove(ctx)
	case channelList:
		if n > 0 {
			return inv.cmd.usage("'--list' expects no arguments")
		}
		return c.print()
	case channelUpdate:
		return c.update(ctx)
	case channelGenerations:
		if n > 0 {
			return inv.cmd.usage("'--list-generations' expects no arguments")
		}
		return c.nix(ctx, inv.env.Stdout, "nix-env", "--profile", c.profile, "--list-generations")
	case channelRollback:
		if n > 1 {
			return inv.cmd.usage("'--rollback' has at most one argument")
		}
		return c.rollback(ctx)
	}
	return inv.cmd.usage("no command specified")
}

// A channelCommand is one run of nix-channel.
type channelCommand struct {
	*invocation
	eng           *engine.Engine
	list, profile string // file names
}

// read returns the URLs of the channels, by name. A line of the list is "URL NAME", or the
// URL alone, whose last part is the name then.
func (c *channelCommand) read() (map[string]string, error) {
	if _, err := os.Lstat(c.list); errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	text, err := os.ReadFile(c.list)
	if err != nil {
		return nil, fmt.Errorf("opening file %s: %s", store.QuoteFile(c.list), systemError(err))
	}
	channels := make(map[string]string)
	for line := range strings.SplitSeq(string(text), "\n") {
		words := strings.FieldsFunc(strings.TrimRight(line, " \t\r"), func(r rune) bool { return r == ' ' })
		if len(words) == 0 || strings.HasPrefix(strings.TrimLeft(line, " \t\r\v\f"), "#") {
			continue
		}
		url := strings.TrimRight(words[0], "/")
		name := channelName(url)
		if len(words) > 1 {
			name = words[1]
		}
		channels[name] = url
	}
	return channels, nil
}

// channelName returns the last part of a URL.
func channelName(url string) string {
	return url[strings.LastIndexByte(url, '/')+1:]
}

// write makes the list that of some channels. A link is followed.
func (c *channelCommand) write(channels map[string]string) error {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		fmt.Fprintf(&text, "%s %s\n", channels[name], name)
	}
	if err := os.WriteFile(c.list, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("opening '%s' for writing: %s", c.list, systemError(err))
	}
	return nil
}

var (
	channelURLs  = uri.Pattern(`^(file|http|https)://`)
	channelNames = uri.Pattern(`^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$`)
)

// add is nix-channel --add.
func (c *channelCommand) add() error {
	url := c.args[0]
	var name string
	if len(c.args) > 1 {
		name = c.args[1]
	} else {
		name = strings.TrimSuffix(channelName(strings.TrimRight(url, "/")), "-unstable")
		name = strings.TrimSuffix(name, "-stable")
	}
	switch {
	case !channelURLs().MatchString(url):
		return fmt.Errorf("invalid channel URL '%s'", url)
	case !channelNames().MatchString(name):
		return fmt.Errorf("invalid channel identifier '%s'", name)
	}
	channels, err := c.read()
	if err != nil {
		return err
	}
	channels[name] = url
	return c.write(channels)
}

// remove is nix-channel --remove.
func (c *channelCommand) remove(ctx context.Context) error {
	channels, err := c.read()
	if err != nil {
		return err
	}
	delete(channels, c.args[0])
	if err := c.write(channels); err != nil {
		return err
	}
	return c.nix(ctx, io.Discard, "nix-env", "--profile", c.profile, "--uninstall", c.args[0])
}

// print is nix-channel --list.
func (c *channelCommand) print() error {
	channels, err := c.read()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		if err := c.println(name + " " + channels[name]); err != nil {
			return err
		}
	}
	return nil
}

// rollback is nix-channel --rollback.
func (c *channelCommand) rollback(ctx context.Context) error {
	if len(c.args) == 1 {
		return c.nix(ctx, io.Discard, "nix-env", "--profile", c.profile, "--switch-generation", c.args[0])
	}
	return c.nix(ctx, io.Discard, "nix-env", "--profile", c.profile, "--rollback")
}

// update is nix-channel --update.
func (c *channelCommand) update(ctx context.Context) error {
	channels, err := c.read()
	if err != nil {
		return err
	}
	function, err := c.functionFile()
	if err != nil {
		return err
	}
	defer os.Remove(function)
	args := []string{"--profile", c.profile, "--file", function, "--install", "--remove-all", "--from-expression"}
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		expr, err := c.expression(ctx, function, name, channels[name])
		if err != nil {
			return err
		}
		args = append(args, expr)
	}
	c.tell(fmt.Sprintf("unpacking %d channels...", len(channels)))
	if err := c.nix(ctx, io.Discard, "nix-env", append(args, "--quiet")...); err != nil {
		return err
	}
	return c.eng.ShowChannels()
}

// functionFile writes unpackChannel to a temporary file.
func (c *channelCommand) functionFile() (name string, err error) {
	f, err := os.CreateTemp("", "nix-")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(unpackChannel)
	if err := cmp.Or(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// channelVersion is the version at the end of a URL.
var channelVersion = uri.Pattern(`-\d.*$`)

// expression returns what nix-env installs as a channel: a function of unpackChannel. One
// that was not named stays what it is, where some were.
func (c *channelCommand) expression(ctx context.Context, function, name, url string) (string, error) {
	pkg := name + channelVersion().FindString(channelName(url))
	if len(c.args) > 0 && !slices.Contains(c.args, name) {
		target, err := c.present(name)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf(`f: rec { name = "%s"; type = "derivation"; outputs = ["out"]; system = "builtin"; outPath = builtins.storePath "%s"; out = { inherit outPath; };}`,
			pkg, filepath.Dir(target)), nil
	}
	src, err := c.fetch(ctx, function, pkg, name, url)
	return fmt.Sprintf(`f: f { name = "%s"; channelName = "%s"; src = builtins.storePath "%s";  }`, pkg, name, src), err
}

// present returns what a channel of the profile leads to: a directory in the store.
func (c *channelCommand) present(name string) (string, error) {
	file := filepath.Join(c.profile, name)
	if env, err := c.eng.ResolveLink(c.profile, c.profile); err == nil {
		file = c.eng.Reader().RealPath(env) + "/" + name
	}
	target, err := os.Readlink(file)
	if linkErr := (*fs.PathError)(nil); errors.As(err, &linkErr) {
		linkErr.Path = filepath.Join(c.profile, name)
	}
	return target, err
}

var channelArchive = uri.Pattern(`\.tar\.(gz|bz2|xz)$`)

// fetch returns the archive of a channel: what is at its URL, or a file below that. One of
// the first kind is unpacked at once, as the package pkg, to see whether it can be.
func (c *channelCommand) fetch(ctx context.Context, function, pkg, name, url string) (store.Path, error) {
	p, err := c.eng.Download(ctx, url, channelName(url))
	if err != nil {
		return "", err
	}
	if channelArchive().MatchString(string(p)) {
		return p, c.nix(ctx, io.Discard, "nix-build", "--no-out-link", "--expr",
			fmt.Sprintf(`import %s{ name = "%s"; channelName = "%s"; src = builtins.storePath "%s"; }`, function, pkg, name, p))
	}
	archive, err := c.eng.Download(ctx, url+"/nixexprs.tar.xz", "nixexprs.tar.xz")
	var missing *engine.DownloadError
	if errors.As(err, &missing) {
		return c.eng.Download(ctx, url+"/nixexprs.tar.bz2", "nixexprs.tar.bz2")
	}
	return archive, err
}

// nix runs another command of Nix, with the store and the settings of this one. It says
// itself why it fails, and what it prints goes to stdout.
func (c *channelCommand) nix(ctx context.Context, stdout io.Writer, name string, args ...string) error {
	env := *c.env
	env.Args, env.Stdin, env.Stdout = []string{name}, bytes.NewReader(nil), stdout
	if c.env.nixName() == "" {
		env.Args = []string{c.env.Args[0]}
	}
	env.Args = append(append(env.Args, name), args...)
	if c.storeURI != "" {
		env.Args = append(env.Args, "--store", c.storeURI)
	}
	for _, o := range c.options {
		env.Args = append(env.Args, "--option", o.Name, o.Value)
	}
	if status := Run(ctx, &env); status != 0 {
		return &ExitError{Status: 1}
	}
	return nil
}
