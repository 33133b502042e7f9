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
	{"arch", unameMain},
	{"awk", awkMain},
	{"base32", base64Main},
	{"base64", base64Main},
	{"basename", basenameMain},
	{"bunzip2", compressMain},
	{"bzcat", compressMain},
	{"bzip2", compressMain},
	{"cat", catMain},
	{"chgrp", chownMain},
	{"chmod", chmodMain},
	{"chown", chownMain},
	{"cksum", cksumMain},
	{"cmp", cmpMain},
	{"comm", commMain},
	{"cp", cpMain},
	{"cut", cutMain},
	{"date", dateMain},
	{"dd", ddMain},
	{"diff", diffMain},
	{"dirname", dirnameMain},
	{"echo", echoMain},
	{"egrep", grepMain},
	{"env", envMain},
	{"expand", expandMain},
	{"expr", exprMain},
	{"false", falseMain},
	{"fgrep", grepMain},
	{"find", findMain},
	{"fold", foldMain},
	{"grep", grepMain},
	{"gunzip", compressMain},
	{"gzip", compressMain},
	{"head", headMain},
	{"hostname", hostnameMain},
	{"id", idMain},
	{"install", installMain},
	{"join", joinMain},
	{"kill", killMain},
	{"ln", lnMain},
	{"ls", lsMain},
	{"md5sum", sumMain},
	{"mkdir", mkdirMain},
	{"mkfifo", mkfifoMain},
	{"mktemp", mktempMain},
	{"mv", mvMain},
	{"nice", niceMain},
	{"nl", nlMain},
	{"nohup", nohupMain},
	{"nproc", nprocMain},
	{"od", odMain},
	{"paste", pasteMain},
	{"patch", patchMain},
	{"printenv", printenvMain},
	{"printf", printfMain},
	{"pwd", pwdMain},
	{"readlink", readlinkMain},
	{"realpath", realpathMain},
	{"rev", revMain},
	{"rm", rmMain},
	{"rmdir", rmdirMain},
	{"sed", sedMain},
	{"seq", seqMain},
	{"sha1sum", sumMain},
	{"sha224sum", sumMain},
	{"sha256sum", sumMain},
	{"sha384sum", sumMain},
	{"sha512sum", sumMain},
	{"sleep", sleepMain},
	{"sort", sortMain},
	{"split", splitMain},
	{"stat", statMain},
	{"sum", bsdSumMain},
	{"sync", syncMain},
	{"tac", tacMain},
	{"tail", tailMain},
	{"tar", tarMain},
	{"tee", teeMain},
	{"test", testMain},
	{"timeout", timeoutMain},
	{"touch", touchMain},
	{"tr", trMain},
	{"true", trueMain},
	{"truncate", truncateMain},
	{"tty", ttyMain},
	{"uname", unameMain},
	{"unexpand", expandMain},
	{"uniq", uniqMain},
	{"unlink", unlinkMain},
	{"unxz", compressMain},
	{"unzip", unzipMain},
	{"wc", wcMain},
	{"which", whichMain},
	{"whoami", whoamiMain},
	{"xargs", xargsMain},
	{"xz", compressMain},
	{"xzcat", compressMain},
	{"yes", yesMain},
	{"zcat", compressMain},
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
