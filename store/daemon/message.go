package daemon

// A MessageKind says what a daemon tells while it works.
type MessageKind uint8

// The kinds of messages.
const (
	Line           MessageKind = iota + 1 // Text is something to say to people
	StartActivity                         // ID begins: Level, Type, Text, Fields, Parent
	StopActivity                          // ID ends
	ActivityResult                        // of ID: Type, Fields
)

// The types of activities and results that mean something to us.
//
// Format: Nix manual, "Internal JSON log format".
const (
	ActivityCopyPath   = 100 // path, from, to
	ActivityDownload   = 101 // URL
	ActivityBuild      = 105 // derivation, machine
	ActivityOptimise   = 106
	ActivitySubstitute = 108 // path, URI
	ActivityResolve    = 111 // derivation, what it is resolved to; of others that wait, nothing

	ResultFileLinked  = 100 // size, blocks
	ResultLogLine     = 101 // text
	ResultCorrupted   = 103 // path
	ResultSetPhase    = 104 // phase
	ResultProgress    = 105 // done, expected, running, failed
	ResultPostLogLine = 107 // text
)

// A Message is what a daemon tells while it works. Texts are as they came, and
// must be cleaned before a terminal sees them.
type Message struct {
	Kind   MessageKind
	ID     uint64 // of the activity
	Level  uint64 // how loud: 0 errors, 3 usual
	Type   uint64 // of the activity or result
	Text   string
	Fields []Field
	Parent uint64 // the activity that it is part of, or 0
}

// A Field is an integer or a string.
type Field struct {
	Number uint64
	Text   string
	IsText bool
}

// TextAt returns field i if that is a string, and otherwise "".
func (m *Message) TextAt(i int) string {
	if i < len(m.Fields) {
		return m.Fields[i].Text
	}
	return ""
}

// NumberAt returns field i if that is an integer, and otherwise 0.
func (m *Message) NumberAt(i int) uint64 {
	if i < len(m.Fields) {
		return m.Fields[i].Number
	}
	return 0
}

// The tags of messages.
const (
	tagNext   = 0x6f6c6d67
	tagRead   = 0x64617461
	tagWrite  = 0x64617416
	tagLast   = 0x616c7473
	tagError  = 0x63787470
	tagStart  = 0x53545254
	tagStop   = 0x53544f50
	tagResult = 0x52534c54
)

// message reads what follows tag. Last says that the daemon has done what it
// was asked; failure is its error.
func (d *decoder) message(tag uint64, report func(*Message)) (last bool, failure *Error) {
	var m Message
	switch tag {
	case tagLast:
		return true, nil
	case tagError:
		failure = d.failure()
		return d.err == nil, failure
	case tagNext:
		m = Message{Kind: Line, Text: d.text("a message", maxText)}
	case tagStart:
		m = Message{
			Kind: StartActivity, ID: d.number(), Level: d.number(), Type: d.number(), Text: d.text("a message", maxText),
			Fields: d.fields(), Parent: d.number(),
		}
	case tagStop:
		m = Message{Kind: StopActivity, ID: d.number()}
	case tagResult:
		m = Message{Kind: ActivityResult, ID: d.number(), Type: d.number(), Fields: d.fields()}
	case tagRead, tagWrite:
		d.bad("got message %#x, which belongs to no request of ours", tag)
	default:
		d.bad("got unknown message %#x", tag)
	}
	if d.err == nil && report != nil {
		report(&m)
	}
	return false, nil
}

// failure reads an error.
func (d *decoder) failure() *Error {
	if kind := d.text("an error's kind", maxWord); kind != "Error" {
		d.bad("got an error of kind %q, want \"Error\"", kind)
	}
	d.number() // level
	d.text("an error's name", maxWord)
	e := &Error{Message: Plain(d.text("an error", maxText))}
	noPosition := func() {
		if d.number() != 0 {
			d.bad("got an error with a position, want one without")
		}
	}
	noPosition()
	d.list("an error's traces", maxTraces, func() {
		noPosition()
		e.Traces = append(e.Traces, Plain(d.text("a trace", maxText)))
	})
	return e
}

func (d *decoder) fields() []Field {
	var fields []Field
	d.list("an activity's fields", maxFields, func() {
		switch kind := d.number(); kind {
		case 0:
			fields = append(fields, Field{Number: d.number()})
		case 1:
			fields = append(fields, Field{Text: d.text("a field", maxText), IsText: true})
		default:
			d.bad("got a field of type %d, want 0 or 1", kind)
		}
	})
	return fields
}
