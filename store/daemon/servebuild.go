package daemon

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
)

// This file answers the requests of the older protocol that build.

// build builds what is in the store.
func (s *server) build() error {
	targets := s.in.words("a path to build")
	o, err := s.options()
	if err != nil {
		return err
	}
	status, msg := s.st.Build(s.ctx, targets, o)
	e := new(encoder).number(uint64(status))
	if status != 0 {
		e.text(msg)
	}
	return s.send(e)
}

// options reads what a client asks of builds.
func (s *server) options() (ServeOptions, error) {
	o := ServeOptions{MaxSilent: s.in.seconds(), Timeout: s.in.seconds()}
	if s.version >= 2<<8|2 {
		o.MaxLogSize = uint64(s.in.amount("a size of logs"))
	}
	if s.version >= 2<<8|3 {
		if s.in.number() != 0 && s.in.err == nil {
			return o, errors.New("client requested repeating builds, but this is not currently implemented")
		}
		s.in.flag() // enforceDeterminism, which is about repeated builds
	}
	if s.version >= 2<<8|7 {
		o.KeepFailed = s.in.flag()
	}
	return o, s.in.err
}

// seconds reads a time limit.
func (d *decoder) seconds() uint64 { return uint64(d.size("a time limit", 1<<31-1)) }

// buildDerivation builds a derivation that comes with the request.
func (s *server) buildDerivation() error {
	drvPath := s.in.path()
	basic := s.in.basic()
	if s.in.err != nil {
		return s.in.err
	}
	o, err := s.options()
	if err != nil {
		return err
	}
	d, err := basic.Derivation(s.st.Dir(), drv.NameOf(drvPath))
	if err != nil {
		return s.result(BuildResult{Status: InputRejected, Message: err.Error()})
	}
	return s.result(s.st.BuildDerivation(s.ctx, drvPath, d, o))
}

// basic reads a derivation without input derivations.
func (d *decoder) basic() *drv.Basic {
	b := &drv.Basic{}
	d.list("a list of outputs", maxList, func() {
		var o [4]string
		for i, what := range [4]string{"an output's name", "an output's path", "an output's algorithm", "an output's hash"} {
			o[i] = d.text(what, maxWord)
		}
		b.Outputs = append(b.Outputs, o)
	})
	b.InputSrcs = d.paths()
	b.System, b.Builder = d.text("a system", maxWord), d.text("a builder", maxText)
	d.list("a list of arguments", maxList, func() { b.Args = append(b.Args, d.text("an argument", maxText)) })
	d.list("a list of variables", maxList, func() {
		b.Env = append(b.Env, [2]string{d.text("a variable's name", maxText), d.text("a variable's value", maxText)})
	})
	return b
}

// noHash stands for the hash of a derivation that names of outputs had once; clients
// read only what comes after it.
var noHash = "sha256:" + strings.Repeat("0", 64)

// result says what came of a build.
func (s *server) result(r BuildResult) error {
	e := new(encoder).number(uint64(r.Status)).text(r.Message)
	if s.version >= 2<<8|3 {
		e.number(min(1, uint64(len(r.Outputs)))).flag(r.Status == NotDeterministic).time(r.Started).time(r.Ended)
	}
	switch {
	case s.version >= 2<<8|8:
		e.number(uint64(len(r.Outputs)))
		for _, name := range slices.Sorted(maps.Keys(r.Outputs)) {
			e.text(name).path(r.Outputs[name]).words(nil)
		}
	case s.version >= 2<<8|6:
		e.number(uint64(len(r.Outputs)))
		for _, name := range slices.Sorted(maps.Keys(r.Outputs)) {
			text, err := realisationJSON(name, r.Outputs[name])
			if err != nil {
				return err
			}
			e.text(noHash + "!" + name).text(text)
		}
	}
	return s.send(e)
}

// realisationJSON says where an output is, as older clients read it.
func realisationJSON(name store.OutputName, p store.Path) (string, error) {
	text, err := json.Marshal(map[string]any{
		"id": noHash + "!" + name, "outPath": p.Base(), "signatures": []string{}, "dependentRealisations": map[string]string{},
	})
	return string(text), err
}
