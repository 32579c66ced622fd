/**
 * A chat on virtual sound devices, measured from outside: what it adds between microphone and socket, socket and loudspeaker,
 * how soon it falls silent, how well it knows what was heard, and what it costs.
 *
 *     npm run bench -- chat [--drivers portaudio,pulse] [--turns 8] [--interruptions 30] [--echoes 20] [--minutes 0]
 *
 * Needs what test/sound needs: PulseAudio and its ALSA plugin.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { missingForVirtualAudio } from '../test/sound/virtual-audio.ts';
import { measureEchoes } from './chat/echoes.ts';
import { measureInterruptions } from './chat/interruptions.ts';
import { measureSoak } from './chat/soak.ts';
import { distribution } from './chat/spread.ts';
import { measureTurns } from './chat/turns.ts';

const { values } = parseArgs({
  options: {
    drivers: { type: 'string', default: 'portaudio,pulse' },
    turns: { type: 'string', default: '8' },
    interruptions: { type: 'string', default: '30' },
    echoes: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '0' },
  },
});
const missing = missingForVirtualAudio();
if (missing !== undefined) throw new Error(`there are no virtual sound devices: ${missing}`);

for (const driver of values.drivers.split(',')) {
  console.log(`\n${driver}`);
  if (Number(values.turns) > 0) {
    const turns = await measureTurns(driver, Number(values.turns));
    console.log(`  microphone to socket, beyond a recorder   ${distribution(turns.microphoneToSocketMs)}`);
    console.log(`  last sample of a frame to socket          ${distribution(turns.frameToSocketMs)}`);
    console.log(`  socket to loudspeaker                     ${distribution(turns.socketToSpeakerMs)}`);
    console.log(`  processor time, with children             ${turns.cpuPercent.toFixed(1)} % of a core`);
  }
  if (Number(values.interruptions) > 0) {
    const { stopMs, truncateErrorMs } = await measureInterruptions(driver, Number(values.interruptions));
    console.log(`  silent after speech_started was sent      ${distribution(stopMs)}`);
    console.log(`  truncated later than heard                ${distribution(truncateErrorMs)}`);
  }
  if (Number(values.echoes) > 0) {
    for (const echo of ['off', 'reference'] as const) {
      const { answers, interrupted } = await measureEchoes(driver, echo, Number(values.echoes));
      console.log(`  interrupts itself with --echo ${echo.padEnd(11)} ${interrupted} of ${answers} answers`);
    }
  }
  if (Number(values.minutes) > 0) await measureSoak(driver, Number(values.minutes), console.log);
}
