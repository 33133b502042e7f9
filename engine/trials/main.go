// Command trials breaks things while nixbench is at work, and looks at what is
// left of the store.
//
//	trials kill      kill -9 before each system call that changes something
//	trials full      no space, no inodes, no descriptors left
//	trials damage    files and databases that are not what they were
//	trials hostile   input that was cut or changed
//	trials together  other programs at work on the same store
//	trials stopped   processes that stand still, or are gone
//	trials crash     the power fails; a real Nix beside
//	trials escapes   builders that try to get out of their sandboxes
//
// `make crash` and `make escapes` run the last two, `make faults` the others. Each prints a table: what
// was tried how often, how often the store was not as it has to be afterwards, and how
// long it took until it was at work again.
// The faults are those of the design's fault matrix, F1 to F9.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"time"

	"nixbench/engine/peers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "trials:", err)
		stop()
		os.Exit(1)
	}
}

// trials are the kinds of trials by name.
var trials = map[string]func(context.Context, *config) error{
	"kill":     killTrials,
	"full":     fullTrials,
	"damage":   damageTrials,
	"together": togetherTrials,
	"stopped":  stoppedTrials,
	"hostile":  hostileTrials,
	"crash":    crashTrials,
	"escapes":  escapeTrials,
}

var (
	errUsage = errors.New("usage: trials kill|full|damage|hostile|together|stopped|crash|escapes -nixbench FILE [-nix DIR] [-nix28 DIR] [-dir DIR] [-points N] [-minutes N] [-only REGEXP]")
	// errViolations is returned after the table has shown them.
	errViolations = errors.New("the store was not always as it has to be")
)

// A config is what the command line says, and what follows from it.
type config struct {
	points   int            // at most so many trials of an operation; 0: as many as there are
	duration time.Duration  // of those that take a while
	only     *regexp.Regexp // operations
	scratch  string         // a directory for this run
	ours     peers.Program
	real     []peers.Program // newest first
	images   int             // made so far
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || trials[args[0]] == nil {
		return errUsage
	}
	conf, err := parseFlags(args[0], args[1:])
	if err != nil {
		return err
	}
	defer removeTree(conf.scratch)
	return trials[args[0]](ctx, conf)
}

// parseFlags reads the command line and makes the scratch directory, which the
// caller removes.
func parseFlags(name string, args []string) (*config, error) {
	conf := &config{}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	nixbench := flags.String("nixbench", "nixbench", "the binary")
	nix := flags.String("nix", "", "a real Nix, its commands in DIR/bin")
	nix28 := flags.String("nix28", "", "an older real Nix, its commands in DIR/bin")
	dir := flags.String("dir", os.TempDir(), "where the stores of the trials are made")
	minutes := flags.Float64("minutes", 10, "how long trials take that go on for a while")
	only := flags.String("only", "", "a regular expression: only operations with such names")
	flags.IntVar(&conf.points, "points", 0, "at most so many trials of each operation; 0: at every point")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, errUsage
	}
	var err error
	if conf.only, err = regexp.Compile(*only); err != nil {
		return nil, fmt.Errorf("parse -only: %v", err)
	}
	conf.duration = time.Duration(*minutes * float64(time.Minute))
	if conf.scratch, err = os.MkdirTemp(*dir, "trials-"); err != nil {
		return nil, fmt.Errorf("make a scratch directory: %v", err)
	}
	programs, err := peers.Find(conf.scratch, *nixbench, *nix, *nix28)
	if err != nil {
		removeTree(conf.scratch)
		return nil, err
	}
	conf.ours, conf.real = programs[0], programs[1:]
	return conf, nil
}
