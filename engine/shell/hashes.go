package shell

import (
	"bytes"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// escapeHashes escapes the # in words that the library takes for the beginning of a
// comment: inside a subshell or a substitution any that follows another part of its
// word, as in $(echo $a#b). Where it is one is seen from the comments that the library
// finds, even in most of what does not parse because of them: none begins where a word
// ends. It does not see those in here-documents, and in a case inside a substitution.
func escapeHashes(src []byte) []byte {
	for mayHideWord(src) {
		hidden := hiddenWords(src)
		if len(hidden) == 0 {
			break
		}
		escaped, from := make([]byte, 0, len(src)+len(hidden)), 0
		for _, at := range hidden {
			escaped = append(append(escaped, src[from:at]...), '\\')
			from = at
		}
		src = append(escaped, src[from:]...)
	}
	return src
}

// mayHideWord reports whether there is a # that follows a part of a word which is not
// plain text: what ends like one.
func mayHideWord(src []byte) bool {
	for i, c := range src {
		if c != '#' || i == 0 {
			continue
		}
		if bytes.IndexByte([]byte("\"'`)}"), src[i-1]) >= 0 {
			return true
		}
		name := i
		for name > 0 && (src[name-1] == '_' || isAlphanumeric(src[name-1])) {
			name--
		}
		if name > 0 && src[name-1] == '$' || i > 1 && src[i-2] == '$' {
			return true
		}
	}
	return false
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// hiddenWords returns where comments of a script begin that are parts of words, sorted.
func hiddenWords(src []byte) []int {
	const manyErrors = 1000
	p := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true), syntax.RecoverErrors(manyErrors))
	file, _ := p.Parse(bytes.NewReader(src), "")
	if file == nil {
		return nil
	}
	ends := make(map[uint]bool)
	var comments []uint
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Word:
			ends[n.End().Offset()] = true
		case *syntax.Comment:
			comments = append(comments, n.Hash.Offset())
		}
		return true
	})
	var hidden []int
	for _, at := range comments {
		if ends[at] {
			hidden = append(hidden, int(at))
		}
	}
	slices.Sort(hidden)
	return slices.Compact(hidden)
}
