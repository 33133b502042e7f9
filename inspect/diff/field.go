package diff

import (
	"encoding/json"
	"strings"
)

// Lines returns the lines that only one value of the field has, for a person; lists of
// words are told word by word.
func (f *Field) Lines() (gone, added []string) {
	before, after := f.pieces(f.Before, f.HasBefore), f.pieces(f.After, f.HasAfter)
	return without(before, after), without(after, before)
}

func (f *Field) pieces(value string, has bool) []string {
	var list []string
	switch {
	case !has:
		return nil
	case json.Unmarshal([]byte(value), &list) == nil:
	case strings.Contains(f.Before+f.After, "\n"):
		list = strings.Split(value, "\n")
	case strings.Contains(value, " ") && strings.HasPrefix(strings.TrimSpace(value), "/"): // paths
		list = strings.Fields(value)
	default:
		list = []string{value}
	}
	return list
}

// without returns what a has more often than b, in its order.
func without(a, b []string) []string {
	times := make(map[string]int)
	for _, s := range b {
		times[s]++
	}
	var only []string
	for _, s := range a {
		if times[s]--; times[s] < 0 {
			only = append(only, s)
		}
	}
	return only
}
