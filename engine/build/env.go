package build

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// This file makes the environment of a builder: a pure function of the
// derivation and a few settings.

// An environment is what a builder gets besides its inputs.
type environment struct {
	args  []string          // from argv[0] on
	vars  map[string]string // variables
	files map[string]string // contents of files in the build directory, by name
}

// An envInput is what an environment is made from.
type envInput struct {
	drv      *drv.Derivation
	outputs  map[store.OutputName]store.Path // where the builder makes them
	options  *drv.Options
	storeDir store.Dir
	buildDir string // as the builder sees it
	cores    int
	// graphs are the texts that exportReferencesGraph asks for, by name: the
	// registration of the closure, or with structured attributes its JSON.
	graphs map[string]string
	// impureEnv has impure variables that the setting gives a value, and getenv the user's.
	impureEnv map[string]string
	getenv    func(string) string
}

// newEnvironment makes an environment; in is not changed.
//
// Behaviour: Nix, derivation-builder.cc and derivation-env-desugar.cc.
func newEnvironment(in envInput) (*environment, error) {
	e := &environment{
		vars: map[string]string{
			"PATH":            "/path-not-set",
			"HOME":            "/homeless-shelter",
			"NIX_STORE":       string(in.storeDir),
			"NIX_BUILD_CORES": strconv.Itoa(in.cores),
		},
		files: map[string]string{},
	}
	if in.drv.StructuredAttrs == "" {
		e.addPlain(in)
	} else if err := e.addStructured(in); err != nil {
		return nil, err
	}
	for _, name := range []string{"NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD"} {
		e.vars[name] = in.buildDir
	}
	if _, isFixed := in.drv.FixedOutput(); isFixed {
		e.vars["NIX_OUTPUT_CHECKED"] = "1"
	}
	if hasNetwork(in.drv) {
		for _, name := range in.options.ImpureEnvVars {
			value, isSet := in.impureEnv[name]
			if !isSet {
				value = in.getenv(name)
			}
			e.vars[name] = value
		}
	}
	e.vars["NIX_LOG_FD"] = "2"
	e.vars["TERM"] = "xterm-256color"
	e.args = append([]string{path.Base(in.drv.Builder)}, in.drv.Args...)
	e.fillOutputs(in.outputs)
	return e, nil
}

// addPlain adds the derivation's own variables, or the files of those that it
// wants passed as files.
func (e *environment) addPlain(in envInput) {
	for name, value := range in.drv.Env {
		if !slices.Contains(in.options.PassAsFile, name) {
			e.vars[name] = value
			continue
		}
		file := ".attr-" + nixhash.SumString(nixhash.SHA256, name).Nix32()
		e.vars[name+"Path"] = in.buildDir + "/" + file
		e.files[file] = value
	}
	maps.Copy(e.files, in.graphs)
}

// addStructured adds the files that hold structured attributes.
func (e *environment) addStructured(in envInput) error {
	attrs, err := parseAttrs(in.drv.StructuredAttrs)
	if err != nil {
		return err
	}
	outputs := make(map[string]any)
	for name := range in.drv.Outputs {
		outputs[name] = drv.Placeholder(name)
	}
	attrs["outputs"] = outputs
	for name, text := range in.graphs {
		if attrs[name], err = parseJSON(text); err != nil {
			return err
		}
	}
	e.files[".attrs.json"] = string(appendJSON(nil, attrs))
	e.files[".attrs.sh"] = shellDeclarations(attrs)
	e.vars["NIX_ATTRS_JSON_FILE"] = in.buildDir + "/.attrs.json"
	e.vars["NIX_ATTRS_SH_FILE"] = in.buildDir + "/.attrs.sh"
	return nil
}

// hasNetwork reports whether the builder of d may use the network, and variables
// of the user's: what it makes is known, or is not expected to be the same again.
func hasNetwork(d *drv.Derivation) bool {
	kind, err := d.Kind()
	return err == nil && (kind == drv.Fixed || kind == drv.Impure)
}

// fillOutputs puts the outputs' paths where the derivation has placeholders.
func (e *environment) fillOutputs(outputs map[store.OutputName]store.Path) {
	var pairs []string
	for name, p := range outputs {
		pairs = append(pairs, drv.Placeholder(name), string(p))
	}
	r := strings.NewReplacer(pairs...)
	for i := 1; i < len(e.args); i++ {
		e.args[i] = r.Replace(e.args[i])
	}
	vars := make(map[string]string, len(e.vars))
	for name, value := range e.vars {
		vars[r.Replace(name)] = r.Replace(value)
	}
	e.vars = vars
	for name, text := range e.files {
		e.files[name] = r.Replace(text)
	}
}

// list returns the variables as "NAME=value", sorted by name.
func (e *environment) list() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(e.vars)) {
		out = append(out, name+"="+e.vars[name])
	}
	return out
}
