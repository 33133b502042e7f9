package nixjson

import (
	"math"
	"math/big"
	"math/bits"
	"sync"
)

// Grisu2, from F. Loitsch, "Printing Floating-Point Numbers Quickly and
// Accurately with Integers" (2010). Its digits always read back as the same
// float, but in about one case of a thousand they are not the shortest, so
// strconv's, which are, would not do.

// A diyFP is the number f·2^e.
type diyFP struct {
	f uint64
	e int
}

// mul returns the upper half of the product, rounded.
func (x diyFP) mul(y diyFP) diyFP {
	hi, lo := bits.Mul64(x.f, y.f)
	return diyFP{hi + lo>>63, x.e + y.e + 64}
}

// normalize shifts the number so that its top bit is set.
func (x diyFP) normalize() diyFP {
	n := bits.LeadingZeros64(x.f)
	return diyFP{x.f << n, x.e - n}
}

// boundaries returns v normalized, and the middles between v and its
// neighbours, which share an exponent.
func boundaries(v float64) (minus, w, plus diyFP) {
	const hidden = 1 << 52
	b := math.Float64bits(v)
	exp, frac := int(b>>52), b&(hidden-1)
	x := diyFP{frac, 1 - 1075}
	if exp != 0 {
		x = diyFP{frac + hidden, exp - 1075}
	}
	plus = diyFP{2*x.f + 1, x.e - 1}.normalize()
	minus = diyFP{2*x.f - 1, x.e - 1}
	if frac == 0 && exp > 1 {
		minus = diyFP{4*x.f - 1, x.e - 2}
	}
	minus = diyFP{minus.f << (minus.e - plus.e), plus.e}
	return minus, x.normalize(), plus
}

const (
	minPower  = -300 // exponent of the first cached power of ten
	powerStep = 8
	numPowers = 79
	alpha     = -60 // least binary exponent of a scaled number
)

// powers are 10^minPower, 10^(minPower+powerStep), …, each rounded to 64 bits.
var powers = sync.OnceValue(func() *[numPowers]diyFP {
	var table [numPowers]diyFP
	for i := range table {
		k := minPower + i*powerStep
		ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(k, -k))), nil)
		p := new(big.Float).SetInt(ten)
		x := new(big.Float).SetPrec(64).SetMode(big.ToNearestEven)
		if k < 0 {
			x.Quo(big.NewFloat(1), p)
		} else {
			x.Set(p)
		}
		mant := new(big.Float)
		e := x.MantExp(mant) - 64
		f, _ := mant.SetMantExp(mant, 64).Uint64()
		table[i] = diyFP{f, e}
	}
	return &table
})

// cachedPower returns c = 10^k such that a number of binary exponent e,
// multiplied by it, has an exponent from alpha to alpha+28.
func cachedPower(e int) (c diyFP, k int) {
	f := alpha - e - 1
	n := f * 78913 / (1 << 18) // log10(2)·2^18
	if f > 0 {
		n++
	}
	i := (-minPower + n + powerStep - 1) / powerStep
	return powers()[i], minPower + i*powerStep
}

// grisu2 returns decimal digits and an exponent such that digits·10^exp reads
// back as v, which is positive and finite.
func grisu2(v float64) (digits []byte, exp int) {
	minus, w, plus := boundaries(v)
	c, k := cachedPower(plus.e)
	w, minus, plus = w.mul(c), minus.mul(c), plus.mul(c)
	minus.f++
	plus.f--
	return generateDigits(minus, w, plus, -k)
}

// generateDigits makes the shortest digits between minus and plus that it can,
// and brings the last one close to w.
func generateDigits(minus, w, plus diyFP, exp int) ([]byte, int) {
	digits := make([]byte, 0, 18)
	delta, dist := plus.f-minus.f, plus.f-w.f
	shift := -plus.e
	one := uint64(1) << shift
	whole, frac := plus.f>>shift, plus.f&(one-1)
	pow, n := uint64(1), 1
	for pow*10 <= whole {
		pow, n = pow*10, n+1
	}
	for n > 0 {
		digits = append(digits, byte('0'+whole/pow))
		whole %= pow
		n--
		if rest := whole<<shift + frac; rest <= delta {
			roundLast(digits, dist, delta, rest, pow<<shift)
			return digits, exp + n
		}
		pow /= 10
	}
	for {
		frac *= 10
		digits = append(digits, byte('0'+frac>>shift))
		frac &= one - 1
		delta, dist = delta*10, dist*10
		exp--
		if frac <= delta {
			roundLast(digits, dist, delta, frac, one)
			return digits, exp
		}
	}
}

// roundLast lowers the last digit while that comes closer to w.
func roundLast(digits []byte, dist, delta, rest, unit uint64) {
	for rest < dist && delta-rest >= unit && (rest+unit < dist || dist-rest > rest+unit-dist) {
		digits[len(digits)-1]--
		rest += unit
	}
}
