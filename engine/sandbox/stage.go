package sandbox

const (
	// stageName is argv[0] of the second stage. A blank in it keeps anyone from
	// calling a program so by accident.
	stageName = "nixbench sandbox"
	// launcherName is that of a launcher.
	launcherName = "nixbench launcher"
	// exitSetup is the second stage's exit status if it does not get as far as
	// the builder. The error itself goes through the report pipe.
	exitSetup = 125
)
