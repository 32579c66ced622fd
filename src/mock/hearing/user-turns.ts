/**
 * The user's side of the conversation: from input audio to an item that has been understood.
 *
 * @module
 */
import type { ResponseMessageItem, TranscriptionPhrase } from '../../protocol/events.ts';
import type { Responder } from '../answering/responder.ts';
import { heardAudio } from '../conversation-store.ts';
import { RequestRefused } from '../event-channel.ts';
import type { ScriptedTurn } from '../scenario/scenario.ts';
import { previousItemId, type SessionContext } from '../session-context.ts';
import { isUtteranceOver } from '../turn-detection/end-of-utterance.ts';
import type { TurnEvent } from '../turn-detection/turn-detector.ts';
import { InputAudio } from './input-audio.ts';
import { transcriptionLogprobs, transcriptionPhrases } from './transcription-details.ts';

const shortestCommitMs = 100;
/** On the native pipeline the words of the user come a moment after the first of the answer. */
const transcriptAfterAudioMs = 5;

/** A turn's item, and where it stands on the audio clock; without a beginning it is all that lies in the buffer. */
interface TurnPlace {
  readonly itemId: string;
  readonly audioStartMs: number | undefined;
  readonly audioEndMs: number;
}

interface Turn {
  readonly itemId: string;
  readonly audioMs: number;
  readonly phrases: TranscriptionPhrase[] | undefined;
  readonly transcript: string;
  /** Why it cannot be transcribed. */
  readonly failure: string | undefined;
  /** Whether a response follows by itself. */
  respond: boolean;
}

/** What a session's user turns depend on. */
export interface UserTurnsOptions {
  /** What the user says in a turn, counted from 0, where the scenario does not say it. */
  transcript(turn: number): string | undefined;
  /** Where the user speaks; undefined listens. */
  readonly turns: readonly ScriptedTurn[] | undefined;
  /** The code with which a turn that was just committed cannot be transcribed. */
  takeTranscriptionFailure(): string | undefined;
}

/** Takes in audio, ends turns (or lets the client end them), and sends the events that belong to the user's items. */
export class UserTurns {
  readonly #context: SessionContext;
  readonly #responder: Responder;
  readonly #options: UserTurnsOptions;
  readonly #input: InputAudio;
  #turns = 0;
  /** The turn that is going on. */
  #speaking: { readonly itemId: string; readonly audioStartMs: number } | undefined;
  /** What the user says in this turn, once somebody has asked. */
  #words: string | undefined;
  /** Turns that are over but not yet understood. */
  readonly #pending = new Set<Turn>();

