// Package chroot runs programs of a store whose files are elsewhere than its paths say: in
// a namespace in which they are also where the paths say.
//
// Namespaces can only be entered by a process of one thread, or made with a process: so this
// program is started again, as Helper, which arranges the files and becomes what is to be run.
//
// Behaviour: execProgramInStore and chrootHelper in Nix's run.cc.
package chroot

// Helper is the name that the program that runs others has, as in Nix.
const Helper = "__run_in_chroot"

// Answers reports whether a program by this name is to be [Main].
func Answers(name string) bool { return name == Helper }
