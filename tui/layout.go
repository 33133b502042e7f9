package tui

// A Width is a class of screen widths, by which screens choose how many panes
// stand side by side.
type Width uint8

// The classes.
const (
	Narrow Width = iota // 60 to 99 cells: one pane, details below
	Medium              // 100 to 139: two panes side by side
	Wide                // 140 and more: two or three panes
)

// WidthOf returns the class of w cells.
func WidthOf(w int) Width {
	switch {
	case w >= 140:
		return Wide
	case w >= 100:
		return Medium
	}
	return Narrow
}

func (m *Model) tooSmall() bool { return m.width < MinWidth || m.height < MinHeight }
