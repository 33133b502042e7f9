// Package builtins is the functions and constants that every Nix expression
// can use: those of Nix 2.34.
//
// [Table] returns them for one evaluator. A file holds a family; what a builtin
// does is told in docs, in one file a family too, with examples that are run as
// tests. The parts that know nothing of the language are packages of their own:
// ere (regular expressions), nixtoml; serial writes values as JSON and
// XML.
//
// Behaviour: Nix 2.34, primops.cc. Messages of errors are Nix's own.
package builtins

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

//go:embed docs/*.md
var docFiles embed.FS

// A doc is the documentation of one builtin: Markdown, with the examples in it.
type doc struct {
	text     string
	examples []example
}

// An example is an expression and the value that it prints as. If the result
// starts with "error: ", the expression fails with a message that contains the
// rest.
type example struct{ input, result string }

// parseDocs reads the files of docs. A heading "## name" begins the text of a
// builtin. An example is a block of Nix whose last line, after "→ ", is the
// result.
var parseDocs = sync.OnceValue(func() map[string]doc {
	docs := make(map[string]doc)
	entries, err := docFiles.ReadDir("docs")
	if err != nil {
		panic("builtins: unreachable: " + err.Error())
	}
	for _, e := range entries {
		text, err := docFiles.ReadFile("docs/" + e.Name())
		if err != nil {
			panic("builtins: unreachable: " + err.Error())
		}
		for _, section := range strings.Split("\n"+string(text), "\n## ")[1:] {
			name, body, _ := strings.Cut(section, "\n")
			docs[name] = doc{strings.TrimSpace(body), parseExamples(body)}
		}
	}
	return docs
})

// parseExamples returns the examples in a text.
func parseExamples(text string) []example {
	var found []example
	for i, block := range strings.Split(text, "```") {
		code, isNix := strings.CutPrefix(block, "nix\n")
		if i%2 == 0 || !isNix {
			continue
		}
		var input []string
		for line := range strings.Lines(code) {
			line = strings.TrimSuffix(line, "\n")
			if result, ok := strings.CutPrefix(line, "→ "); ok {
				found = append(found, example{strings.Join(input, "\n"), result})
				input = nil
			} else {
				input = append(input, line)
			}
		}
	}
	return slices.Clip(found)
}
