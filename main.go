// Command nixbench is a Nix workbench for the terminal.
package main

func main() {}
