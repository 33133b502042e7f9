// Command benchmarks compares the speed of nixbench with that of the real Nix.
//
//	benchmarks eval     expressions, nixpkgs and NixOS; what `make bench-eval` runs
//	benchmarks parse    all files of nixpkgs, and start-up; what `make bench-parse` runs
//	benchmarks store    what is done to stores; what `make bench-store` runs
//	benchmarks compare  two results of one of these
//	benchmarks graph    PATHS REACHED: a made-up database for nix-store --load-db
//
// The programs run in turns, so that all of them see the same machine, and what
// they print is compared: a fast wrong answer is an error. Both sides evaluate
// without writing to a store; stores are copied before they are changed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// errUsage is returned for a command line that means nothing.
var errUsage = errors.New("usage: benchmarks eval|parse|store -nixbench FILE -nix DIR [flags], or benchmarks compare OLD NEW")

// A config is what the command line says.
type config struct {
	nixbench string // the binary
	nix      string // the directory of a real Nix, or ""
	nix28    string // that of an older one, or ""
	nixpkgs  string // the tree, or ""
	cases    *regexp.Regexp
	rounds   int
	json     string // where the raw results go, or ""
	dir      string // where stores stay for the next run, or ""
	size     storeSize
}

func run(args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	if args[0] == "touch" && len(args) == 2 { // the benchmarks' own; see findMemory
		return touch(foundMemory(args[1]))
	}
	if args[0] == "graph" {
		return printGraph(args[1:])
	}
	if args[0] == "load" && len(args) == 2 { // so too; see runGraph
		return measureGraph(context.Background(), args[1], os.Stdout)
	}
	if args[0] == "compare" {
		if len(args) != 3 {
			return errUsage
		}
		return compare(os.Stdout, args[1], args[2])
	}
	conf, err := parseFlags(args[0], args[1:])
	if err != nil {
		return err
	}
	switch args[0] {
	case "eval":
		return benchEval(conf)
	case "parse":
		return benchParse(conf)
	case "store":
		return benchStore(conf)
	}
	return errUsage
}

func parseFlags(name string, args []string) (*config, error) {
	conf := &config{}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.StringVar(&conf.nixbench, "nixbench", "nixbench", "the binary")
	flags.StringVar(&conf.nix, "nix", "", "a real Nix, its commands in DIR/bin")
	flags.StringVar(&conf.nix28, "nix28", "", "an older real Nix, its commands in DIR/bin")
	flags.StringVar(&conf.nixpkgs, "nixpkgs", "", "the tree of nixpkgs")
	flags.IntVar(&conf.rounds, "rounds", 5, "how often each program runs each case")
	flags.StringVar(&conf.json, "json", "", "where the raw results go")
	flags.StringVar(&conf.dir, "dir", "", "store: where stores stay for the next run")
	flags.IntVar(&conf.size.builds, "builds", 1000, "store: how many derivations are built")
	flags.IntVar(&conf.size.planned, "planned", 150_000, "store: how many derivations are planned")
	flags.IntVar(&conf.size.garbage, "garbage", 100_000, "store: how many paths are collected")
	cases := flags.String("cases", "", "a regular expression: only cases with such names")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	var err error
	if conf.cases, err = regexp.Compile(*cases); err != nil {
		return nil, fmt.Errorf("parse -cases: %v", err)
	}
	if conf.nix == "" || flags.NArg() > 0 || min(conf.rounds, conf.size.builds, conf.size.planned, conf.size.garbage) < 1 {
		return nil, errUsage
	}
	return conf, nil
}
