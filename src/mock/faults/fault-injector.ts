/**
 * The faults of one session, each at its moment.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { ResponseStatusDetailsUnion } from '../../protocol/events.ts';
import type { OutgoingFrame, SentEvent } from '../event-channel.ts';
import { MomentWatch, openingMoment } from '../scenario/moment.ts';
import type { TimerGroup } from '../timer-group.ts';
import { EventSpoiler, isEventFault } from './event-spoiler.ts';
import { type Fault, isToxic, type ToxicName } from './faults.ts';

/** What spoils a connection at the level of bytes, and with which number. */
export interface Toxic {
  readonly name: ToxicName;
  /** Milliseconds or bytes, as {@link faultKinds} says. */
  readonly value: number;
}

/** What faults do to a session. */
export interface FaultActions {
  close(code: number, reason: string): void;
  toxic(toxic: Toxic): void;
  /** Holds back everything that is sent. */
  stall(forMs: number): void;
  /** Ends the response that runs, if one does. */
  endResponse(status: 'failed' | 'incomplete', details: ResponseStatusDetailsUnion): void;
  sendBesides(event: object): void;
}

/** Watches the events of a session go by and strikes. */
export class FaultInjector {
  readonly #clock: Clock;
  readonly #timers: TimerGroup;
  readonly #actions: FaultActions;
  readonly #watch: MomentWatch<Fault>;
  readonly #spoiler = new EventSpoiler();
  #transcriptionFailure: string | undefined;

  /** @param faults those of this connection */
  constructor(faults: readonly Fault[], clock: Clock, timers: TimerGroup, actions: FaultActions) {
    this.#watch = new MomentWatch(faults);
    this.#clock = clock;
    this.#timers = timers;
    this.#actions = actions;
  }

  /** The connection is open and nothing has been sent. */
  opened(): void {
    for (const fault of this.#watch.passed(openingMoment)) this.#schedule(fault);
  }

  /** An event of the client has arrived. @returns the code with which it is to be refused, if it is */
  received(type: string): string | undefined {
    let code: string | undefined;
    for (const fault of this.#watch.passed(type)) {
      if (fault.name === 'reject') code = String(fault.value);
      else this.#schedule(fault);
    }
    return code;
  }

  /** Passes an event of the mock on, as the faults of this moment make it. */
  pass(event: SentEvent, deliver: (frame: OutgoingFrame) => void): void {
    const faults = this.#watch.passed(event.type);
    this.#spoiler.pass(event, faults.filter(isEventFault), deliver);
    for (const fault of faults) if (!isEventFault(fault)) this.#schedule(fault);
  }

  /** The code with which the transcription of the turn that was just committed fails; each is given once. */
  takeTranscriptionFailure(): string | undefined {
    const code = this.#transcriptionFailure;
    this.#transcriptionFailure = undefined;
    return code;
  }

  #schedule(fault: Fault): void {
    const { delayMs } = fault.moment;
    if (delayMs > 0 || endsResponse(fault)) {
      // A response cannot be ended from inside its own sending.
      this.#timers.at(this.#clock.now() + delayMs, () => this.#strike(fault));
    } else {
      this.#strike(fault);
    }
  }

  #strike(fault: Fault): void {
    const actions = this.#actions;
    const { name, value } = fault;
    const code = String(value);
    const message = `The scenario says: ${code}.`;
    if (isToxic(fault)) actions.toxic({ name: fault.name, value: Number(value) });
    switch (name) {
      case 'accept-then-close':
      case 'close':
        actions.close(Number(value), 'as the scenario says');
        break;
      case 'session-expired':
        actions.sendBesides(errorEvent('session_expired', 'Your session hit its maximum duration.'));
        actions.close(1001, 'session expired');
        break;
      case 'stall':
        actions.stall(Number(value));
        break;
      case 'error':
        actions.sendBesides(errorEvent(code, message));
        break;
      case 'unknown-event':
        actions.sendBesides({ type: 'response.unheard_of.delta', delta: [1, null, { deeper: true }] });
        break;
      case 'huge-frame': {
        const warning = { code: 'huge_frame', message: 'x'.repeat(Number(value)), param: null };
        actions.sendBesides({ type: 'warning', warning });
        break;
      }
      case 'fail':
        actions.endResponse('failed', { type: 'failed', error: errorBody(code, message) });
        break;
      case 'incomplete':
        actions.endResponse('incomplete', { type: 'incomplete', reason: code });
        break;
      case 'transcription-failed':
        this.#transcriptionFailure = code;
        break;
    }
  }
}

function endsResponse({ name }: Fault): boolean {
  return name === 'fail' || name === 'incomplete';
}

function errorBody(code: string, message: string) {
  return {
    type: code.startsWith('rate_limit') ? 'rate_limit_error' : 'server_error',
    code,
    message,
    param: null,
  };
}

function errorEvent(code: string, message: string): object {
  return { type: 'error', error: { ...errorBody(code, message), event_id: null } };
}
