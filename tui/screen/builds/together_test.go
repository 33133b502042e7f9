package builds

import (
	"fmt"
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/tui/tuitest"
)

// Up to three logs are seen at once: that of the build under the cursor, and the ends of
// those of two others that run, which stay where they are as long as they run.
func TestLogsTogether(t *testing.T) {
	b := tuitest.NewBackend(t)
	acts := make([]event.Activity, 4)
	for i := range acts {
		name := fmt.Sprintf("part%d-1.0", i)
		acts[i] = event.Activity{
			ID: event.ID(i + 1), Kind: event.Build, Name: name, Subject: string(tuitest.PathNamed(name + ".drv")), State: event.Running,
			LogFile: "/var/log/" + name, LogSize: 10, Phase: "build", Started: tuitest.Start().Add(time.Duration(i-10) * time.Second),
		}
		b.SetLog(tuitest.PathNamed(name+".drv"), fmt.Sprintf("%swords of %d\n", tuitest.LogText(40), i))
	}
	d := at(t, b, 140, 40)
	d.Post(acts...)
	d.Wants("log: part0-1.0", "words of 0")
	d.Lacks("words of 1", "words of 2")
	d.Keys("L")
	d.Wants("log: part0-1.0", "words of 0", "part1-1.0", "words of 1", "part2-1.0", "words of 2")
	d.Lacks("words of 3")
	for _, size := range tuitest.Sizes() {
		d.Resize(size[0], size[1])
		d.Golden("together")
	}
	d.Resize(140, 40)

	// One that grows is read again; one that ends makes room for another that runs.
	b.SetLog(tuitest.PathNamed("part2-1.0.drv"), "more of 2\n")
	b.SetLog(tuitest.PathNamed("part1-1.0.drv"), "end of 1\n")
	acts[2].LogSize = 20
	acts[1].State, acts[1].LogSize, acts[1].Ended = event.Done, 20, tuitest.Start()
	d.Post(acts[1], acts[2])
	d.Wants("more of 2", "words of 3")
	d.Lacks("end of 1")

	// If no other runs, how it ended stays there.
	b.SetLog(tuitest.PathNamed("part3-1.0.drv"), "end of 3\n")
	acts[3].State, acts[3].LogSize, acts[3].Ended, acts[3].ExitStatus = event.Failed, 20, tuitest.Start(), 1
	d.Post(acts[3])
	d.Wants("end of 3", "more of 2")

	// The build under the cursor is not among the others.
	d.Keys("/")
	d.Type("part2")
	d.Keys("enter")
	d.Wants("log: part2-1.0", "more of 2", "words of 0")
	d.Keys("L")
	d.Lacks("words of 0")
	d.Keys("L enter")
	d.Wants("log: part2-1.0")
	d.Lacks("words of 0")
}
