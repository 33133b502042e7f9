package cli

// Levels of what is told on standard error, as --verbose and --quiet move
// between them.
const (
	levelWarn      = 1
	levelInfo      = 3 // unless told otherwise
	levelTalkative = 4
	levelChatty    = 5
	levelVomit     = 7
)

// verbosity returns the level up to which things are told.
func (inv *invocation) verbosity() int {
	return min(max(levelInfo+inv.louder, 0), levelVomit)
}

// louder returns a setter that moves the level.
func louder(by int) func(*invocation, []string) error {
	return func(inv *invocation, _ []string) error {
		inv.louder += by
		inv.quiet = inv.louder < 0
		return nil
	}
}
