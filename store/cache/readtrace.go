package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"nixbench/store"
	"nixbench/store/nixjson"
)

// This file reads what a cache says outputs came to be. What is wrong with that is said in
// Nix's words.
//
// Behaviour: Nix, realisation.cc and json-utils.cc.

// A TraceError says that what a cache says of an output cannot be read.
type TraceError struct {
	While string // what was being done, "" for text that is no JSON
	Msg   string
}

func (e *TraceError) Error() string { return e.Msg }

// A traceValue is what is said of an output.
type traceValue struct {
	path store.Path
	sigs []string
}

// readTrace reads what a file says of an output, or returns ok false if it is not there.
// Kind and key are what errors call the file and the output.
func (c *Cache) readTrace(name, kind, key string) (v traceValue, ok bool, err error) {
	text, err := c.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return v, false, nil
	} else if err != nil {
		return v, false, err
	}
	parsed, err := nixjson.Decode(string(text))
	if err != nil {
		return v, false, &TraceError{Msg: err.Error()}
	}
	if v, err = parseValue(c.store, parsed); err != nil {
		return v, false, &TraceError{fmt.Sprintf("while parsing file '%s' as a %s for key '%s'", name, kind, key), err.Error()}
	}
	return v, true, nil
}

func parseValue(dir store.Dir, v any) (value traceValue, err error) {
	fields, err := nixjson.Object(v)
	if err != nil {
		return value, err
	}
	base, err := nixjson.TextAt(fields, "outPath")
	if err != nil {
		return value, err
	}
	if value.path, err = dir.Join(base); err != nil || value.path.Base() != base {
		return value, errors.New(store.BaseProblem(base))
	}
	sigs, there := fields["signatures"]
	if !there {
		return value, nil
	}
	list, err := nixjson.List(sigs)
	if err != nil {
		return value, err
	}
	for _, elem := range list {
		sig, err := parseSig(elem)
		if err != nil {
			return value, err
		}
		value.sigs = append(value.sigs, sig)
	}
	return value, nil
}

// parseSig reads a signature as "key-name:base64", as which older Nix writes it.
func parseSig(v any) (string, error) {
	if text, ok := v.(string); ok {
		if key, sig, _ := strings.Cut(text, ":"); key == "" || sig == "" {
			return "", errors.New("signature is corrupt")
		}
		return text, nil
	}
	fields, err := nixjson.Object(v)
	if err != nil {
		return "", err
	}
	key, err := nixjson.TextAt(fields, "keyName")
	if err != nil {
		return "", err
	}
	sig, err := nixjson.TextAt(fields, "sig")
	return key + ":" + sig, err
}
