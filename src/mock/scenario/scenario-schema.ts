/**
 * The form of a scenario file. Its JSON Schema, for editors, is made from it.
 *
 * @module
 */
import * as v from 'valibot';
import { networkNames } from '../../protocol/network-link.ts';
import { faultNames } from '../faults/faults.ts';
import { profileNames } from './latency-profile.ts';
import { momentNames } from './moment.ts';

const wholeMs = (says: string) => v.pipe(v.number(), v.integer(), v.minValue(0), v.description(says));
const words = (says: string) => v.pipe(v.string(), v.description(says));

const occurrence = v.pipe(
  v.union(
    [v.pipe(v.number(), v.integer(), v.minValue(1)), v.literal('every')],
    'Expected a number from 1, or "every"',
  ),
  v.description(
    'Which of the events of this type, counted from 1 in each session; "every" of them. Default 1.',
  ),
);

const call = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty(), v.description('The function.')),
  arguments: v.optional(
    v.pipe(v.record(v.string(), v.unknown()), v.description('Its arguments. Default none.')),
  ),
});

const spoken = {
  text: v.optional(words('What is said, as it is written in the transcript.')),
  wav: v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.description('What it sounds like: a WAV file, relative to this one and inside the folder above it.'),
    ),
  ),
  tone: v.optional(
    v.pipe(
      v.strictObject({
        hz: v.optional(v.pipe(v.number(), v.minValue(20), v.maxValue(11_000), v.description('Default 440.'))),
        ms: v.pipe(v.number(), v.minValue(1), v.maxValue(600_000), v.description('How long it sounds.')),
      }),
      v.description('A tone instead of speech.'),
    ),
  ),
  echo: v.optional(
    v.pipe(v.literal(true), v.description("Says back what the user has just said, in the user's voice.")),
  ),
  calls: v.optional(
    v.pipe(
      v.array(call),
      v.minLength(1, 'Needs at least one call'),
      v.description('Functions that are called, after what is said.'),
    ),
  ),
};

const followUp = v.strictObject(spoken);

const answer = v.strictObject({
  heard: v.optional(
    words('What the user is taken to have said. Default: what the client tells, or nothing.'),
  ),
  ...spoken,
  afterCalls: v.optional(
    v.pipe(
      followUp,
      v.description('The answer once the outputs of all calls are there. Default: the next of the answers.'),
    ),
  ),
});

const turn = v.strictObject({
  startMs: wholeMs('Where speech begins, in milliseconds of audio sent.'),
  endMs: wholeMs('Where it ends.'),
});

const event = v.strictObject({
  at: v.pipe(
    v.picklist(momentNames, 'is no event of the protocol'),
    v.description('The event after which it is sent, of either side; "open" is before the first.'),
  ),
  occurrence: v.optional(occurrence),
  delayMs: v.optional(wholeMs('How long after it. Default 0.')),
  send: v.pipe(
    v.array(v.looseObject({ type: v.pipe(v.string(), v.nonEmpty()) })),
    v.minLength(1, 'Needs at least one event'),
    v.description(
      'Events of any type, as they are. {response_id}, {item_id} and {call_id} in them stand for the last that were sent.',
    ),
  ),
});

const faultEntry = v.strictObject({
  name: v.pipe(
    v.picklist(faultNames, 'is no fault; docs/mock.md lists them'),
    v.description('Which fault; docs/mock.md has the list.'),
  ),
  value: v.optional(
    v.pipe(
      v.union([v.number(), v.string()], 'Expected a number or a code'),
      v.description('A status, a close code, milliseconds, bytes, or a code that the client sees.'),
    ),
  ),
  at: v.optional(
    v.pipe(
      v.picklist(momentNames, 'is no event of the protocol'),
      v.description('The event at which it happens, of either side.'),
    ),
  ),
  occurrence: v.optional(occurrence),
  delayMs: v.optional(wholeMs('How long after it. Default 0.')),
  connections: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description('How many connections it strikes. Default all.'),
    ),
  ),
});

/** A scenario file. */
export const scenarioSchema = v.strictObject({
  $schema: v.optional(words('Where this schema is, for editors.')),
  description: v.optional(words('What the scenario is for.')),
  pipeline: v.optional(
    v.pipe(
      v.picklist(['cascaded', 'native']),
      v.description(
        'Recogniser, model and synthesiser in a row (default), or one model that hears and speaks.',
      ),
    ),
    'cascaded',
  ),
  profile: v.optional(
    v.pipe(v.picklist(profileNames), v.description('How fast the service is. Default typical.')),
    'typical',
  ),
  network: v.optional(
    v.pipe(v.picklist(networkNames), v.description('What lies between. Default clean.')),
    'clean',
  ),
  seed: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(0xffff_ffff),
      v.description('Of ids and delays, where the command line gives none. Default 1.'),
    ),
  ),
  sessionSeconds: v.optional(
    v.pipe(v.number(), v.minValue(1), v.description('How long a session may last. Default 3600.')),
  ),
  oddSplits: v.optional(
    v.pipe(v.boolean(), v.description('Cuts audio inside samples, as the protocol allows. Default false.')),
  ),
  greeting: v.optional(v.pipe(v.strictObject(spoken), v.description('What the agent says first, unasked.'))),
  turns: v.optional(
    v.pipe(
      v.array(turn),
      v.description(
        'When the user speaks, for tests that need it exactly: the audio is then not listened to.',
      ),
    ),
  ),
  answers: v.pipe(
    v.array(answer),
    v.minLength(1, 'Needs at least one answer'),
    v.description('What the agent says: in turn, and then from the first again.'),
  ),
  events: v.optional(v.pipe(v.array(event), v.description('Events that are sent besides.'))),
  faults: v.optional(v.pipe(v.array(faultEntry), v.description('What goes wrong, and when.'))),
});

/** A scenario as it is written. */
export type ScenarioFile = v.InferOutput<typeof scenarioSchema>;

/** What is said, as it is written. */
export type SpokenEntry = v.InferOutput<typeof followUp> & { readonly heard?: string | undefined };
