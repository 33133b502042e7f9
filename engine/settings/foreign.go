package settings

import "fmt"

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
	number
	list
)

// foreigners are these settings.
var foreigners = map[string]foreign{
	"access-tokens":                           {list, ""},
	"allow-dirty-locks":                       {switched, "false"},
	"allow-new-privileges":                    {switched, "false"},
	"allow-symlinked-store":                   {switched, "false"},
	"allowed-users":                           {list, "*"},
	"always-allow-substitutes":                {switched, "false"},
	"bash-prompt":                             {text, ""},
	"bash-prompt-prefix":                      {text, ""},
	"bash-prompt-suffix":                      {text, ""},
	"build-hook":                              {text, ""},
	"build-hook-kill-timeout":                 {number, "500"},
	"build-users-group":                       {text, ""},
	"builders":                                {text, ""},
	"builders-use-substitutes":                {switched, "false"},
	"commit-lock-file-summary":                {text, ""},
	"download-attempts":                       {number, "5"},
	"download-buffer-size":                    {number, "1048576"},
	"download-speed":                          {number, "0"},
	"eval-attrset-update-layer-rhs-threshold": {number, "16"},
	"external-builders":                       {text, "[]"},
	"gc-reserved-space":                       {number, "8388608"},
	"http2":                                   {switched, "true"},
	"impersonate-linux-26":                    {switched, "false"},
	"impure-env":                              {list, ""},
	"json-log-path":                           {text, ""},
	"keep-env-derivations":                    {switched, "false"},
	"lazy-trees":                              {switched, "false"},
	"nar-buffer-size":                         {number, "33554432"},
	"narinfo-cache-meta-ttl":                  {number, "604800"},
	"narinfo-cache-negative-ttl":              {number, "3600"},
	"narinfo-cache-positive-ttl":              {number, "2592000"},
	"nix-shell-always-looks-for-shell-nix":    {switched, "true"},
	"nix-shell-shebang-arguments-relative-to-script": {switched, "true"},
	"plugin-files":                      {list, ""},
	"preallocate-contents":              {switched, "false"},
	"print-missing":                     {switched, "true"},
	"repl-overlays":                     {list, ""},
	"require-drop-supplementary-groups": {switched, "true"},
	"sandbox-fallback":                  {switched, "true"},
	"stalled-download-timeout":          {number, "300"},
	"trace-import-from-derivation":      {switched, "false"},
	"trust-tarballs-from-git-forges":    {switched, "true"},
	"trusted-substituters":              {list, ""},
	"trusted-users":                     {list, "root"},
	"upgrade-nix-store-path-url":        {text, "https://github.com/NixOS/nixpkgs/raw/master/nixos/modules/installer/tools/nix-fallback-paths.nix"},
	"use-case-hack":                     {switched, "false"},
	"use-registries":                    {switched, "true"},
	"use-sqlite-wal":                    {switched, "true"},
	"user-agent-suffix":                 {text, ""},
	"warn-large-path-threshold":         {number, "0"},
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
		scratch, err := f.scratch(get())
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
	if f.kind == list {
		field.extend = func(value string) error { return check(value, true) }
	}
	return field
}

// scratch returns a field of the kind that has a value.
func (f foreign) scratch(value string) (field, error) {
	var scratch field
	switch f.kind {
	case switched:
		scratch = boolField(new(bool))
	case number:
		scratch = sizeField(new(int64))
	case list:
		scratch = wordsField(new([]string))
	default:
		held := ""
		scratch = textField(&held)
	}
	if err := scratch.set(value); err != nil {
		return field{}, fmt.Errorf("default: %v", err)
	}
	return scratch, nil
}
