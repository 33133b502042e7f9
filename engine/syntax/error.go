package syntax

// An Error is the first thing wrong with a text.
type Error struct {
	// Pos is the place, in lines and columns.
	Pos Position
	// Msg is Nix's wording, without "error: ".
	Msg string
	// Coloured is Msg with Nix's colours; "" if nothing in it has one.
	Coloured Hint
	// Incomplete is true iff there are further lines that, put after the text,
	// would make this error go away. An interactive reader then asks for them.
	Incomplete bool
}

// Say sets the message.
func (e *Error) Say(msg Hint) { e.Msg, e.Coloured = msg.Split() }

// Error returns the message and the place.
func (e *Error) Error() string {
	if e.Pos.Line == 0 {
		return e.Msg
	}
	return e.Msg + " at " + e.Pos.String()
}
