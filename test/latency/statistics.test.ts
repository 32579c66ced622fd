import { expect, test } from 'vitest';
import { median } from '../../src/latency/statistics.ts';

test.each([
  [[], undefined],
  [[5], 5],
  [[9, 1, 5], 5],
  [[4, 1, 10, 2], 3],
])('the median of %j is %j', (values, middle) => expect(median(values)).toBe(middle));
