package daemon

import (
	"maps"
	"slices"
)

// The requests. Format: worker-protocol.hh.
const (
	opIsValidPath             = 1
	opQueryReferrers          = 6
	opAddToStore              = 7
	opAddTempRoot             = 11
	opAddIndirectRoot         = 12
	opFindRoots               = 14
	opSetOptions              = 19
	opCollectGarbage          = 20
	opQueryAllValidPaths      = 23
	opQueryPathInfo           = 26
	opQueryPathFromHashPart   = 29
	opQueryValidPaths         = 31
	opQueryValidDerivers      = 33
	opOptimiseStore           = 34
	opVerifyStore             = 35
	opAddSignatures           = 37
	opAddToStoreNar           = 39
	opQueryMissing            = 40
	opQueryDerivationOutputs  = 41
	opRegisterDrvOutput       = 42
	opQueryRealisation        = 43
	opAddMultipleToStore      = 44
	opAddBuildLog             = 45
	opBuildPathsWithResults   = 46
	opBuildPaths              = 9
	buildPathsWithResultsFrom = 1<<8 | 34
)

// levelVomit is the loudest level.
const levelVomit = 7

// op begins a request.
func op(number uint64) *encoder { return new(encoder).number(number) }

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
