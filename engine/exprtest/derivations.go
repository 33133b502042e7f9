package exprtest

import (
	"fmt"
	"strings"
)

// derivationString makes a string that depends on a derivation.
func (g *Generator) derivationString() piece {
	if g.chance(15) {
		return piece{g.builtinName("outputOf") + " " + g.arg(typ{kind: kSet, fields: []field{{"outPath", stringType}}}) + " " + g.pick(`"out"`, `"dev"`, `"x y"`, `""`), precCall}
	}
	attr := g.pick("outPath", "drvPath", "out.outPath", "name", "type", "outputName", "system", "dev.outPath", "drvAttrs.name", "out.drvPath")
	d := g.derivation(1)
	if g.chance(30) {
		return piece{`"` + g.pick("", "a ") + "${" + d + "}" + g.pick("", "/b", " c") + `"`, precAtom}
	}
	return piece{"(" + d + ")." + attr, precSelect}
}

// derivation makes a derivation that depends on others down to a depth.
func (g *Generator) derivation(depth int) string {
	var b strings.Builder
	b.WriteString(g.pick("derivation", "builtins.derivation", "derivationStrict", "derivation") + " { ")
	if g.chance(98) {
		b.WriteString("name = " + g.drvName() + "; ")
	}
	if g.chance(98) {
		b.WriteString("system = " + g.pick(`"x86_64-linux"`, `"x86_64-linux"`, `"builtin"`, `""`) + "; ")
	}
	if g.chance(98) {
		b.WriteString("builder = " + g.drvValue(depth) + "; ")
	}
	for _, name := range []string{
		"a", "args", "outputs", "x", "__ignoreNulls", "__structuredAttrs", "fixed", "fixed", "special", "dynamic", "env",
	} {
		if g.chance(15) {
			b.WriteString(g.drvAttr(name, depth))
		}
	}
	return b.String() + "}"
}

func (g *Generator) drvName() string {
	if g.chance(10) {
		return g.gen(stringType).text
	}
	return g.pick(`"n"`, `"foo-1.0"`, `"a_b"`, `"x+y?=z"`, `".a"`, `"a.drv"`, `"a b"`, `""`, `"-"`, `"..-a"`, `"a"`, `"b"`, `"c"`, `"bar-2.3-dev"`)
}

// drvValue makes the value of an attribute of a derivation.
func (g *Generator) drvValue(depth int) string {
	switch n := g.r.IntN(12); {
	case n < 3 && depth > 0:
		return "(" + g.derivation(depth-1) + ")" + g.pick("", "", ".drvPath", ".outPath", ".dev", ".all")
	case n == 3:
		return "[ " + g.drvLeaf() + " " + g.drvLeaf() + " ]"
	case n == 4:
		return g.builtinName("toFile") + " " + g.pick(`"f"`, `"b.sh"`) + " " + g.arg(stringType)
	case n == 5:
		return g.gen(g.typ(1)).text
	case n == 6 && depth > 0:
		return g.builtinName(g.pick("unsafeDiscardOutputDependency", "addDrvOutputDependencies", "unsafeDiscardStringContext")) +
			" (" + g.derivation(depth-1) + ").drvPath"
	}
	return g.drvLeaf()
}

func (g *Generator) drvLeaf() string {
	return g.pick(`"/bin/sh"`, `"a"`, `""`, "1", "true", "false", "null", "1.5", "./a", "./d", `"x y"`, `"a\nb"`, `"\"\\"`, "[ ]", `{ outPath = "/x"; }`,
		"{ __toString = self: \"s\"; }", `"${./a}"`, "(placeholder \"out\")", `"é"`, "[ 1 [ 2 \"b\" ] ]", "{ a = 1; }", "(x: x)")
}

// drvAttr makes attributes of a derivation that go together under a name.
func (g *Generator) drvAttr(name string, depth int) string {
	switch name {
	case "args":
		return "args = " + g.pick("[ "+g.drvLeaf()+" "+g.drvValue(depth)+" ]", g.gen(listOf(stringType)).text, g.drvLeaf()) + "; "
	case "outputs":
		return "outputs = " + g.pick(`[ "out" ]`, `[ "out" "dev" ]`, `[ "bin" "out" ]`, `[ "x" ]`, `[ ]`, `[ "out" "out" ]`, `"a b"`, `[ "a" "dev" ]`,
			`[ "drv" ]`, `[ "drvPath" ]`, `[ "a b" ]`, `[ 1 ]`, `"out"`, `[ "" ]`) + "; "
	case "__ignoreNulls", "__structuredAttrs":
		return name + " = " + g.pick("true", "true", "false", g.gen(boolType).text) + "; "
	case "fixed":
		return g.fixedOutput()
	case "special":
		return g.pick("__contentAddressed = true; ", "__impure = true; ", "__json = \"{}\"; ", "__impure = false; __contentAddressed = true; ",
			"allowedReferences = [ ]; ", "outputChecks.out.maxSize = 5; ", "passAsFile = [ \"a\" ]; a = \"text\"; ", "exportReferencesGraph = [ \"g\" ./a ]; ",
			"preferLocalBuild = true; ", "requiredSystemFeatures = [ \"kvm\" ]; ", "impureEnvVars = [ \"HOME\" ]; ", "outputName = \"x\"; ", "type = \"y\"; ",
			"outPath = \"/q\"; ", "drvPath = \"/r\"; ", "all = 1; ", "meta = throw \"m\"; ", "disallowedRequisites = [ ]; ", "__sandboxProfile = \"\"; ")
	case "dynamic":
		return "${" + g.drvName() + "} = " + g.drvValue(depth) + "; "
	case "env":
		return "env = { a = " + g.drvLeaf() + "; }; "
	}
	return name + " = " + g.drvValue(depth) + "; "
}

