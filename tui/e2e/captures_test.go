package e2e

import (
	"os"
	"regexp"
	"testing"
)

// captureBlock is a screen in a document: the file that it is from, and the screen.
var captureBlock = regexp.MustCompile("<!-- (docs/captures/[a-z0-9-]+\\.txt) -->\n```\n(?s:(.*?))```\n")

// Screens in documents are those that `make walk` has found.
func TestDocumentedScreens(t *testing.T) {
	for _, doc := range []string{"README.md", "docs/screens.md"} {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		blocks := captureBlock.FindAllStringSubmatch(string(data), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows no screens", doc)
		}
		for _, block := range blocks {
			if want, err := os.ReadFile(block[1]); err != nil {
				t.Error(err)
			} else if block[2] != string(want) {
				t.Errorf("%s shows another screen than %s; make walk writes both", doc, block[1])
			}
		}
	}
}
