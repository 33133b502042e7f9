package engine

// LocateAuto is locateAuto for tests.
var LocateAuto = locateAuto
