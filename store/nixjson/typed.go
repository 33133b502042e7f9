package nixjson

import "fmt"

// This file takes values that have to be of some type apart. Errors are in Nix's words.
//
// Behaviour: Nix, json-utils.cc.

// Object returns v, which has to be an object.
func Object(v any) (map[string]any, error) { return typed[map[string]any](v, "object") }

// List returns v, which has to be an array.
func List(v any) ([]any, error) { return typed[[]any](v, "array") }

// Text returns v, which has to be a string.
func Text(v any) (string, error) { return typed[string](v, "string") }

// At returns what an object has for a key.
func At(object map[string]any, key string) (any, error) {
	v, ok := object[key]
	if !ok {
		return nil, fmt.Errorf("Expected JSON object to contain key '%s' but it doesn't: %s", key, Dump(object)) //nolint:staticcheck // Nix's words
	}
	return v, nil
}

// TextAt returns the string that an object has for a key.
func TextAt(object map[string]any, key string) (string, error) {
	v, err := At(object, key)
	if err != nil {
		return "", err
	}
	return Text(v)
}

func typed[T any](v any, name string) (T, error) {
	t, ok := v.(T)
	if !ok {
		return t, fmt.Errorf("Expected JSON value to be of type '%s' but it is of type '%s': %s", name, TypeName(v), Dump(v)) //nolint:staticcheck // Nix's words
	}
	return t, nil
}

// Dump returns a value that [Decode] returned, whose strings are UTF-8, as JSON.
func Dump(v any) string {
	text, _ := Append(nil, v)
	return string(text)
}
