/**
 * What `voiceloop replay` shows a person, before, while and after the conversation is held.
 *
 * @module
 */
import { latencyTable } from '../latency/terminal-report.ts';
import type { ReplayProgress, ReplayResult } from '../loops/replay.ts';
import type { ServiceChoice } from '../loops/service.ts';
import type { SpokenFile } from '../loops/spoken-file.ts';
import type { TurnReport } from '../loops/turn-trace.ts';
import type { Notice } from '../session/actions.ts';
import { type Output, printable } from './output.ts';

/** What is going to be held. */
export interface ReplayPlan {
  readonly files: readonly SpokenFile[];
  readonly service: ServiceChoice;
  readonly model: string;
  readonly clock: 'real' | 'virtual';
  readonly seed: number;
  readonly isMockAskedFor: boolean;
}

/** Without a terminal, a long file is heard of this often. */
const PLAIN_PROGRESS_MS = 60_000;
const BAR_WIDTH = 24;

/** Shows a replay. Turns and the table are the result; everything else is for whoever watches. */
export class ReplayScreen {
  readonly #output: Output;
  readonly #count: number;
  #plainProgressMs = 0;
  #number = 0;

  constructor(output: Output, count: number) {
    this.#output = output;
    this.#count = count;
  }

  begin({ files, service, model, clock, seed, isMockAskedFor }: ReplayPlan): void {
    for (const warning of new Set(files.flatMap((file) => file.warnings))) this.#output.warn(warning);
    if (service.kind === 'mock') {
      const { name, profile, network } = service.scenario;
      const why = isMockAskedFor ? '' : 'no endpoint is configured: ';
      this.#output.info(
        `${why}talking to the embedded mock (scenario ${name}, ${profile} latency, ${network} network), ${clock} clock, seed ${seed}`,
      );
    } else {
      this.#output.info(`talking to ${service.endpoint}, model ${model}`);
    }
    for (const path of new Set(files.map((file) => file.uplink))) this.#output.detail(path);
  }

  notice({ level, code, message }: Notice): void {
    const text = printable(`${message} (${code})`);
    if (level === 'error') this.#output.error(`the service reports an error: ${text}`);
    else this.#output.warn(text);
  }

  progress({ file, number, doing, saidMs }: ReplayProgress): void {
    const where = `${number}/${this.#count} ${file.name}`;
    const total = clockTime(file.durationMs);
    if (this.#output.isLive) {
      const filled = Math.min(BAR_WIDTH, Math.round((saidMs / file.durationMs) * BAR_WIDTH));
      const bar = '█'.repeat(filled).padEnd(BAR_WIDTH);
      this.#output.live(
        doing === 'saying'
          ? `${where}  ▕${bar}▏ ${clockTime(saidMs)} of ${total}`
          : `${where}  listening to the answer`,
      );
      return;
    }
    if (number !== this.#number) {
      this.#number = number;
      this.#plainProgressMs = PLAIN_PROGRESS_MS;
    }
    if (doing === 'saying' && saidMs >= this.#plainProgressMs) {
      this.#plainProgressMs += PLAIN_PROGRESS_MS;
      this.#output.info(`${where}: ${clockTime(saidMs)} of ${total} said`);
    }
  }

  turn(turn: TurnReport, number: number): void {
    if (this.#output.json) return;
    const output = this.#output;
    const lines = [`${output.style('bold', String(number))} ${printable(turn.file)}`];
    if (turn.userTranscript)
      lines.push(`  ${output.style('cyan', 'user ')} ${printable(turn.userTranscript)}`);
    lines.push(`  ${output.style('green', 'agent')} ${printable(agentSays(turn))}`);
    output.result(lines.join('\n'));
  }

  end(result: ReplayResult, out: string | undefined): void {
    const { turns, counters, connection, paths, lateness } = result;
    const table = latencyTable(turns.map((turn) => ({ ...turn, name: printable(turn.file) })));
    if (table) this.#output.result(`\n${table}`);
    this.#output.detail(paths.downlink);
    this.#output.detail(
      `connected in ${connection.connectMs.toFixed(1)} ms, session agreed in ${connection.sessionMs.toFixed(1)} ms, longest send lag ${counters.sendLagMaxMs.toFixed(1)} ms`,
    );
    for (const { name, meanMs, maxMs } of lateness) {
      this.#output.detail(
        `blocks passed the ${name} ${meanMs.toFixed(1)} ms late in the mean, ${maxMs.toFixed(1)} ms at most`,
      );
    }
    if (counters.underruns > 0) {
      this.#output.warn(
        `the answers ran dry ${counters.underruns} times, for ${counters.underrunMs.toFixed(0)} ms in all`,
      );
    }
    if (out !== undefined) this.#output.info(`wrote ${out}: the user to the left, the agent to the right`);
  }
}

function agentSays({ outcome, agentTranscript, interruption }: TurnReport): string {
  switch (outcome) {
    case 'unheard':
      return '(the service heard no speech)';
    case 'unanswered':
      return '(no answer)';
    default:
      return interruption
        ? `${agentTranscript} (interrupted after ${(interruption.heardMs / 1000).toFixed(1)} s)`
        : agentTranscript;
  }
}

function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
