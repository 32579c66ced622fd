/**
 * Whether voiceloop and what it is made of runs here.
 *
 * @module
 */
import type { Runtime } from '../../loops/runtime.ts';
import { type Check, failedCheck } from './check.ts';

/** The first Node that runs TypeScript as it is. */
const oldestNode = [22, 18] as const;
const names = { node: 'Node', deno: 'Deno', bun: 'Bun' } as const;

/** Checks the runtime, and tells the version of voiceloop. */
export function runtimeChecks(runtime: Runtime, version: string): readonly Check[] {
  const text = `${names[runtime.name]} ${runtime.version} (${process.platform} ${process.arch})`;
  const [major = 0, minor = 0] = runtime.version.split('.').map(Number);
  const isOld =
    runtime.name === 'node' && (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]));
  const check: Check = isOld
    ? {
        name: 'runtime',
        status: 'failed',
        text: `${text} is too old`,
        hint: `install Node ${oldestNode.join('.')} or newer`,
        code: 'runtime-old',
        kind: 'failure',
      }
    : { name: 'runtime', status: 'ok', text };
  return [check, { name: 'voiceloop', status: 'ok', text: version }];
}

/** What must load, and what stands in for it where there is something. */
interface Package {
  readonly name: string;
  readonly what: string;
  readonly load: () => Promise<unknown>;
  readonly instead?: string;
}

const packages: readonly Package[] = [
  { name: 'ws', what: 'connections', load: () => import('ws') },
  {
    name: 'koffi',
    what: 'PortAudio',
    load: () => import('koffi'),
    instead: 'sound devices are used through programs such as parec and ffmpeg',
  },
  { name: 'kernels', what: 'resampling, in WebAssembly', load: convertSomething },
];

async function convertSomething(): Promise<void> {
  const { openConverter } = await import('../../../wasm/open-converter.ts');
  openConverter(48_000, 24_000, 1, 'std');
}

/** Loads the packages that may fail to on some machine. */
export async function packageChecks(all: readonly Package[] = packages): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { name, what, load, instead } of all) {
    try {
      await load();
      checks.push({ name, status: 'ok', text: `loads (${what})` });
    } catch (error) {
      const failed = failedCheck(name, error);
      const text = `does not load (${what}): ${failed.text}`;
      const hint = 'install voiceloop again, on this machine and for this runtime: npm ci';
      checks.push(
        instead === undefined
          ? { ...failed, text, hint }
          : { name, status: 'warning', text, notes: [instead], hint },
      );
    }
  }
  return checks;
}
