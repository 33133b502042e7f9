package exprtest

import (
	"regexp"
	"slices"
	"strings"
)

// An Answer is what one expression gives here and in the real Nix: messages,
// and the value as the REPL prints it for :p or an error.
type Answer struct {
	Text         string // the expression
	Ours, Theirs string
	Said         []string // the messages that Ours begins with
	Syntax       bool     // it cannot be parsed here
	Died         bool     // the real Nix gave no answer
	// Exact is whether the answers have whole traces, which have to be the same,
	// and no rule about older versions applies.
	Exact bool
}

// A Verdict says how far two answers are alike.
type Verdict int

// The verdicts.
const (
	Same      Verdict = iota
	Explained         // they differ in a way that a rule knows
	TraceOnly         // they differ only in the steps around the innermost error
	Different
)

// Compare compares the answers. For what is explained it names the rule.
func (a *Answer) Compare() (v Verdict, rule string) {
	if a.Exact {
		return a.compareExact()
	}
	ours, theirs := read(a.Ours), read(a.Theirs)
	switch {
	case a.Died:
		return Same, ""
	case !ours.failed && a.between(ours, theirs):
		return Same, ""
	case a.hasTabs() && slices.Equal(strings.Fields(ours.core()), strings.Fields(theirs.core())):
		return Same, ""
	case ours.core() == theirs.core():
		if ours.steps() == theirs.steps() {
			return Same, ""
		}
		return TraceOnly, ""
	}
	if rule = explain(ours.core(), theirs.core(), rules); rule != "" {
		return Explained, rule
	}
	if o, t, ok := a.unsaid(ours, theirs); ok && !ours.failed {
		if rule = explain(o, t, rules); rule != "" {
			return Explained, rule
		}
	}
	return Different, ""
}

// compareExact is Compare where the whole of an error has to be the same.
func (a *Answer) compareExact() (v Verdict, rule string) {
	ours, theirs := read(a.Ours), read(a.Theirs)
	switch {
	case a.Died, !ours.failed && a.between(ours, theirs):
		return Same, ""
	case ours.core() != theirs.core():
		if a.hasTabs() && slices.Equal(strings.Fields(ours.core()), strings.Fields(theirs.core())) {
			return Same, ""
		}
		if rule = explain(ours.core(), theirs.core(), headRules); rule != "" {
			return Explained, rule
		}
		return Different, ""
	case ours.text == theirs.text,
		strings.Contains(ours.text, "\t") && slices.Equal(strings.Fields(ours.text), strings.Fields(theirs.text)):
		return Same, ""
	}
	return TraceOnly, ""
}

// hasTabs reports whether there are messages with tabs, which the REPL spells as
// spaces.
func (a *Answer) hasTabs() bool {
	return slices.ContainsFunc(a.Said, func(m string) bool { return strings.Contains(m, "\t") })
}

// between reports whether the answers are the same value and messages, but for
// where the messages come: the real Nix prints a value while it evaluates it.
func (a *Answer) between(ours, theirs *outcome) bool {
	o, t, ok := a.unsaid(ours, theirs)
	return ok && strings.TrimSpace(o) == strings.TrimSpace(t)
}

// unsaid returns the values without the messages; ok is false if there are none, or
// the real Nix has not given all of them.
func (a *Answer) unsaid(ours, theirs *outcome) (o, t string, ok bool) {
	o, t = ours.said, theirs.said
	if len(a.Said) == 0 || theirs.failed {
		return o, t, false
	}
	for _, msg := range a.Said {
		m := read(msg).said
		ends := len(msg) - len(strings.TrimRight(msg, "\n")) + 1
		o = strings.TrimPrefix(strings.TrimPrefix(o, m), "\n")
		before, after, found := strings.Cut(t, m+strings.Repeat("\n", ends))
		if !found {
			return o, t, false
		}
		t = before + after
	}
	return o, t, true
}

// Signature returns what is alike in answers that show the same fault.
func (a *Answer) Signature() string {
	s := read(a.Ours).core() + "|" + read(a.Theirs).core()
	s = names.ReplaceAllString(s, "_")
	return s[:min(len(s), 300)]
}

// names are what differs between texts that show the same fault.
var names = regexp.MustCompile(`[0-9]+|"[^"]*"|'[^']*'`)

// IsError reports whether we fail to evaluate the expression.
func (a *Answer) IsError() bool { return read(a.Ours).failed }

// An outcome is an answer taken apart.
type outcome struct {
	said   string // messages; the value if it did not fail
	failed bool
	trace  []string // the steps around the error, outermost first, with places
	msg    string   // the innermost message, without its place
	place  string   // of the innermost message
	text   string   // the whole error, without the steps of the question itself
}

