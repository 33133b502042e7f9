//go:build linux

#include "textflag.h"

// func startScript(how *cloneArgs, size uintptr, first *systemCall, end *verdict) (pid, errno uintptr)
//
// The child uses neither its stack nor anything of Go's. What it needs stays in
// registers that system calls leave alone:
//
//	R19 the next call, R20 the verdict, R21 the index of the call
TEXT ·startScript(SB),NOSPLIT,$0-48
	MOVD how+0(FP), R0
	MOVD size+8(FP), R1
	MOVD first+16(FP), R19
	MOVD end+24(FP), R20
	MOVD $435, R8 // clone3
	SVC
	CBZ R0, child
	CMN $4095, R0
	BCS failed
	MOVD R0, pid+32(FP)
	MOVD ZR, errno+40(FP)
	RET
failed:
	NEG R0, R0
	MOVD ZR, pid+32(FP)
	MOVD R0, errno+40(FP)
	RET

child:
	MOVD ZR, R21
next:
	// Arguments, or what is in the slots that they are the addresses of.
	MOVD 56(R19), R9
	MOVD 8(R19), R0
	TBZ $0, R9, second
	MOVD (R0), R0
second:
	MOVD 16(R19), R1
	TBZ $1, R9, third
	MOVD (R1), R1
third:
	MOVD 24(R19), R2
	TBZ $2, R9, fourth
	MOVD (R2), R2
fourth:
	MOVD 32(R19), R3
	TBZ $3, R9, fifth
	MOVD (R3), R3
fifth:
	MOVD 40(R19), R4
	TBZ $4, R9, sixth
	MOVD (R4), R4
sixth:
	MOVD 48(R19), R5
	TBZ $5, R9, do
	MOVD (R5), R5
do:
	MOVD 0(R19), R8
	CMN $1, R8 // no call: the value is the first argument
	BEQ good
	SVC
	CMN $4095, R0
	BCS error
good:
	// Is it what is wanted?
	MOVD 80(R19), R9
	CBZ R9, store
	MOVD 88(R19), R9
	CMP R9, R0
	BEQ store
	MOVD R0, 16(R20)
	B give
store:
	MOVD 64(R19), R9
	CBZ R9, advance
	MOVD R0, (R9)
advance:
	ADD $104, R19, R19
	ADD $1, R21, R21
	B next

error:
	NEG R0, R0
	MOVD 72(R19), R9
	CMP R0, R9
	BEQ pass
	CMN $1, R9 // any
	BEQ pass
	MOVD R0, 8(R20)
give:
	ADD $1, R21, R21
	MOVD R21, 0(R20)
	MOVD $125, R0
	MOVD $94, R8 // exit_group
	SVC
	BRK
pass:
	MOVD 96(R19), R9
	ADD R9, R21, R21
	MOVD $104, R10
	MADD R10, R19, R9, R19
	B advance
