package table

import "testing"

func TestCheck(t *testing.T) {
	if err := Check(Closure, []string{"adds", "own"}); err != nil {
		t.Errorf("columns of closure: got %v", err)
	}
	for _, name := range names() {
		if err := Check(Name(name), Columns(Name(name))); err != nil {
			t.Errorf("all columns of %s: got %v", name, err)
		}
	}
}
