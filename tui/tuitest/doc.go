// Package tuitest tests screens without a terminal: a backend of made-up data
// like that of the tour ([NewBackend]), a driver that presses keys and answers
// requests at once ([New]), goldens of text and styles ([Driver.Golden]), and
// random keys against the rules that always hold ([Fuzz]).
//
// Nothing here sleeps, and the time stands still but for [Driver.Advance].
package tuitest
