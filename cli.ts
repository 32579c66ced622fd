#!/usr/bin/env node
import module from 'node:module';
import { cac } from 'cac';
import packageJson from './package.json' with { type: 'json' };
import { addCommonFlags, runCommandLine } from './src/commands/command-line.ts';

// Node strips the types of every source file at each start unless it may keep the result; the others need no such help.
module.enableCompileCache?.();

const cli = cac('voiceloop');

cli
  .command('chat', 'Talk with a voice agent: microphone, loudspeaker, and what it takes between them')
  .option('--mock [scenario]', 'Talk to the embedded mock, to try it without Azure')
  .option('--endpoint <url>', 'The service, as https://RESOURCE.services.ai.azure.com')
  .option('--model <name>', 'The model that answers (default: gpt-realtime)')
  .option('--agent <name>', 'An agent of a Foundry project that answers in its place; needs --project')
  .option('--project <name>', 'The project of the agent')
  .option('--voice <name>', 'The voice of the answers (default: en-US-Ava:DragonHDLatestNeural)')
  .option('--instructions <text>', 'What the model is told to be')
  .option('--greeting <text>', 'What the agent says first')
  .option('--input-device <device>', 'The microphone, by its id or a part of its name (default: the default)')
  .option('--output-device <device>', 'The loudspeaker, likewise')
  .option(
    '--driver <name>',
    'What reaches the devices: auto, portaudio, pulse, alsa or ffmpeg (default: auto)',
  )
  .option('--denoise', 'Take noise out here instead of at the service')
  .option(
    '--gain <auto|dB>',
    'Make the microphone louder by so much, or every voice as loud, without clipping',
  )
  .option(
    '--echo <mode>',
    'Who keeps the agent from hearing itself: server, reference (sends what is played along), half-duplex (the microphone is closed while it speaks) or off (default: server)',
  )
  .option('--push-to-talk', 'The agent hears what is said between two presses of the space bar')
  .option('--tools <file>', 'Functions that the model may call: a module whose default export lists them')
  .option('--record <folder>', 'Keep both sides as stereo WAV, the events, and the transcript')
  .option('--events <file>', 'Write every event, both ways, as JSON lines with their times')
  .option('--log <file>', 'Append a line with the time of day for each connection and event')
  .option('--text', 'In writing only, without sound devices')
  .example((name) => `  $ ${name} chat --mock`)
  .example((name) => `  $ ${name} chat --echo reference --denoise --record talk`)
  .action(async (flags: Record<string, unknown>) => {
    const { chatCommand } = await import('./src/commands/chat.ts');
    await chatCommand(flags);
  });

cli
  .command(
    'replay <...WAV>',
    'Say WAV files to a voice service, hear its answers, and see where the milliseconds went',
  )
  .option('--mock [scenario]', 'Answer from the embedded mock (the default without an endpoint)')
  .option(
    '--endpoint <url>',
    'The service, as https://RESOURCE.services.ai.azure.com, or a mock, as http://127.0.0.1:PORT',
  )
  .option('--model <name>', 'The model that answers (default: gpt-realtime)')
  .option(
    '--clock <real|virtual>',
    'Real time over a socket, or as fast as the machine allows (default: real)',
  )
  .option('--turn-gap <ms>', 'Pause between the end of an answer and the next file (default: 600)')
  .option('--barge-in <ms>', 'Say the next file this long after an answer is first heard, over it')
  .option('--out <file>', 'Record the user to the left and the agent to the right of a WAV file')
  .option('--events <file>', 'Write every event, both ways, as JSON lines with their times')
  .option('--resampler <name>', 'What changes the rate: kernel or libsamplerate (default: kernel)')
  .option('--denoise', 'Take noise out before the service hears it')
  .option('--gain <auto|dB>', 'Make the sound louder by so much, or every voice as loud, without clipping')
  .option('--repeat <n>', 'Hold the whole conversation n times (default: 1)')
  .example((name) => `  $ ${name} replay fixtures/opening-hours.wav --out answer.wav`)
  .example((name) => `  $ ${name} replay fixtures/opening-hours.wav --clock virtual --seed 7 --json`)
  .action(async (files: string[], flags: Record<string, unknown>) => {
    const { replayCommand } = await import('./src/commands/replay.ts');
    await replayCommand(files, flags);
  });

cli
  .command(
    'mock [SCENARIO]',
    'Serve a voice service on this machine that listens, answers, and can be interrupted',
  )
  .option('--host <address>', 'Address to listen on (default: 127.0.0.1)')
  .option('--port <n>', 'Port to listen on; 0 takes a free one (default: 8765)')
  .option(
    '--profile <name>',
    'How fast it answers: fast, typical, slow or spiky (default: as the scenario says)',
  )
  .option(
    '--network <name>',
    'What lies between: clean, wifi, mobile, congested or stalls (default: as the scenario says)',
  )
  .option(
    '--fault <name>',
    'What goes wrong, as NAME[=VALUE][@EVENT[#N]][+MS][/CONNECTIONS]; may be given several times',
  )
  .option('--tls', 'Serve wss:// with a certificate of its own making')
  .option('--max-sessions <n>', 'Refuse more sessions than this with 429 (default: 512)')
  .example((name) => `  $ ${name} mock --port 8765`)
  .example((name) => `  $ ${name} mock long-answer --fault close=1011@response.audio.delta#5 --json`)
  .action(async (scenario: string | undefined, flags: Record<string, unknown>) => {
    const { mockCommand } = await import('./src/commands/mock.ts');
    await mockCommand(scenario, flags);
  });

cli
  .command('devices', 'List microphones and loudspeakers, and try them')
  .option(
    '--driver <name>',
    'What reaches the devices: auto, portaudio, pulse, alsa or ffmpeg (default: auto)',
  )
  .option('--input-device <device>', 'A microphone, by its id or a part of its name (default: the default)')
  .option('--output-device <device>', 'A loudspeaker, likewise')
  .option('--test', 'Play two notes, and measure the level and the round trip through a loopback')
  .example((name) => `  $ ${name} devices --verbose`)
  .example((name) => `  $ ${name} devices --test --json`)
  .action(async (flags: Record<string, unknown>) => {
    const { devicesCommand } = await import('./src/commands/devices.ts');
    await devicesCommand(flags);
  });

cli
  .command(
    'doctor',
    'Check runtime, sound, settings and where each came from, sign-in, clock and a handshake',
  )
  .option(
    '--endpoint <url>',
    'The service, as https://RESOURCE.services.ai.azure.com, or a mock, as http://127.0.0.1:PORT',
  )
  .option('--model <name>', 'The model that answers (default: gpt-realtime)')
  .option(
    '--driver <name>',
    'What reaches the devices: auto, portaudio, pulse, alsa or ffmpeg (default: auto)',
  )
  .example((name) => `  $ ${name} doctor`)
  .example((name) => `  $ ${name} doctor --endpoint http://127.0.0.1:8765 --json`)
  .action(async (flags: Record<string, unknown>) => {
    const { doctorCommand } = await import('./src/commands/doctor.ts');
    await doctorCommand(packageJson.version, flags);
  });

addCommonFlags(cli, packageJson.version);
await runCommandLine(cli, process.argv);
