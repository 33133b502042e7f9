package builtins

import (
	"slices"
	"testing"
)

// TestSCPWarning checks what is said of a place for ssh that is relative to the
// directory of the user, which a URL cannot say. Behaviour: Nix's HEAD.
func TestSCPWarning(t *testing.T) {
	const warning = "warning: SCP-style URL 'u@h:a/b' has a relative path which cannot be faithfully converted to an SSH URL: " +
		"we will convert it to an absolute path when making an SSH URL.\n\n" +
		"Use an explicit absolute path:\n\n    h:/a/b\n\n" +
		"or with an explicit SSH URL:\n\n    ssh://u@h/a/b\n\n" +
		"instead, to explicitly use an absolute path (and silence this warning). " +
		"Or, to be relative to the remote user's home directory:\n\n    h:~/a/b\n\n" +
		"or with an explicit SSH URL:\n\n    ssh://u@h/~/a/b"
	for _, c := range []struct {
		place, want string
		said        []string
	}{
		{"u@h:a/b", `"git+ssh://u@h/a/b"`, []string{warning}},
		{"u@h:/a/b", `"git+ssh://u@h/a/b"`, nil},
		{"u@h:~/a", `"git+ssh://u@h/~/a"`, nil},
	} {
		b := newBench(t, "flakes")
		b.check(`builtins.flakeRefToString { type = "git"; url = "`+c.place+`"; }`, c.want)
		if !slices.Equal(b.world.said, c.said) {
			t.Errorf("%s: got messages %q, want %q", c.place, b.world.said, c.said)
		}
	}
}
