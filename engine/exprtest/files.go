package exprtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// files are what relative paths in expressions can lead to. A text that begins
// with an arrow is the target of a symbolic link.
var files = map[string]string{
	"a": "text of a", "a-b/c.txt": "c", "x.nix": "{ y }: y", "d/default.nix": "1", "data.json": `{"a": [1, 2.5]}`,
	"t/f": "f", "t/sub/g.nix": "{ z ? 2 }: z", "t/sub/h": "line\nline\n", "t/link": "->f", "t/dead": "->nowhere", "t/dir": "->sub", "t/up": "->../a",
	"t/empty": "", "t/nul": "a\x00b", "t/latin": "\xe9", "data.toml": "a = 1\n[b]\nc = \"d\"\n", "scope.nix": "a + b", "bad.nix": "1 +", "t/loop": "->loop",
	"t/run.sh": "#!/bin/sh\n", "t/crlf": "a\r\nb\r\n", "self.nix": "rec { a = 1; b = a; }", "t/sub/.hidden": "h", "t/a b": "space",
}

// WriteFiles makes the files that generated expressions refer to, below dir.
func WriteFiles(dir string) error {
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		var err error
		if target, ok := strings.CutPrefix(text, "->"); ok {
			err = os.Symlink(target, file)
		} else {
			err = os.WriteFile(file, []byte(text), 0o666)
		}
		if err != nil {
			return err
		}
	}
	return os.Chmod(filepath.Join(dir, "t/run.sh"), 0o777)
}

// file makes the path of one of the files, mostly.
func (g *Generator) file() string {
	return g.pick("./a", "./a-b", "./t", "./t/f", "./t/sub", "./t/link", "./t/dead", "./t/dir", "./t/up", "./t/empty", "./t/nul", "./t/latin", "./x.nix", "./d",
		"./data.json", "./none", "./t/none/x", "./t/f/x", "./t/dir/h", "./t/sub/../f", "./t/loop", "(./t + \"/a b\")", "(./t + \"/link/\")", "(./. + \"/t/dir/.hidden\")",
		"./t/run.sh", "./data.toml", "./self.nix", "./scope.nix", "./bad.nix", "./t/sub/g.nix", "(toString ./t/f)", "(./t + \"/sub/./../f\")", "./t/crlf", "\"${./t/f}\"", "<nope>", "(./t + /f)")
}

// fileForm makes what reads files; its type is anything.
func (g *Generator) fileForm() piece {
	f := g.file()
	switch g.r.IntN(20) {
	case 0, 1:
		return piece{g.builtinName("readFile") + " " + f, precCall}
	case 2:
		return piece{g.builtinName("readDir") + " " + g.pick(f, "./t", "./.", "./t/sub"), precCall}
	case 3:
		return piece{g.builtinName("readFileType") + " " + f, precCall}
	case 4:
		return piece{g.builtinName("pathExists") + " " + g.pick(f, "(toString "+f+" + \"/\")", "(toString "+f+" + \"/.\")", "("+f+" + \"/..\")"), precCall}
	case 5:
		return piece{g.builtinName("hashFile") + " " + g.hashAlgo() + " " + f, precCall}
	case 6:
		return atom(`"${` + f + `}"`)
	case 7:
		return piece{g.builtinName("filterSource") + " (p: t: " + g.pick("true", "false", `t == "regular"`, `t != "symlink"`, `baseNameOf p != "sub"`,
			"builtins.trace \"${t} ${baseNameOf p}\" true", "1", "throw p", g.gen(boolType).text) + ") " + f, precCall}
	case 8, 9:
		return piece{g.builtinName("path") + " { path = " + f + "; " + g.pathArguments() + "}", precCall}
	case 10:
		return piece{"import " + f, precCall}
	case 11:
		return piece{"import " + f + " " + g.pick("{ }", "{ y = 1; }", "{ z = 3; }", "1"), precCall}
	case 12:
		return piece{"scopedImport { a = " + g.gen(stringType).text + "; b = " + g.gen(stringType).text + "; } " + g.pick("./scope.nix", "./self.nix", f), precCall}
	case 13:
		return piece{g.builtinName("findFile") + " [ { prefix = " + g.pick(`""`, `"n"`, `"t"`, `"n/m"`) + "; path = " + g.pick(f, "./.", "./t", "\"./t\"") + "; } " +
			g.pick("", "{ path = ./t; } ", "{ prefix = \"\"; path = ./t; }", "1") + "] " + g.pick(`"f"`, `"n"`, `"n/f"`, `"n/m/f"`, `"t"`, `"t/sub"`, `"none"`, `""`), precCall}
	case 14:
		return piece{g.builtinName(g.pick("fromJSON", "fromTOML")) + " (" + g.builtinName("readFile") + " " + g.pick("./data.json", "./data.toml", f) + ")", precCall}
	case 15:
		return piece{g.builtinName(g.pick("toString", "baseNameOf", "dirOf", "toJSON", "toXML", "typeOf", "toPath", "storePath", "getContext")) + " " + f, precCall}
	case 16:
		return piece{f + " + " + g.pick(`"/x"`, `"/../y"`, `"z"`, `"/."`, `"/"`, `""`, `"//a"`, "./a", `"${./a}"`, "1", g.at(precMul, stringType)), precAdd}
	case 17:
		return piece{g.builtinName("mapAttrs") + " (n: t: " + g.builtinName("readFileType") + " (./t + \"/${n}\")) (" + g.builtinName("readDir") + " ./t)", precCall}
	case 18:
		return piece{"(import " + g.builtinName("toFile") + " \"e.nix\" " + quote(g.gen(g.typ(1)).text) + ")", precAtom}
	}
	return piece{fmt.Sprintf("%s %s %s", f, g.pick("==", "<", "!=", ">="), g.file()), precEqual}
}

// pathArguments makes arguments of builtins.path besides the path.
func (g *Generator) pathArguments() string {
	var b strings.Builder
	for _, arg := range []string{
		"name = " + g.drvName() + "; ",
		"recursive = " + g.pick("true", "false", "false", "1") + "; ",
		"filter = p: t: " + g.pick("true", "false", `t == "regular"`, `t == "directory"`, "null") + "; ",
		"sha256 = " + g.hashText() + "; ",
		"extra = 1; ",
	} {
		if g.chance(22) {
			b.WriteString(arg)
		}
	}
	return b.String()
}
