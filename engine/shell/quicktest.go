package shell

import (
	"strconv"
)

// quickTest decides tests of strings and numbers, which loops consist of, at
// once: the result is the command true or false.
func quickTest(args []string) (result []string, ok bool) {
	operands := args[1:]
	if args[0] == "[" {
		if len(operands) == 0 || operands[len(operands)-1] != "]" {
			return nil, false
		}
		operands = operands[:len(operands)-1]
	}
	holds := false
	switch len(operands) {
	case 1:
		holds = operands[0] != ""
	case 2:
		switch operands[0] {
		case "-n":
			holds = operands[1] != ""
		case "-z":
			holds = operands[1] == ""
		default:
			return nil, false
		}
	case 3:
		if holds, ok = quickCompare(operands[0], operands[1], operands[2]); !ok {
			return nil, false
		}
	default:
		return nil, false
	}
	if holds {
		return []string{"true"}, true
	}
	return []string{"false"}, true
}

func quickCompare(a, op, b string) (holds, ok bool) {
	switch op {
	case "=", "==":
		return a == b, true
	case "!=":
		return a != b, true
	}
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX != nil || errY != nil {
		return false, false
	}
	switch op {
	case "-eq":
		return x == y, true
	case "-ne":
		return x != y, true
	case "-lt":
		return x < y, true
	case "-le":
		return x <= y, true
	case "-gt":
		return x > y, true
	case "-ge":
		return x >= y, true
	}
	return false, false
}

// asksShell reports whether a test needs to know about options and variables,
// which only the interpreter does.
func asksShell(args []string) bool {
	for i, arg := range args[1:] {
		if (arg == "-v" || arg == "-o" || arg == "-R") && (i == 0 || args[i] == "!" || args[i] == "-a" || args[i] == "(") {
			return true
		}
	}
	return false
}
