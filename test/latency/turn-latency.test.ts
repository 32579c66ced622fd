import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interruptionLatency, turnLatency } from '../../src/latency/turn-latency.ts';

describe('the latency of a turn', () => {
  test('splits into parts that add up exactly when the server is known', () => {
    const step = fc.integer({ min: 0, max: 3_000_000 }).map((us) => us / 1000);
    fc.assert(
      fc.property(fc.array(step, { minLength: 7, maxLength: 7 }), (steps) => {
        const [uplink = 0, up = 0, endpointing = 0, thinking = 0, down = 0, silence = 0, playout = 0] = steps;
        const speechEndMs = 1000;
        const frameSentMs = speechEndMs + uplink;
        const frameReceivedMs = frameSentMs + up;
        const turnEndedMs = frameReceivedMs + endpointing;
        const firstAudioSentMs = turnEndedMs + thinking;
        const firstAudioMs = firstAudioSentMs + down;
        const latency = turnLatency({
          speechEndMs,
          frameSentMs,
          turnEndedMs: turnEndedMs + down,
          firstAudioMs,
          firstAudibleMs: firstAudioMs + silence + playout,
          leadingSilenceMs: silence,
          server: { frameReceivedMs, turnEndedMs, firstAudioSentMs },
        });
        const {
          uplinkMs = 0,
          networkUpMs = 0,
          endpointingMs = 0,
          thinkingMs = 0,
          networkDownMs = 0,
          playoutMs = 0,
        } = latency;
        const sum = uplinkMs + networkUpMs + endpointingMs + thinkingMs + networkDownMs + silence + playoutMs;
        expect(sum).toBeCloseTo(latency.voiceToVoiceMs ?? Number.NaN, 1);
        expect(latency.clientAddedMs).toBeCloseTo(uplink + playout, 1);
        expect(latency.serverMs).toBeCloseTo(up + endpointing + thinking + down, 1);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('leaves out what cannot be known, and never shows it as zero', () => {
    expect(turnLatency({})).toEqual({});
    expect(turnLatency({ speechEndMs: 10, frameSentMs: 30.5, firstAudioMs: 900 })).toEqual({
      uplinkMs: 20.5,
      serverMs: 869.5,
    });
  });

  test('counts the transcript from the end of the turn', () => {
    expect(turnLatency({ turnEndedMs: 500, transcriptMs: 697 })).toEqual({ transcriptionMs: 197 });
  });
});

describe('the latency of an interruption', () => {
  test('adds noticing and stopping', () => {
    const marks = {
      speechStartMs: 1000,
      noticedMs: 1130,
      lastAudibleMs: 1144,
      audibleMs: 2651.2,
      truncatedAtMs: 2650,
    };
    expect(interruptionLatency(marks)).toEqual({
      noticeMs: 130,
      stopMs: 14,
      interruptionMs: 144,
      truncateErrorMs: -1.2,
    });
  });

  test('takes an answer that had fallen silent before as stopped at once', () => {
    expect(interruptionLatency({ noticedMs: 1130, lastAudibleMs: 1100 })).toEqual({ stopMs: 0 });
  });
});
