package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A DrvOutput is an output of a store derivation: what the build trace is asked for.
type DrvOutput struct {
	DrvPath Path
	Output  OutputName
}

// String names the output as Nix does: "<base name>^out".
func (o DrvOutput) String() string { return o.DrvPath.Base() + "^" + o.Output }

// ParseDrvOutput parses "/nix/store/….drv^out".
//
// Behaviour: DrvOutput::parse in Nix's realisation.cc.
func (d Dir) ParseDrvOutput(s string) (DrvOutput, error) {
	i := strings.LastIndexByte(s, '^')
	if i < 0 {
		return DrvOutput{}, fmt.Errorf("Invalid derivation output id '%s': missing '^'", s) //nolint:staticcheck // Nix's words
	}
	p, err := d.ParsePath(s[:i])
	if err != nil {
		return DrvOutput{}, err
	}
	output, err := ParseOutputs(s[i+1:])
	if err != nil {
		return DrvOutput{}, err
	}
	if len(output) != 1 || output[0] == AllOutputs {
		return DrvOutput{}, fmt.Errorf("parse derivation output id '%s': got several outputs, want one", s)
	}
	return DrvOutput{p, output[0]}, nil
}

// A Realisation says what an output of a store derivation came to be: an entry
// of the build trace. The derivation is a resolved one, which has no other
// derivations as inputs, or one whose output paths are known without it.
type Realisation struct {
	DrvPath Path
	Output  OutputName
	OutPath Path
	Sigs    []string // of Fingerprint, "key-name:base64", in no order
	// DrvHash is what Nix before 2.35 calls the derivation, as "sha256:" and digits of base
	// 16. It is "" if that is not known, or follows from the derivation, which the store has.
	DrvHash string
	// OldSigs are of OldFingerprint, as Sigs.
	OldSigs []string
	// Unresolved says that the derivation is one that has to be resolved first, of which
	// only Nix before 2.35 notes what was built.
	Unresolved bool
}

// String names the output as [DrvOutput] does.
func (r Realisation) String() string { return DrvOutput{r.DrvPath, r.Output}.String() }

// Compare orders realisations as Nix lists them, by where the outputs are. Signatures
// do not count.
func (r Realisation) Compare(other Realisation) int {
	return cmp.Or(cmp.Compare(r.OutPath, other.OutPath), cmp.Compare(r.DrvPath, other.DrvPath), cmp.Compare(r.Output, other.Output))
}

// A realisationJSON is a realisation in JSON.
type realisationJSON struct {
	Key struct {
		DrvPath    string     `json:"drvPath"`
		OutputName OutputName `json:"outputName"`
	} `json:"key"`
	Value RealisationValue `json:"value"`
}

// A RealisationValue is, in JSON, a realisation without what it is of.
type RealisationValue struct {
	OutPath    string          `json:"outPath"` // without the store directory
	Signatures []signatureJSON `json:"signatures"`
}

type signatureJSON struct {
	KeyName string `json:"keyName"`
	Sig     string `json:"sig"`
}

// MarshalJSON returns the realisation as JSON, the signatures sorted.
//
// Format: Nix 2.36, realisation.cc.
func (r Realisation) MarshalJSON() ([]byte, error) {
	var out realisationJSON
	out.Key.DrvPath, out.Key.OutputName, out.Value = r.DrvPath.Base(), r.Output, r.Value()
	return json.Marshal(out)
}

// Value returns the realisation without what it is of, the signatures sorted.
func (r Realisation) Value() RealisationValue {
	v := RealisationValue{r.OutPath.Base(), []signatureJSON{}}
	for _, sig := range r.Sigs {
		name, value, _ := strings.Cut(sig, ":")
		v.Signatures = append(v.Signatures, signatureJSON{name, value})
	}
	slices.SortFunc(v.Signatures, func(a, b signatureJSON) int {
		return cmp.Or(cmp.Compare(a.KeyName, b.KeyName), cmp.Compare(a.Sig, b.Sig))
	})
	return v
}

// MarshalOld returns the realisation as Nix before 2.35 writes it, which knows it by DrvHash.
//
// Format: Nix 2.34, realisation.cc: JSON without blanks, its keys sorted.
func (r Realisation) MarshalOld() ([]byte, error) {
	sigs := slices.Clone(r.OldSigs)
	slices.Sort(sigs)
	return json.Marshal(struct {
		Dependent  struct{} `json:"dependentRealisations"`
		ID         string   `json:"id"`
		OutPath    string   `json:"outPath"`
		Signatures []string `json:"signatures"`
	}{ID: r.OldID(), OutPath: r.OutPath.Base(), Signatures: append([]string{}, sigs...)})
}

// OldID names the output as Nix before 2.35 does, by DrvHash.
func (r Realisation) OldID() string { return r.DrvHash + "!" + r.Output }

// Fingerprint returns what is signed about a realisation.
//
// Format: Nix 2.36, realisation.cc: JSON without blanks.
func (r Realisation) Fingerprint() string {
	return fmt.Sprintf(`{"key":{"drvPath":"%s","outputName":"%s"},"value":{"outPath":"%s"}}`, r.DrvPath.Base(), r.Output, r.OutPath.Base())
}

// OldFingerprint returns what Nix before 2.35 signs about a realisation.
//
// Format: Nix 2.34, realisation.cc.
func (r Realisation) OldFingerprint() string {
	return fmt.Sprintf(`{"dependentRealisations":{},"id":"%s","outPath":"%s"}`, r.OldID(), r.OutPath.Base())
}

// A Signer returns signatures of a fingerprint, as "key-name:base64".
type Signer func(fingerprint string) ([]string, error)
