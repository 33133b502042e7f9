package rows

import (
	"slices"
	"testing"
)

// TestLayoutGivesWhatIsNeeded pins that what is left over goes to columns whose cells
// are cut before it goes to others, and that what is left then is shared as before.
func TestLayoutGivesWhatIsNeeded(t *testing.T) {
	columns := []Column{{Min: 8}, {Min: 10, Flex: 3}, {Min: 10, Flex: 1, Max: 24}, {Min: 6}}
	for _, test := range []struct {
		w     int
		needs []int
		want  []int
	}{
		{44, nil, []int{8, 13, 11, 6}},
		{44, []int{8, 9, 15, 6}, []int{8, 10, 14, 6}},
		{44, []int{8, 40, 40, 6}, []int{8, 13, 11, 6}},
		{60, []int{8, 12, 30, 6}, []int{8, 16, 24, 6}},
		{50, []int{8, 12, 12, 6}, []int{8, 17, 13, 6}},
	} {
		if got := layout(columns, test.needs, test.w); !slices.Equal(got, test.want) {
			t.Errorf("%d cells, needs %v: got %v, want %v", test.w, test.needs, got, test.want)
		}
	}
}
