/**
 * What a process and its children take of the machine, as Linux counts it.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;
const pageKiB = 4;

/** Seconds of processor time until now. */
export function cpuSeconds(pid: number): number {
  return family(pid).reduce((sum, each) => sum + ticksOf(each), 0) / ticksPerSecond;
}

/** Resident memory of the process alone. */
export function residentMiB(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * pageKiB) / 1024;
}

function family(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => fieldsOf(Number(name))[1] === String(pid))
    .map(Number);
  return [pid, ...children.flatMap(family)];
}

function ticksOf(pid: number): number {
  const fields = fieldsOf(pid);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Of /proc/PID/stat, from the state on: names may hold anything. */
function fieldsOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
