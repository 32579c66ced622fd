/**
 * `voiceloop doctor`: whether everything that a conversation needs is there.
 *
 * @module
 */
import * as v from 'valibot';
import { SystemClock } from '../clock.ts';
import { currentRuntime } from '../loops/runtime.ts';
import { redactText } from '../protocol/redact.ts';
import { type Credential, entraCredential } from '../session/credentials.ts';
import { type Check, exitCodeOfChecks, failedCheck } from './doctor/check.ts';
import { clockCheck, timerCheck } from './doctor/clock-checks.ts';
import { deviceChecks } from './doctor/device-checks.ts';
import { handshakeCheck, mockCheck } from './doctor/handshake-check.ts';
import { packageChecks, runtimeChecks } from './doctor/runtime-checks.ts';
import { proxyCheck, settingsChecks } from './doctor/settings-checks.ts';
import { signIn } from './doctor/sign-in-check.ts';
import { commonFlagSchemas, parseFlags, text } from './flags.ts';
import { type Output, printable } from './output.ts';
import { runCommand } from './run-command.ts';
import { type Settings, type TracedSettings, traceSettings } from './settings.ts';

const flagSchemas = {
  ...commonFlagSchemas,
  endpoint: v.optional(text()),
  model: v.optional(text()),
  driver: v.optional(text()),
};

type Flags = v.InferOutput<ReturnType<typeof v.object<typeof flagSchemas>>>;

/** Checks everything to the end, whatever fails on the way; the exit code is the one of the first failure. */
export function doctorCommand(version: string, rawFlags: Readonly<Record<string, unknown>>): Promise<void> {
  return runCommand(rawFlags, async ({ output, signal }) => {
    const flags = parseFlags(flagSchemas, rawFlags);
    const checks: Check[] = [];
    const found = new Set<string>();
    for await (const check of allChecks(version, flags, {
      output,
      signal,
      secret: (text) => found.add(text),
    })) {
      const shown = withoutSecrets(check, [...found]);
      checks.push(shown);
      if (!output.json) output.result(checkText(shown, output));
    }
    const exitCode = exitCodeOfChecks(checks);
    if (output.json) output.result(JSON.stringify(doctorDocument(version, checks, exitCode), undefined, 2));
    else output.info(`\n${conclusion(checks)}`);
    process.exitCode = exitCode;
  });
}

interface Surroundings {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Takes note of what must not be shown. */
  readonly secret: (text: string) => void;
}

async function* allChecks(
  version: string,
  flags: Flags,
  { output, signal, secret }: Surroundings,
): AsyncGenerator<Check> {
  const clock = new SystemClock();
  yield* runtimeChecks(currentRuntime(), version);
  yield* await packageChecks();
  output.live('looking for sound devices');
  yield* await deviceChecks(clock, flags.driver);
  signal.throwIfAborted();

  let traced: TracedSettings | undefined;
  try {
    traced = traceSettings({ endpoint: flags.endpoint, model: flags.model }, flags.config);
  } catch (error) {
    yield failedCheck('settings', error);
  }
  const settings: Settings = traced?.values ?? {};
  if (settings.apiKey !== undefined) secret(settings.apiKey);
  const ofSettings = traced ? settingsChecks(traced) : [];
  yield* ofSettings;
  const isUsable = ofSettings.every(({ name, status }) => name !== 'endpoint' || status !== 'failed');
  const endpoint = isUsable ? settings.endpoint : undefined;
  yield proxyCheck(endpoint);

  if (endpoint === undefined) {
    const why = traced && isUsable ? 'there is no endpoint' : 'the settings cannot be used';
    yield { name: 'sign-in', status: 'skipped', text: why };
    yield { name: 'clock', status: 'skipped', text: `not compared with a service's: ${why}` };
    yield await timerCheck(clock, signal);
    output.live('talking to the embedded mock');
    yield await mockCheck({ clock, signal });
    return;
  }
  output.live('signing in');
  const credential = credentialFor(endpoint, settings);
  const { check, headers } = await signIn(clock, credential, signal);
  for (const value of Object.values(headers ?? {})) secret(value.replace(/^Bearer /, ''));
  yield check;
  output.live('comparing clocks');
  yield await clockCheck(clock, endpoint, { signsInWithToken: credential?.kind === 'entra', signal });
  yield await timerCheck(clock, signal);
  output.live('opening a session');
  yield headers
    ? await handshakeCheck(endpoint, headers, { clock, settings, signal })
    : { name: 'handshake', status: 'skipped', text: 'not tried without a sign-in' };
}

function credentialFor(endpoint: string, { apiKey }: Settings): Credential | undefined {
  if (apiKey !== undefined) return { kind: 'key', key: apiKey };
  // A server on this machine is a mock: nobody signs in to it with an identity.
  return /^\s*http:/i.test(endpoint) ? undefined : entraCredential();
}

/** Whatever a service, a proxy or a package says: a key or a token that stands in it is not passed on. */
function withoutSecrets(check: Check, secrets: readonly string[]): Check {
  const clean = (text: string) => redactText(printable(text), secrets);
  const { text, notes, reason, hint } = check;
  return {
    ...check,
    text: clean(text),
    ...(notes && { notes: notes.map(clean) }),
    ...(reason !== undefined && { reason: clean(reason) }),
    ...(hint !== undefined && { hint: clean(hint) }),
  };
}

const nameWidth = 13;

function checkText({ name, status, text, ms, notes = [], reason, hint }: Check, output: Output): string {
  const marks = {
    ok: output.style('green', '✓'),
    warning: output.style('yellow', '!'),
    failed: output.style('red', '✗'),
    skipped: output.style('dim', '–'),
  };
  const took = ms === undefined || name === 'handshake' ? '' : ` (${ms} ms)`;
  const isShort = status === 'ok' && name === 'driver' && !output.verbose;
  const more = [
    ...(isShort ? [] : notes),
    ...(reason === undefined ? [] : [`cause  ${reason}`]),
    ...(hint === undefined ? [] : [`try    ${hint}`]),
  ];
  const first = `${marks[status]} ${name.padEnd(nameWidth)} ${text}${took}`;
  return [first, ...more.map((line) => `${' '.repeat(nameWidth + 3)}${line}`)].join('\n');
}

function conclusion(checks: readonly Check[]): string {
  const count = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  const warned = warnings === 0 ? '' : `, ${warnings} warning${warnings === 1 ? '' : 's'}`;
  return failed === 0 ? `all is well${warned}` : `${failed} of ${checks.length} checks failed${warned}`;
}

/** What `--json` prints. */
function doctorDocument(version: string, checks: readonly Check[], exitCode: number): object {
  return { schema: 'voiceloop.doctor/1', version, runtime: currentRuntime(), exitCode, checks };
}
