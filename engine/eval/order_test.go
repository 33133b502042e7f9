package eval

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Messages of one text are told once the attributes have been gone through; others make
// an evaluation begin again, where that is possible, and none is lost where it is not.
func TestMessagesInAnUncertainOrder(t *testing.T) {
	for _, test := range []struct {
		name      string
		told      string // messages; ( and ) go through attributes, ] ends without all of them, ! fails
		mayRepeat bool
		want      string
		again     bool
	}{
		{"outside", "a b", true, "a b", false},
		{"one", "a ( b b ) c", true, "a b b c", false},
		{"none yet", "( b", true, "", false},
		{"within", "( ( b ) b", true, "", false},
		{"two", "a ( b c )", true, "a", true},
		{"two, once only", "a ( b c b ) d", false, "a b c b d", false},
		{"some left out", "( b ]", true, "", true},
		{"some left out, once only", "( b ]", false, "b", false},
		{"some left out before", "( b ( ] )", true, "b", false},
		{"fails", "( b !", true, "", true},
		{"fails, once only", "( b !", false, "b", false},
	} {
		w := &testWorld{}
		ev := New(Options{World: w, Builtins: testBuiltins(), Cores: 2, MayRepeat: func() bool { return test.mayRepeat }})
		var seen string
		err := ev.Do(t.Context(), func(s *State) {
			s.hire()
			var before []int
			for told := range strings.FieldsSeq(test.told) {
				switch told {
				case "(":
					s.unsure++
					before = append(before, len(s.held))
				case ")", "]":
					n := len(before) - 1
					s.wentInOrder(1, told == ")" || len(s.held) == before[n])
					before = before[:n]
				case "!":
					s.Fail(ErrorOther, "it fails")
				default:
					s.world.Trace(told)
				}
			}
			seen = strings.Join(w.trace, " ")
		})
		if err != nil {
			seen = strings.Join(w.trace, " ")
		}
		var e *Error
		again := errors.As(err, &e) && e.Unordered() && test.mayRepeat
		if diff := cmp.Diff(test.want, seen); diff != "" || again != test.again {
			t.Errorf("%s: again %v, want %v; told (-want +got):\n%s", test.name, again, test.again, diff)
		}
	}
}

// An error at an attribute whose name a worker may have met first is one that another
// order might not have met: builtins that go through their arguments say so.
func TestErrorsInAnUncertainOrder(t *testing.T) {
	for _, test := range []struct {
		names string
		want  bool
	}{
		{"orderNewA orderNewB", true}, {"orderNewA", false}, {"a b", false}, {"a orderNewA", false},
	} {
		Intern("a")
		Intern("b")
		ev := New(Options{World: &testWorld{}, Builtins: testBuiltins(), Cores: 2})
		err := ev.Do(t.Context(), func(s *State) {
			s.hire()
			b := s.NewAttrs(2)
			for name := range strings.FieldsSeq(test.names) {
				b.SetName(name, Null)
			}
			for at := range s.InOrder(b.Value().Attrs()) {
				s.Fail(ErrorOther, "it fails at %s", SymName(at.Name))
			}
		})
		var e *Error
		if !errors.As(err, &e) || e.Unordered() != test.want {
			t.Errorf("%s: got %v, want it to be uncertain: %v", test.names, err, test.want)
		}
		ForgetNames()
	}
}
