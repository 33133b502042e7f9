package builtins

import (
	"nixbench/engine/eval"
	"nixbench/store/drvname"
)

// versions are the builtins on names and versions of packages.
func versions() []eval.Builtin {
	return []eval.Builtin{
		def2("compareVersions", eval.Told, "s1 s2", compareVersionsOf),
		def1("splitVersion", eval.Told, "s", splitVersion),
		def1("parseDrvName", eval.Told, "s", parseDrvName),
	}
}

func compareVersionsOf(s *eval.State, a, b eval.Value) eval.Value {
	v1 := s.ForceStringNoCtx(a, "while evaluating the first argument passed to builtins.compareVersions")
	v2 := s.ForceStringNoCtx(b, "while evaluating the second argument passed to builtins.compareVersions")
	return eval.MakeInt(int64(drvname.CompareVersions(v1, v2)))
}

func splitVersion(s *eval.State, v eval.Value) eval.Value {
	rest := s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.splitVersion")
	var parts []eval.Value
	for {
		var part string
		if part, rest = drvname.CutComponent(rest); part == "" {
			return s.ListOf(parts...)
		}
		parts = append(parts, eval.MakeString(part))
	}
}

func parseDrvName(s *eval.State, v eval.Value) eval.Value {
	name, version := drvname.Split(s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.parseDrvName"))
	b := s.NewAttrs(2)
	b.Set(symName, eval.MakeString(name))
	b.SetName("version", eval.MakeString(version))
	return b.Value()
}
