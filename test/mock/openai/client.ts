/** A mock session with OpenAI's dialect around it. */
import type { RealtimeClientEvent } from 'openai/resources/realtime/realtime';
import { OpenAiDialect } from '../../../src/mock/openai/openai-dialect.ts';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { type Frame, Harness } from '../harness.ts';

export class OpenAiClient extends Harness {
  readonly dialect: OpenAiDialect;

  constructor(fields: Partial<Scenario> = {}) {
    const dialect = new OpenAiDialect();
    const scenario = { pipeline: 'native', profile: 'fast', ...fields } as const;
    super(scenario, { transcript: () => 'Is it open?', dialect });
    this.dialect = dialect;
  }

  /** Sends an event that the package's types allow. */
  ask(event: RealtimeClientEvent): void {
    this.send(event);
  }
}

/** Sends session updates one after the other, and returns the last session that came back. */
export async function updated(fields: Partial<Scenario>, ...updates: object[]): Promise<Frame> {
  const client = new OpenAiClient(fields);
  await client.run(async () => {
    for (const session of updates)
      client.send({ type: 'session.update', session: { type: 'realtime', ...session } });
    await client.clock.sleep(1000);
  });
  const errors = client.of('error');
  if (errors.length > 0) throw new Error(errors[0].error.message);
  return client.events.at(-1).session;
}
