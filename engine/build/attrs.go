package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
)

// This file writes structured attributes as builders read them: .attrs.json,
// in the form that Nix's JSON library prints, and .attrs.sh for bash.

// parseAttrs parses structured attributes; numbers keep their digits.
func parseAttrs(text string) (map[string]any, error) {
	v, err := parseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("parse structured attributes: %v", err)
	}
	attrs, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("parse structured attributes: got %T, want an object", v)
	}
	return attrs, nil
}

func parseJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

// appendJSON appends v in compact form, with sorted keys and nothing escaped
// that need not be.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case json.Number:
		return append(b, v...)
	case string:
		return appendJSONString(b, v)
	case []any:
		b = append(b, '[')
		for i, elem := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, elem)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSONString(b, key)
			b = append(b, ':')
			b = appendJSON(b, v[key])
		}
		return append(b, '}')
	}
	panic(fmt.Sprintf("build: unreachable: JSON value of type %T", v))
}

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		if e := strings.IndexByte("\"\\\b\f\n\r\t", c); e >= 0 {
			b = append(b, '\\', `"\bfnrt`[e])
		} else if c < 0x20 {
			b = fmt.Appendf(b, `\u%04x`, c)
		} else {
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// shellDeclarations declares in bash what of attrs it can hold: strings,
// integers, Booleans and null, and lists and sets of them.
//
// Behaviour: Nix, parsed-derivations.cc.
func shellDeclarations(attrs map[string]any) string {
	var out strings.Builder
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		if !isShellName(key) {
			continue
		}
		if word, ok := shellWord(attrs[key]); ok {
			fmt.Fprintf(&out, "declare %s=%s\n", key, word)
			continue
		}
		switch v := attrs[key].(type) {
		case []any:
			if words, ok := shellList(v); ok {
				fmt.Fprintf(&out, "declare -a %s=(%s)\n", key, words)
			}
		case map[string]any:
			if words, ok := shellSet(v); ok {
				fmt.Fprintf(&out, "declare -A %s=(%s)\n", key, words)
			}
		}
	}
	return out.String()
}

func shellList(list []any) (string, bool) {
	var out strings.Builder
	for _, v := range list {
		word, ok := shellWord(v)
		if !ok {
			return "", false
		}
		out.WriteString(word + " ")
	}
	return out.String(), true
}

func shellSet(set map[string]any) (string, bool) {
	var out strings.Builder
	for _, key := range slices.Sorted(maps.Keys(set)) {
		word, ok := shellWord(set[key])
		if !ok {
			return "", false
		}
		fmt.Fprintf(&out, "[%s]=%s ", store.QuoteWord(key), word)
	}
	return out.String(), true
}

// shellWord returns a simple value as a word of bash.
func shellWord(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "''", true
	case string:
		return store.QuoteWord(v), true
	case bool:
		if v {
			return "1", true
		}
		return "", true
	case json.Number:
		return shellNumber(v)
	}
	return "", false
}

// shellNumber returns an integer, as the 32 bits that Nix keeps of it. Others
// than integers are left out; what is one is decided in single precision.
func shellNumber(n json.Number) (string, bool) {
	if i, err := n.Int64(); err == nil {
		return strconv.Itoa(int(int32(i))), true
	}
	f, err := n.Float64()
	if err != nil {
		return "", false
	}
	if single := float64(float32(f)); math.Ceil(single) != single {
		return "", false
	}
	if f < math.MinInt32 || f >= math.MaxInt32+1 {
		return strconv.Itoa(math.MinInt32), true
	}
	return strconv.Itoa(int(f)), true
}

// isShellName reports whether s matches [A-Za-z_][A-Za-z0-9_]*.
func isShellName(s string) bool {
	for i := range len(s) {
		c := s[i]
		isLetter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !isLetter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
