package eval

// StepIn returns the innermost step of the trace that is in a file that own
// accepts, if the place that the error names is in another. A call is told by
// what is called. Ok is false if there is no such step, or if none is needed.
func (e *Error) StepIn(own func(file string) bool) (step TraceFrame, ok bool) {
	elsewhere := e.Pos.Line > 0
	if elsewhere && own(e.Pos.Name) {
		return step, false
	}
	for i := len(e.Trace) - 1; i >= 0; i-- {
		step = e.Trace[i]
		switch {
		case step.Pos.Line == 0:
		case !own(step.Pos.Name):
			elsewhere = true
		default:
			if step.Text == callSiteText && i+1 < len(e.Trace) {
				step.Text, step.Coloured = e.Trace[i+1].Text, e.Trace[i+1].Coloured
			}
			return step, elsewhere
		}
	}
	return TraceFrame{}, false
}
