//go:build linux

#include "textflag.h"

// func startScript(how *cloneArgs, size uintptr, first *systemCall, end *verdict) (pid, errno uintptr)
//
// The child uses neither its stack nor anything of Go's. What it needs stays in
// registers that system calls leave alone:
//
//	R12 the next call, R13 the verdict, BX the index of the call
TEXT ·startScript(SB),NOSPLIT,$0-48
	MOVQ how+0(FP), DI
	MOVQ size+8(FP), SI
	MOVQ first+16(FP), R12
	MOVQ end+24(FP), R13
	MOVQ $435, AX // clone3
	SYSCALL
	TESTQ AX, AX
	JEQ child
	CMPQ AX, $0xfffffffffffff001
	JCC failed
	MOVQ AX, pid+32(FP)
	MOVQ $0, errno+40(FP)
	RET
failed:
	NEGQ AX
	MOVQ $0, pid+32(FP)
	MOVQ AX, errno+40(FP)
	RET

child:
	XORL BX, BX
next:
	// Arguments, or what is in the slots that they are the addresses of.
	MOVQ 56(R12), CX
	MOVQ 8(R12), DI
	BTQ $0, CX
	JCC second
	MOVQ (DI), DI
second:
	MOVQ 16(R12), SI
	BTQ $1, CX
	JCC third
	MOVQ (SI), SI
third:
	MOVQ 24(R12), DX
	BTQ $2, CX
	JCC fourth
	MOVQ (DX), DX
fourth:
	MOVQ 32(R12), R10
	BTQ $3, CX
	JCC fifth
	MOVQ (R10), R10
fifth:
	MOVQ 40(R12), R8
	BTQ $4, CX
	JCC sixth
	MOVQ (R8), R8
sixth:
	MOVQ 48(R12), R9
	BTQ $5, CX
	JCC do
	MOVQ (R9), R9
do:
	MOVQ 0(R12), AX
	CMPQ AX, $-1 // no call: the value is the first argument
	JEQ value
	SYSCALL
	CMPQ AX, $0xfffffffffffff001
	JCC error
	JMP good
value:
	MOVQ DI, AX
good:
	// Is it what is wanted?
	CMPQ 80(R12), $0
	JEQ store
	CMPQ 88(R12), AX
	JEQ store
	MOVQ AX, 16(R13)
	JMP give
store:
	MOVQ 64(R12), CX
	TESTQ CX, CX
	JEQ advance
	MOVQ AX, (CX)
advance:
	ADDQ $104, R12
	INCQ BX
	JMP next

error:
	NEGQ AX
	MOVQ 72(R12), CX
	CMPQ CX, AX
	JEQ pass
	CMPQ CX, $-1 // any
	JEQ pass
	MOVQ AX, 8(R13)
give:
	INCQ BX
	MOVQ BX, 0(R13)
	MOVL $125, DI
	MOVL $231, AX // exit_group
	SYSCALL
	INT $3
pass:
	MOVQ 96(R12), CX
	ADDQ CX, BX
	IMULQ $104, CX
	ADDQ CX, R12
	JMP advance
