package store

import "fmt"

// A Realisation says what an output of a store derivation came to be: an entry
// of the build trace. The derivation is a resolved one, which has no other
// derivations as inputs, or one whose output paths are known without it.
type Realisation struct {
	DrvPath Path
	Output  OutputName
	OutPath Path
	Sigs    []string // "key-name:base64", in no order
}

// String names the output as Nix does: "<base name>^out".
func (r Realisation) String() string { return r.DrvPath.Base() + "^" + r.Output }

// Fingerprint returns what is signed about a realisation.
//
// Format: Nix 2.36, realisation.cc: JSON without blanks.
func (r Realisation) Fingerprint() string {
	return fmt.Sprintf(`{"key":{"drvPath":"%s","outputName":"%s"},"value":{"outPath":"%s"}}`, r.DrvPath.Base(), r.Output, r.OutPath.Base())
}

// A Signer returns signatures of a fingerprint, as "key-name:base64".
type Signer func(fingerprint string) ([]string, error)
