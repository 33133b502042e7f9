// Package event carries the engine's activity to whoever watches it, without
// the engine knowing who that is.
//
//	build, substitute, collect …  --Post(Activity)-->  Hub
//	Hub      --newest snapshot per activity-->         Mailbox, one per watcher
//	Mailbox  --Take: a batch, oldest first-->          screen or plain output
//	log      --bytes-->  a file; the Activity says where, and how long it is
//	cancel   goes the other way, by the engine's own calls; never by an event
//
// An [Activity] is a snapshot and never a delta, so a watcher that misses nine
// updates and sees the tenth has missed nothing. Posting never waits for a
// watcher. What a watcher has not yet read is bounded by the number of
// activities, not by the number of updates. The final state of an activity
// cannot be lost.
package event
