package main

import (
	"math"
	"slices"
)

// A series is what the runs of one case by one program took, in their order.
type series []sample

func (s series) of(f func(sample) float64) []float64 {
	out := make([]float64, len(s))
	for i := range s {
		out[i] = f(s[i])
	}
	slices.Sort(out)
	return out
}

func cpu(s sample) float64  { return s.CPU }
func wall(s sample) float64 { return s.Wall }
func rss(s sample) float64  { return s.RSS }

// least returns the smallest value, NaN if there are no runs.
func (s series) least(f func(sample) float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	return s.of(f)[0]
}

// median returns the value in the middle, NaN if there are no runs.
func (s series) median(f func(sample) float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := s.of(f)
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// geometricMean returns that of ratios, NaN if there are none.
func geometricMean(ratios []float64) float64 {
	sum := 0.0
	for _, r := range ratios {
		sum += math.Log(r)
	}
	return math.Exp(sum / float64(len(ratios)))
}