var (
	// clock is what depends on the time.
	clock = regexp.MustCompile(`\b1[789][0-9]{8}\b`)
	// warning begins warnings, also amid a value that is being printed.
	warning = regexp.MustCompile(`(evaluation )?warning: ?`)
	// failure begins an error; the real Nix may have begun to print a value.
	failure = regexp.MustCompile(`(?m)^(?:[ {\[]*(?:[^\n]* = )?)error:(?:\n +… |\s)|^error:`)
	// begunValue is the beginning of a value that the real Nix printed before.
	begunValue = regexp.MustCompile(`(?ms)^[{\[]$.*`)
	// place is where something happened, and the excerpt that shows it.
	place = regexp.MustCompile(`(?m)^ +at ([^\n]*:\d+:\d+):?\n?(?: *\d*\|[^\n]*\n?)*`)
	// invalidPath begins the message that a store path has no valid name. The
	// digest is that of what cannot be made.
	invalidPath = regexp.MustCompile(`path '[0-9a-z]{32}-`)
)

// version is what differs where the versions of Nix are printed.
var version = regexp.MustCompile(`\b2\.3[46]\.\d\b`)

// asked is a step of the question itself.
var asked = regexp.MustCompile(`(?m)^ +… [^\n]*\n +at «string»:1:\d+:\n(?: *\d*\|[^\n]*\n)+\n?`)

// tooDeep is how many calls fit, of which the question takes some.
var tooDeep = regexp.MustCompile(`\(\d{4,} duplicate frames omitted\)(\s+error: stack overflow)`)

// lineEnds are spaces at the ends of lines, which messages lack here and there.
var lineEnds = regexp.MustCompile(`(?m) +$`)

// unprinted drops what the REPL's messages lack.
var unprinted = strings.NewReplacer("\r", "", "\a", "")

// read takes an answer apart.
func read(out string) *outcome {
	out = warning.ReplaceAllString(clock.ReplaceAllString(out, "TIME"), "")
	out = version.ReplaceAllString(out, "VERSION")
	out = invalidPath.ReplaceAllString(unprinted.Replace(out), "path '")
	out = lineEnds.ReplaceAllString(out, "")
	at := failure.FindStringIndex(out)
	if at == nil {
		return &outcome{said: strings.TrimSpace(out)}
	}
	o := &outcome{said: begunValue.ReplaceAllString(strings.TrimSpace(out[:at[0]]), ""), failed: true}
	_, text, _ := strings.Cut(out[at[0]:], "error:")
	text = tooDeep.ReplaceAllString(text, "(many duplicate frames omitted)$1")
	o.text = strings.TrimPrefix(strings.TrimRight(asked.ReplaceAllString(text, ""), "\n [{"), "\n       error:")
	if !strings.HasPrefix(text, "\n       …") {
		o.setMessage(text)
		return o
	}
	i := strings.LastIndex(text, "\n\n       error:")
	if i < 0 {
		o.setMessage(text)
		return o
	}
	o.setMessage(text[i+len("\n\n       error:"):])
	for _, step := range strings.Split(text[:i], "\n       … ")[1:] {
		if p := place.FindStringSubmatch(step); p != nil {
			step = strings.TrimSpace(place.ReplaceAllString(step, "")) + " @ " + p[1]
		}
		o.trace = append(o.trace, strings.TrimSpace(step))
	}
	return o
}

func (o *outcome) setMessage(text string) {
	if p := place.FindStringSubmatch(text); p != nil {
		o.place = p[1]
		text = place.ReplaceAllString(text, "")
	}
	// The real Nix has begun to print some values that end with an error.
	text = strings.TrimRight(text, "\n [{")
	o.msg = strings.Join(strings.Fields(text), " ") // the REPL spells tabs as spaces
}

// core is the messages and the value, or the innermost message of an error.
func (o *outcome) core() string {
	if !o.failed {
		return o.said
	}
	return o.said + "\nerror: " + o.msg
}

// steps is the trace as far as it is the same in all versions, without what
// the oracle adds. HEAD tells of selections in another way than 2.34, and puts
// the place of a missing attribute there.
func (o *outcome) steps() string {
	var b strings.Builder
	for _, step := range o.trace {
		switch {
		case strings.Contains(step, "@ «string»:1:"),
			strings.HasPrefix(step, "while evaluating the attribute '"),
			strings.HasPrefix(step, "from the definition of '"):
			continue
		}
		b.WriteString(step + "\n")
	}
	if !strings.HasPrefix(o.msg, "attribute '") {
		b.WriteString("@ " + o.place)
	}
	return b.String()
}