  constructor(context: SessionContext, responder: Responder, options: UserTurnsOptions) {
    this.#context = context;
    this.#responder = responder;
    this.#options = options;
    this.#input = new InputAudio(context.config, {
      turns: options.turns,
      longerSilenceMs: () => this.#longerSilenceMs(),
    });
  }

  get hasHeard(): boolean {
    return this.#input.hasHeard;
  }

  /** Follows an update of the session. */
  configure(): void {
    this.#input.configure();
    if (!this.#context.config.turnTaking) this.#abandon();
  }

  /** @throws {RequestRefused} where the audio is not what the session's format says */
  append(audio: string): void {
    const events = this.#input.append(audio);
    this.#context.trace({ kind: 'audio', audioEndMs: this.#input.clockMs, atMs: this.#context.clock.now() });
    for (const event of events) this.#heard(event);
    if (this.#context.config.turnTaking && !this.#speaking) this.#input.forget();
  }

  /** @throws {RequestRefused} where there is hardly anything to commit */
  commit(): void {
    if (this.#input.bufferedMs < shortestCommitMs) {
      const message =
        `The buffer is too small to commit: it needs at least ${shortestCommitMs}ms of audio, ` +
        `but holds ${Math.floor(this.#input.bufferedMs)}ms.`;
      throw new RequestRefused('input_audio_buffer_commit_empty', message);
    }
    this.#input.abandonTurn();
    const { itemId = this.#announceItem(), audioStartMs } = this.#speaking ?? {};
    this.#endTurn({ itemId, audioStartMs, audioEndMs: this.#input.clockMs }, false);
  }

  /** What a `response.create` does first where the client takes the turns. */
  commitPending(): void {
    if (!this.#context.config.turnTaking && this.#input.bufferedMs >= shortestCommitMs) this.commit();
  }

  clear(): void {
    this.#input.empty();
    this.#input.abandonTurn();
    this.#abandon();
    this.#context.channel.send({ type: 'input_audio_buffer.cleared' });
  }

  #heard(event: TurnEvent): void {
    const { channel, config } = this.#context;
    const turnTaking = config.turnTaking;
    if (!turnTaking) return;
    if (event.type === 'speech-started') {
      const itemId = this.#announceItem();
      this.#speaking = { itemId, audioStartMs: event.audioStartMs };
      channel.send({
        type: 'input_audio_buffer.speech_started',
        audio_start_ms: event.audioStartMs,
        item_id: itemId,
      });
      if (turnTaking.interruptResponse) this.#interrupt();
    } else if (this.#speaking) {
      const { itemId, audioStartMs } = this.#speaking;
      channel.send({
        type: 'input_audio_buffer.speech_stopped',
        audio_end_ms: event.audioEndMs,
        item_id: itemId,
      });
      this.#endTurn({ itemId, audioStartMs, audioEndMs: event.audioEndMs }, turnTaking.createResponse);
    }
  }

  /** Clients learn an item's id before the item is there. */
  #announceItem(): string {
    const id = this.#context.ids.next('item');
    this.#context.store.announce(id);
    return id;
  }

  /** The turn that is going on becomes no item. */
  #abandon(): void {
    if (this.#speaking) this.#context.store.release(this.#speaking.itemId);
    this.#speaking = undefined;
  }

  #interrupt(): void {
    for (const turn of this.#pending) turn.respond = false;
    this.#responder.interrupt();
  }

  /** How long the service waits for the rest of a sentence that does not sound complete. */
  #longerSilenceMs(): number {
    const wait = this.#context.config.turnTaking?.endOfUtterance;
    return !wait || isUtteranceOver(this.#expectedWords(), wait.level) ? 0 : wait.timeoutMs;
  }

  /** Asked for once a turn: whoever tells what is said may tell it only once. */
  #expectedWords(): string {
    this.#words ??= this.#responder.nextHeard ?? this.#options.transcript(this.#turns) ?? '';
    return this.#words;
  }

  #endTurn(place: TurnPlace, respond: boolean): void {
    const { channel, store, clock, timers, delays, pipeline, trace, heard } = this.#context;
    const { itemId, audioStartMs, audioEndMs } = place;
    trace({ kind: 'turn-ended', itemId, atMs: clock.now(), audioEndMs });
    const previous = previousItemId(this.#context, store.lastId);
    channel.send({ type: 'input_audio_buffer.committed', previous_item_id: previous, item_id: itemId });
    const speech = this.#input.cut(audioStartMs, audioEndMs);
    const transcript = this.#expectedWords();
    const turn: Turn = {
      itemId,
      audioMs: (speech.samples.length / speech.rateHz) * 1000,
      transcript,
      phrases: this.#includes('phrases') ? transcriptionPhrases(transcript, speech) : undefined,
      failure: this.#options.takeTranscriptionFailure(),
      respond,
    };
    heard.take(itemId, transcript, speech);
    this.#turns += 1;
    this.#words = undefined;
    this.#speaking = undefined;
    this.#input.empty();
    const transcribedAtMs = clock.now() + delays.draw('transcribe');
    if (pipeline === 'native') {
      this.#answerByEar(turn, transcribedAtMs);
    } else {
      this.#pending.add(turn);
      this.#responder.hold();
      timers.at(transcribedAtMs, () => this.#answerTranscript(turn));
    }
  }

  /** Cascaded: the model reads what the recogniser has written, so the item waits for its transcript. */
  #answerTranscript(turn: Turn): void {
    const isTranscribed = this.#isTranscribing;
    if (isTranscribed) this.#sendTranscript(turn);
    this.#createItem(turn, isTranscribed && turn.failure === undefined ? turn.transcript : null);
    this.#pending.delete(turn);
    if (turn.respond) this.#responder.respond();
    this.#responder.release();
  }

  /** Native: the model hears the audio itself, and the transcript is made beside it. */
  #answerByEar(turn: Turn, transcribedAtMs: number): void {
    const { channel, clock, timers } = this.#context;
    const { item, previous } = this.#createItem(turn, null);
    channel.send({ type: 'conversation.item.done', previous_item_id: previous, item });
    const run = turn.respond ? this.#responder.respond() : undefined;
    if (!this.#isTranscribing) return;
    const firstAudioAtMs = run ? clock.now() + run.plannedFirstAudioMs : -Infinity;
    timers.at(Math.max(transcribedAtMs, firstAudioAtMs), () => {
      if (turn.failure !== undefined) return;
      channel.send({
        type: 'conversation.item.input_audio_transcription.delta',
        item_id: turn.itemId,
        content_index: 0,
        delta: turn.transcript,
      });
    });
    timers.at(Math.max(transcribedAtMs, firstAudioAtMs) + transcriptAfterAudioMs, () =>
      this.#sendTranscript(turn),
    );
  }

  #includes(what: 'logprobs' | 'phrases'): boolean {
    const { include } = this.#context.config.effective;
    return include?.includes(`item.input_audio_transcription.${what}`) ?? false;
  }

  get #isTranscribing(): boolean {
    return Boolean(this.#context.config.effective.input_audio_transcription);
  }

  #createItem({ itemId, audioMs }: Turn, transcript: string | null) {
    const item: ResponseMessageItem & { id: string } = {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [heardAudio(transcript)],
    };
    const { store } = this.#context;
    store.release(itemId);
    const previous = previousItemId(this.#context, store.insert(item, { audioMs }));
    this.#context.channel.send({ type: 'conversation.item.created', previous_item_id: previous, item });
    return { item, previous };
  }

  #sendTranscript({ itemId, transcript, failure, phrases }: Turn): void {
    const { channel, store } = this.#context;
    if (failure !== undefined) {
      channel.send({
        type: 'conversation.item.input_audio_transcription.failed',
        item_id: itemId,
        content_index: 0,
        error: {
          type: 'server_error',
          code: failure,
          message: 'The audio could not be transcribed.',
          param: null,
        },
      });
      return;
    }
    channel.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: itemId,
      content_index: 0,
      transcript,
      ...(this.#includes('logprobs') && { logprobs: transcriptionLogprobs(transcript) }),
      ...(phrases && { phrases }),
    });
    const stored = store.find(itemId);
    if (stored?.item.type !== 'message') return;
    stored.item = { ...stored.item, content: [heardAudio(transcript)] };
  }
}
