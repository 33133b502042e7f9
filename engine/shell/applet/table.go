package applet

import "sort"

// An entry is one applet of the table.
type entry struct {
	name string
	run  Func
}

// table holds the applets, sorted by name.
var table = [...]entry{
	{"[", testMain},
	{"cat", catMain},
	{"chgrp", chownMain},
	{"chmod", chmodMain},
	{"chown", chownMain},
	{"comm", commMain},
	{"cp", cpMain},
	{"cut", cutMain},
	{"date", dateMain},
	{"echo", echoMain},
	{"expr", exprMain},
	{"fold", foldMain},
	{"head", headMain},
	{"install", installMain},
	{"ln", lnMain},
	{"mkdir", mkdirMain},
	{"mktemp", mktempMain},
	{"mv", mvMain},
	{"paste", pasteMain},
	{"printf", printfMain},
	{"readlink", readlinkMain},
	{"realpath", realpathMain},
	{"rev", revMain},
	{"rm", rmMain},
	{"rmdir", rmdirMain},
	{"seq", seqMain},
	{"sort", sortMain},
	{"tac", tacMain},
	{"tail", tailMain},
	{"test", testMain},
	{"touch", touchMain},
	{"tr", trMain},
	{"uniq", uniqMain},
	{"wc", wcMain},
}

// Lookup returns the applet of a name, or nil.
func Lookup(name string) Func {
	i := sort.Search(len(table), func(i int) bool { return table[i].name >= name })
	if i < len(table) && table[i].name == name {
		return table[i].run
	}
	return nil
}

// Names returns the names of all applets, sorted.
func Names() []string {
	names := make([]string, len(table))
	for i, e := range table {
		names[i] = e.name
	}
	return names
}
