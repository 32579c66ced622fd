/**
 * From a low-pass to the coefficients of its phases.
 *
 * @module
 */
import type { FilterDesign } from '../filter-design.ts';
import { allocate, kernels, workspaceOf } from './kernel-module.ts';
import { MemoryView } from './memory-view.ts';

/**
 * Where the coefficients are: phase by phase, `1/perSample` of an input sample apart.
 *
 * @param phases how many of them
 */
export function cutBank({ taps, span, terms }: FilterDesign, phases: number, perSample: number): number {
  const bank = allocate(phases * taps * 4);
  const termsAddress = workspaceOf((terms.length + taps) * 8);
  new MemoryView(Float64Array, termsAddress, terms.length).array.set(terms);
  const scratch = termsAddress + terms.length * 8;
  kernels.designBank(bank, scratch, phases, perSample, taps, span, termsAddress, terms.length);
  return bank;
}
