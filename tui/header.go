package tui

import (
	"nixbench/repl/text"
	"nixbench/tui/widget/statusbar"
)

// This file chooses what stands at the right of the header: what the screen has
// to say, the packages and the stores, as far as there is room.

// status is what stands at the right of the header.
func (m *Model) status() string {
	tabs := m.tabs()
	info := m.env.Backend.Info()
	own := m.screens[m.front].Status()
	if own == "" { // builds go on behind the other screens
		own = m.screens[ScreenBuilds].Status()
	}
	return headerStatus(own, info,
		statusbar.Room(m.width, tabs, false), statusbar.Room(m.width, tabs, true))
}

// headerStatus puts the status of a screen and what is worked on into room
// cells. More are to be had, at the cost of the titles of the tabs.
func headerStatus(own string, info Info, room, more int) string {
	stores := storesText(info, max(room, text.Width("store ")+text.Width(storeName(info))+text.Width(readsText(info))))
	if own != "" {
		if both := own + "  " + stores; text.Width(both) <= room {
			return both
		}
		return own
	}
	if info.Nixpkgs != "" {
		if both := "nixpkgs " + info.Nixpkgs + "  " + stores; text.Width(both) <= room {
			return both
		}
	}
	if s := storesText(info, room); s != "" {
		return s
	}
	return storesText(info, more)
}

// storesText names the store that is built into, and the one that is read
// beside it, in w cells; "" if there is no room for that.
func storesText(info Info, w int) string {
	name, reads := storeName(info), readsText(info)
	for _, label := range []string{"store ", ""} {
		room := w - text.Width(label+reads)
		if text.Width(name) <= room {
			return label + name + reads
		}
		if room >= minStoreName {
			return label + text.CutDir(name, room) + reads
		}
	}
	return ""
}

// minStoreName is how many cells of a directory's name still tell it.
const minStoreName = 12

func storeName(info Info) string {
	if info.StoreRoot != "" {
		return info.StoreRoot
	}
	return string(info.StoreDir)
}

// readsText says what else is to be known of the stores: that another is read
// beside the one that is named, or that it is not this program that writes it, or
// nobody.
func readsText(info Info) string {
	switch {
	case info.Reading != "":
		return ", reads " + info.Reading
	case info.Daemons:
		return ", by daemon"
	case info.ReadOnly != "":
		return ", read-only"
	}
	return ""
}