// hashes are texts of hashes in all encodings, some malformed.
var hashes = []string{
	strings.Repeat("0", 64), strings.Repeat("0", 52), strings.Repeat("a", 40), strings.Repeat("0", 32), strings.Repeat("0", 26), strings.Repeat("f", 128),
	"sha256-" + strings.Repeat("A", 43) + "=", "sha1-" + strings.Repeat("A", 27) + "=", "sha512-" + strings.Repeat("A", 86) + "==", "sha256:" + strings.Repeat("1", 64),
	"md5:" + strings.Repeat("0", 32), strings.Repeat("A", 43) + "=", "", "x", "sha256-x", "sha256-", "foo-AAAA", "sha256:" + strings.Repeat("z", 52), strings.Repeat("0", 63),
	strings.Repeat("e", 52), "sha256-" + strings.Repeat("A", 42) + "B=", "sha256-" + strings.Repeat("/", 43) + "=", "md5-" + strings.Repeat("A", 22) + "==",
}

// hashText makes a literal of a hash.
func (g *Generator) hashText() string { return quote(g.pick(hashes...)) }

// hashAlgo makes a literal of a hash algorithm.
func (g *Generator) hashAlgo() string {
	return g.pick(`"sha256"`, `"sha256"`, `"sha256"`, `"sha1"`, `"md5"`, `"sha512"`, `"blake3"`, `"foo"`, `""`, "null", "1")
}

func (g *Generator) fixedOutput() string {
	var b strings.Builder
	if g.chance(90) {
		hash := g.hashText()
		if g.chance(60) {
			hash = quote(g.pick(hashes[:10]...))
		}
		b.WriteString("outputHash = " + hash + "; ")
	}
	if g.chance(70) {
		b.WriteString("outputHashAlgo = " + g.hashAlgo() + "; ")
	}
	if g.chance(60) {
		b.WriteString("outputHashMode = " + g.pick(`"flat"`, `"recursive"`, `"nar"`, `"text"`, `"git"`, `"x"`, `""`) + "; ")
	}
	return b.String()
}

// convertedHash makes a convertHash.
func (g *Generator) convertedHash() piece {
	hash := g.hashText()
	if g.chance(50) {
		hash = "(" + g.builtinName("hashString") + " " + g.pick(`"sha256"`, `"md5"`, `"sha1"`, `"sha512"`) + " " + g.arg(stringType) + ")"
	}
	algo := ""
	if g.chance(80) {
		algo = "hashAlgo = " + g.hashAlgo() + "; "
	}
	return piece{fmt.Sprintf("%s { hash = %s; %stoHashFormat = %s; }", g.builtinName("convertHash"), hash, algo,
		g.pick(`"base16"`, `"nix32"`, `"base64"`, `"sri"`, `"base32"`, `"x"`)), precCall}
}

// contextString makes a string with a context of its own.
func (g *Generator) contextString() piece {
	const (
		file = "/nix/store/00000000000000000000000000000000-a"
		drv  = "/nix/store/11111111111111111111111111111111-b.drv"
	)
	key := g.pick(file, file, drv, drv, drv, "/nix/store/x", "/etc", "a", file+"/b") // not "": 2.34 crashes
	value := g.pick("{ }", "{ path = true; }", "{ path = false; }", "{ allOutputs = true; }", `{ outputs = [ "out" ]; }`, `{ outputs = [ "b" "a" "b" ]; }`,
		`{ outputs = [ ]; }`, `{ path = true; outputs = [ "dev" ]; allOutputs = true; }`, "{ path = 1; }", "1", `{ outputs = [ 1 ]; }`, `{ outputs = "out"; }`)
	s := g.builtinName("appendContext") + " " + g.arg(stringType) + " { " + quote(key) + " = " + value + "; }"
	switch g.r.IntN(6) {
	case 0:
		return piece{g.builtinName(g.pick("unsafeDiscardOutputDependency", "addDrvOutputDependencies", "unsafeDiscardStringContext")) + " (" + s + ")", precCall}
	case 1:
		return piece{g.builtinName("substring") + " 0 " + g.pick("0", "1", "100") + " (" + s + ")", precCall}
	case 2:
		return piece{"(" + s + ") + " + g.at(precMul, stringType), precAdd}
	}
	return piece{s, precCall}
}
