package keymap

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// named are the keys that have names, as Bubble Tea spells them, besides f1 to f63.
var named = []string{
	"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right", "begin", "find", "insert", "delete",
	"select", "pgup", "pgdown", "home", "end", "menu", "pause", "printscreen", "capslock", "scrolllock", "numlock",
}

// modifiers are what a key may be held with.
var modifiers = []string{"ctrl", "alt", "shift", "meta", "hyper", "super"}

// CheckKeys returns an error if what is to be one or several strokes ("x", "ctrl+x ctrl+e")
// has a key that there is not.
func CheckKeys(keys string) error {
	for stroke := range strings.SplitSeq(keys, " ") {
		key := stroke
		for {
			modifier, rest, ok := strings.Cut(key, "+")
			if !ok || rest == "" || !slices.Contains(modifiers, modifier) {
				break
			}
			key = rest
		}
		if utf8.RuneCountInString(key) != 1 && !slices.Contains(named, key) && !isFunctionKey(key) {
			return fmt.Errorf("there is no key %q; keys are written as \"x\", \"ctrl+x\", \"alt+enter\", \"f6\", \"space\", \"pgdown\"", stroke)
		}
	}
	return nil
}

// isFunctionKey tells whether a key is one of f1 to f63.
func isFunctionKey(key string) bool {
	digits, ok := strings.CutPrefix(key, "f")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return false
	}
	return len(digits) == 1 || len(digits) == 2 && digits <= "63"
}
