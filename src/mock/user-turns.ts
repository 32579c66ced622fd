/**
 * The user's side of the conversation: from input audio to an item that has been understood.
 *
 * @module
 */
import type { ResponseMessageItem } from '../protocol/events.ts';
import { heardAudio } from './conversation-store.ts';
import { RequestRefused } from './event-channel.ts';
import { InputAudio } from './input-audio.ts';
import type { Responder } from './responder.ts';
import { previousItemId, type SessionContext } from './session-context.ts';
import type { TurnEvent } from './turn-detector.ts';

const shortestCommitMs = 100;
/** On the native pipeline the words of the user come a moment after the first of the answer. */
const transcriptAfterAudioMs = 5;

interface Turn {
  readonly itemId: string;
  readonly audioMs: number;
  readonly transcript: string;
  /** Whether a response follows by itself. */
  respond: boolean;
}

/** Takes in audio, ends turns (or lets the client end them), and sends the events that belong to the user's items. */
export class UserTurns {
  readonly #context: SessionContext;
  readonly #responder: Responder;
  readonly #input: InputAudio;
  readonly #transcript: (turn: number) => string | undefined;
  #turns = 0;
  #speakingItemId: string | undefined;
  /** Turns that are over but not yet understood. */
  readonly #pending = new Set<Turn>();

  constructor(
    context: SessionContext,
    responder: Responder,
    transcript: (turn: number) => string | undefined,
  ) {
    this.#context = context;
    this.#responder = responder;
    this.#transcript = transcript;
    this.#input = new InputAudio(context.config);
  }

  get hasHeard(): boolean {
    return this.#input.hasHeard;
  }

  /** Follows an update of the session. */
  configure(): void {
    this.#input.configure();
    if (!this.#context.config.turnTaking) this.#speakingItemId = undefined;
  }

  /** @throws {RequestRefused} where the audio is not what the session's format says */
  append(audio: string): void {
    const events = this.#input.append(audio);
    this.#context.trace({ kind: 'audio', audioEndMs: this.#input.clockMs, atMs: this.#context.clock.now() });
    for (const event of events) this.#heard(event);
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
    const itemId = this.#speakingItemId ?? this.#context.ids.next('item');
    this.#endTurn(itemId, this.#input.clockMs, false);
  }

  /** What a `response.create` does first where the client takes the turns. */
  commitPending(): void {
    if (!this.#context.config.turnTaking && this.#input.bufferedMs >= shortestCommitMs) this.commit();
  }

  clear(): void {
    this.#input.empty();
    this.#input.abandonTurn();
    this.#speakingItemId = undefined;
    this.#context.channel.send({ type: 'input_audio_buffer.cleared' });
  }

  #heard(event: TurnEvent): void {
    const { channel, config, ids } = this.#context;
    const turnTaking = config.turnTaking;
    if (!turnTaking) return;
    if (event.type === 'speech-started') {
      const itemId = ids.next('item');
      this.#speakingItemId = itemId;
      channel.send({
        type: 'input_audio_buffer.speech_started',
        audio_start_ms: event.audioStartMs,
        item_id: itemId,
      });
      if (turnTaking.interruptResponse) this.#interrupt();
    } else if (this.#speakingItemId) {
      const itemId = this.#speakingItemId;
      channel.send({
        type: 'input_audio_buffer.speech_stopped',
        audio_end_ms: event.audioEndMs,
        item_id: itemId,
      });
      this.#endTurn(itemId, event.audioEndMs, turnTaking.createResponse);
    }
  }

  #interrupt(): void {
    for (const turn of this.#pending) turn.respond = false;
    this.#responder.interrupt();
  }

  #endTurn(itemId: string, audioEndMs: number, respond: boolean): void {
    const { channel, store, clock, timers, delays, pipeline, trace } = this.#context;
    trace({ kind: 'turn-ended', itemId, atMs: clock.now(), audioEndMs });
    const previous = previousItemId(this.#context, store.lastId);
    channel.send({ type: 'input_audio_buffer.committed', previous_item_id: previous, item_id: itemId });
    const transcript = this.#responder.nextAnswer.heard ?? this.#transcript(this.#turns) ?? '';
    const turn: Turn = { itemId, audioMs: this.#input.bufferedMs, transcript, respond };
    this.#turns += 1;
    this.#speakingItemId = undefined;
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
    this.#createItem(turn, isTranscribed ? turn.transcript : null);
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
    const previous = previousItemId(this.#context, this.#context.store.insert(item, { audioMs }));
    this.#context.channel.send({ type: 'conversation.item.created', previous_item_id: previous, item });
    return { item, previous };
  }

  #sendTranscript({ itemId, transcript }: Turn): void {
    const { channel, store } = this.#context;
    channel.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: itemId,
      content_index: 0,
      transcript,
    });
    const stored = store.find(itemId);
    if (stored?.item.type !== 'message') return;
    stored.item = { ...stored.item, content: [heardAudio(transcript)] };
  }
}
