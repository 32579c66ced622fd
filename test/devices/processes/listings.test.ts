import { describe, expect, test } from 'vitest';
import { parseAlsaDevices } from '../../../src/devices/processes/alsa-listing.ts';
import {
  parseAudioToolbox,
  parseAvfoundation,
  parseDirectShow,
  parseSourcesOrSinks,
} from '../../../src/devices/processes/ffmpeg-listing.ts';
import { parsePulseDevices, parsePulseServer } from '../../../src/devices/processes/pulse-listing.ts';

const sources = JSON.stringify([
  {
    name: 'alsa_output.pci.monitor',
    description: 'Monitor of Built-in Audio',
    sample_specification: 's16le 2ch 44100Hz',
    properties: { 'device.class': 'monitor' },
  },
  {
    name: 'alsa_input.usb-Jabra',
    description: 'Jabra Speak',
    sample_specification: 's16le 1ch 16000Hz',
    monitor_source: '',
    properties: { 'device.class': 'sound' },
  },
]);

describe('pactl', () => {
  test('gives microphones with their rates, and no monitors', () => {
    expect(parsePulseDevices(sources, 'input', 'alsa_input.usb-Jabra')).toEqual([
      {
        id: 'alsa_input.usb-Jabra',
        name: 'Jabra Speak',
        kind: 'input',
        channels: 1,
        rateHz: 16_000,
        isDefault: true,
      },
    ]);
  });

  test('gives a monitor that is the default', () => {
    const [first] = parsePulseDevices(sources, 'input', 'alsa_output.pci.monitor');
    expect(first).toMatchObject({ id: 'alsa_output.pci.monitor', isDefault: true });
  });

  test('gives the server and its defaults, which may be missing', () => {
    const info = {
      server_name: 'PulseAudio (on PipeWire 1.0)',
      server_version: '15.0.0',
      default_sink_name: 'a',
    };
    expect(parsePulseServer(JSON.stringify(info))).toEqual({
      name: 'PulseAudio (on PipeWire 1.0)',
      version: '15.0.0',
      defaultInput: '',
      defaultOutput: 'a',
    });
    expect(() => parsePulseServer('Connection failure')).toThrow();
  });
});

test('arecord -L gives the default, servers and cards with conversion', () => {
  const text = `null
    Discard all samples (playback) or generate zero samples (capture)
default
    Playback/recording through the PulseAudio sound server
pulse
    PulseAudio Sound Server
hw:CARD=PCH,DEV=0
    HDA Intel PCH, ALC257 Analog
    Direct hardware device without any conversions
plughw:CARD=PCH,DEV=0
    HDA Intel PCH, ALC257 Analog
    Hardware device with all software conversions
dsnoop:CARD=PCH,DEV=0
    HDA Intel PCH, ALC257 Analog
`;
  expect(parseAlsaDevices(text, 'input').map(({ id, name, isDefault }) => [id, name, isDefault])).toEqual([
    ['default', 'default (Playback/recording through the PulseAudio sound server)', true],
    ['pulse', 'pulse (PulseAudio Sound Server)', false],
    ['plughw:CARD=PCH,DEV=0', 'HDA Intel PCH, ALC257 Analog', false],
  ]);
});

describe('ffmpeg', () => {
  test('-sources marks the default with a star, and monitors are left out', () => {
    const text = `Auto-detected sources for pulse:
  speaker.monitor [Monitor of VirtualSpeaker] (none)
* mic [VirtualMic [USB]] (none)
  echo [VirtualEcho] (audio)
`;
    expect(
      parseSourcesOrSinks(text, 'input').map(({ id, name, isDefault }) => [id, name, isDefault]),
    ).toEqual([
      ['mic', 'VirtualMic [USB]', true],
      ['echo', 'VirtualEcho', false],
    ]);
  });

  test('AVFoundation has cameras first', () => {
    const text = `[AVFoundation indev @ 0x7cf5010140] AVFoundation video devices:
[AVFoundation indev @ 0x7cf5010140] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7cf5010140] AVFoundation audio devices:
[AVFoundation indev @ 0x7cf5010140] [0] MacBook Air Microphone
[AVFoundation indev @ 0x7cf5010140] [1] USB Audio Device
[in#0 @ 0x7cf5010000] Error opening input: Input/output error`;
    expect(parseAvfoundation(text).map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['MacBook Air Microphone', true],
      ['USB Audio Device', false],
    ]);
    expect(parseAvfoundation('no such thing')).toEqual([]);
  });

  test('AudioToolbox has an index and a lasting name for each', () => {
    const text = `[AudioToolbox @ 0x600000910a50] CoreAudio devices:
[AudioToolbox @ 0x600000910a50] [0]                         (null), 4C2D1971-0000
[AudioToolbox @ 0x600000910a50] [1] Webcam Audio, AppleUSBAudioEngine:ELECTRONIC CO., LTD:3
[AudioToolbox @ 0x600000910a50] [2]              Mac mini Speakers, BuiltInSpeakerDevice`;
    expect(
      parseAudioToolbox(text).map(({ index, id, name, isDefault }) => [index, id, name, isDefault]),
    ).toEqual([
      [-1, 'default', 'the default loudspeaker', true],
      [1, 'AppleUSBAudioEngine:ELECTRONIC CO., LTD:3', 'Webcam Audio', false],
      [2, 'BuiltInSpeakerDevice', 'Mac mini Speakers', false],
    ]);
  });

  test.each([
    [
      'sections',
      `[dshow @ 00a] DirectShow video devices (some may be both video and audio devices)
[dshow @ 00a]  "Integrated Webcam"
[dshow @ 00a]     Alternative name "@device_pnp_1"
[dshow @ 00a] DirectShow audio devices
[dshow @ 00a]  "Microphone Array (Realtek(R) Audio)"
[dshow @ 00a]     Alternative name "@device_cm_2"
dummy: Immediate exit requested`,
    ],
    [
      'marks',
      `[dshow @ 00a] "Integrated Webcam" (video)
[dshow @ 00a]   Alternative name "@device_pnp_1"
[dshow @ 00a] "Microphone Array (Realtek(R) Audio)" (audio)
[dshow @ 00a]   Alternative name "@device_cm_2"`,
    ],
  ])('DirectShow’s microphones are found by %s', (_by, text) => {
    expect(parseDirectShow(text).map(({ id }) => id)).toEqual(['Microphone Array (Realtek(R) Audio)']);
  });
});
