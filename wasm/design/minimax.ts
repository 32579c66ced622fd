/**
 * Linear approximation whose largest weighted error is as small as it can be.
 *
 * @module
 */

/** One point of the approximation: the weighted basis there, and the weighted target. */
export interface Equation {
  readonly basis: Float64Array;
  readonly target: number;
}

/** What was found. */
export interface Approximation {
  readonly coefficients: Float64Array;
  /** The largest error at any point. */
  readonly error: number;
}

/**
 * Lawson's algorithm: weighted least squares again and again, each time with weights multiplied by the errors, which leaves
 * weight only where the error is largest (C. L. Lawson, "Contributions to the theory of linear least maximum approximation",
 * 1961).
 */
export function minimax(equations: readonly Equation[], turns: number): Approximation {
  let weights = new Float64Array(equations.length).fill(1 / equations.length);
  let best: Approximation = { coefficients: new Float64Array(), error: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < turns; turn++) {
    const coefficients = leastSquares(equations, weights);
    const errors = Float64Array.from(equations, ({ basis, target }) =>
      Math.abs(target - dot(basis, coefficients, basis.length)),
    );
    const error = errors.reduce((most, each) => Math.max(most, each), 0);
    if (error < best.error) best = { coefficients, error };
    const multiplied = weights.map((weight, i) => weight * (errors[i] as number));
    const sum = multiplied.reduce((total, weight) => total + weight, 0);
    weights = multiplied.map((weight) => weight / sum);
  }
  return best;
}

/** By the normal equations, whose Cholesky factor is as good as is needed: the bases here are nearly orthogonal. */
function leastSquares(equations: readonly Equation[], weights: Float64Array): Float64Array {
  const size = equations[0]?.basis.length ?? 0;
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  for (const [i, { basis, target }] of equations.entries()) {
    const weight = weights[i] as number;
    for (const [a, row] of rows.entries()) {
      const weighted = weight * (basis[a] as number);
      right[a] = (right[a] as number) + weighted * target;
      for (let b = 0; b <= a; b++) row[b] = (row[b] as number) + weighted * (basis[b] as number);
    }
  }
  return solve(rows, right);
}

/** Solves a symmetric positive definite system, given by its lower half, which is overwritten. */
function solve(rows: readonly Float64Array[], right: Float64Array): Float64Array {
  const solution = right.slice();
  for (const [a, row] of rows.entries()) {
    for (let b = 0; b < a; b++) {
      const other = rows[b] as Float64Array;
      row[b] = ((row[b] as number) - dot(row, other, b)) / (other[b] as number);
    }
    row[a] = Math.sqrt((row[a] as number) - dot(row, row, a));
    solution[a] = ((solution[a] as number) - dot(row, solution, a)) / (row[a] as number);
  }
  for (let a = rows.length - 1; a >= 0; a--) {
    let rest = solution[a] as number;
    for (let b = a + 1; b < rows.length; b++) {
      rest -= ((rows[b] as Float64Array)[a] as number) * (solution[b] as number);
    }
    solution[a] = rest / ((rows[a] as Float64Array)[a] as number);
  }
  return solution;
}

function dot(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
