import { expect, test } from 'vitest';
import { inlet } from '../../src/pipeline/inlet.ts';
import type { RequestSession } from '../../src/protocol/events.ts';
import { defaultSession } from '../../src/session/defaults.ts';
import { SentAudio } from '../../src/session/sent-audio.ts';
import { framePacker, type UplinkFrame } from '../../src/stages/frame-packer.ts';

const stereo = { type: 'server_echo_cancellation', reference_source: 'client', channels: 2 } as const;

test.each<[Partial<RequestSession>, number, 1 | 2, 'pcm16' | 'g711_ulaw']>([
  [{}, 24_000, 1, 'pcm16'],
  [{ input_audio_sampling_rate: 16_000 }, 16_000, 1, 'pcm16'],
  [{ input_audio_echo_cancellation: stereo }, 24_000, 2, 'pcm16'],
  [{ input_audio_format: 'g711_ulaw' }, 8_000, 1, 'g711_ulaw'],
])('counts what the frames of a session with %j hold', (fields, rateHz, channels, format) => {
  const sent = new SentAudio({ ...defaultSession(), ...fields });
  const packer = framePacker({ rateHz, channels, format }).open(
    inlet(({ message }: UplinkFrame) => sent.add(message)),
  );
  const samples = new Float32Array(rateHz * channels);
  packer.push({ samples, rateHz, channels, timeMs: 0 });
  expect(sent.uncommittedMs).toBeGreaterThanOrEqual(1000);
  expect(sent.uncommittedMs).toBeLessThan(1015);
  sent.clear();
  expect(sent.uncommittedMs).toBe(0);
});
