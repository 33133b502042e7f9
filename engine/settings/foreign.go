package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A foreign setting is one that the real Nix knows and that means nothing to us,
// or something that we always do: it can be set and asked for, so that a nix.conf
// written for Nix is taken as it is, and changes nothing.
type foreign struct {
	kind  foreignKind
	value string // by default
}

type foreignKind uint8

const (
	text foreignKind = iota
	switched
	number // of 64 bits
	small  // a number of 32 bits
	list
	assigned // a list of NAME=VALUE
	stores   // a list of stores
)

// foreigners are these settings.
var foreigners = map[string]foreign{
	"access-tokens":                                  {assigned, ""},
	"allow-dirty-locks":                              {switched, "false"},
	"allow-new-privileges":                           {switched, "false"},
	"allow-symlinked-store":                          {switched, "false"},
	"allowed-users":                                  {list, "*"},
	"bash-prompt":                                    {text, ""},
	"bash-prompt-prefix":                             {text, ""},
	"bash-prompt-suffix":                             {text, ""},
	"build-hook":                                     {list, ""},
	"build-hook-kill-timeout":                        {small, "500"},
	"build-users-group":                              {text, ""},
	"builders":                                       {text, ""},
	"builders-use-substitutes":                       {switched, "false"},
	"commit-lock-file-summary":                       {text, ""},
	"download-attempts":                              {small, "5"},
	"download-buffer-size":                           {number, "1048576"},
	"download-speed":                                 {small, "0"},
	"eval-attrset-update-layer-rhs-threshold":        {small, "16"},
	"external-builders":                              {text, "[]"},
	"filetransfer-retry-attempts":                    {small, "5"}, // download-attempts before 2.36
	"filetransfer-retry-delay":                       {small, "100"},
	"filetransfer-retry-delay-rate-limited":          {small, "5000"},
	"filetransfer-retry-jitter":                      {switched, "true"},
	"filetransfer-retry-max-delay":                   {small, "60000"},
	"gc-reserved-space":                              {number, "8388608"},
	"http2":                                          {switched, "true"},
	"http3":                                          {switched, "false"},
	"impersonate-linux-26":                           {switched, "false"},
	"json-log-path":                                  {text, ""},
	"keep-env-derivations":                           {switched, "false"},
	"lazy-trees":                                     {switched, "false"},
	"nar-buffer-size":                                {number, "33554432"},
	"narinfo-cache-meta-ttl":                         {small, "604800"},
	"narinfo-cache-negative-ttl":                     {small, "3600"},
	"narinfo-cache-positive-ttl":                     {small, "2592000"},
	"nix-shell-always-looks-for-shell-nix":           {switched, "true"},
	"nix-shell-shebang-arguments-relative-to-script": {switched, "true"},
	"plugin-files":                                   {list, ""},
	"preallocate-contents":                           {switched, "false"},
	"print-missing":                                  {switched, "true"},
	"repl-overlays":                                  {list, ""},
	"require-drop-supplementary-groups":              {switched, "true"},
	"sandbox-fallback":                               {switched, "true"},
	"stalled-download-timeout":                       {number, "300"},
	"trust-tarballs-from-git-forges":                 {switched, "true"},
	"trusted-substituters":                           {stores, ""},
	"trusted-users":                                  {list, "root"},
	"upgrade-nix-store-path-url":                     {text, "https://github.com/NixOS/nixpkgs/raw/master/nixos/modules/installer/tools/nix-fallback-paths.nix"},
	"use-case-hack":                                  {switched, "false"},
	"use-registries":                                 {switched, "true"},
	"use-sqlite-wal":                                 {switched, "true"},
	"user-agent-suffix":                              {text, ""},
	"warn-large-path-threshold":                      {number, "0"},
}

// foreignField is the field of one of them. Its value is kept as it was written.
func (s *Settings) foreignField(name string, f foreign) field {
	get := func() string {
		if value, ok := s.foreign[name]; ok {
			return value
		}
		return f.value
	}
	// Checked and made canonical by the field of its kind.
	check := func(value string, extend bool) error {
		scratch, err := s.scratch(f, get())
		if err != nil {
			return err
		}
		set := scratch.set
		if extend {
			set = scratch.extend
		}
		if err := set(value); err != nil {
			return err
		}
		s.foreign[name] = scratch.get()
		return nil
	}
	field := field{get: get, set: func(value string) error { return check(value, false) }}
	if f.kind >= list {
		field.extend = func(value string) error { return check(value, true) }
	}
	return field
}

// scratch returns a field of the kind that has a value.
func (s *Settings) scratch(f foreign, value string) (field, error) {
	var scratch field
	switch f.kind {
	case switched:
		scratch = boolField(new(bool))
	case number:
		scratch = sizeField(new(int64))
	case small:
		scratch = intField(new(int), Uint)
	case list:
		scratch = wordsField(new([]string))
	case assigned:
		scratch = pairsField(make(map[string]string))
	case stores:
		scratch = s.storesField(new([]string))
	default:
		held := ""
		scratch = textField(&held)
	}
	if err := scratch.set(value); err != nil {
		return field{}, fmt.Errorf("default: %v", err)
	}
	return scratch, nil
}

// pairsField is a list of NAME=VALUE, kept in values. What is none is left out.
func pairsField(values map[string]string) field {
	extend := func(value string) error {
		for _, word := range strings.Fields(value) {
			if name, value, ok := strings.Cut(word, "="); ok {
				values[name] = value
			}
		}
		return nil
	}
	return field{
		get: func() string {
			text := ""
			for _, name := range slices.Sorted(maps.Keys(values)) {
				text += " " + name + "=" + values[name]
			}
			return text
		},
		set:    func(value string) error { clear(values); return extend(value) },
		extend: extend,
	}
}
