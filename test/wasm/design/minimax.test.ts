import { expect, test } from 'vitest';
import { minimax } from '../../../wasm/design/minimax.ts';

test('the best straight line through a parabola touches it three times', () => {
  const equations = Array.from({ length: 201 }, (_, i) => {
    const x = i / 100 - 1;
    return { basis: Float64Array.of(1, x), target: x * x };
  });
  const { coefficients, error } = minimax(equations, 300);
  expect(coefficients[0]).toBeCloseTo(0.5, 4);
  expect(coefficients[1]).toBeCloseTo(0, 4);
  expect(error).toBeCloseTo(0.5, 4);
});

test('what can be met is met', () => {
  const equations = [1, 2, 3, 4].map((x) => ({
    basis: Float64Array.of(1, x, x * x),
    target: 3 - x + 2 * x * x,
  }));
  const { coefficients, error } = minimax(equations, 3);
  for (const [i, wanted] of [3, -1, 2].entries()) expect(coefficients[i]).toBeCloseTo(wanted, 9);
  expect(error).toBeLessThan(1e-9);
});
