import { expect, test } from 'vitest';
import type { DeviceInfo, DeviceKind } from '../../src/devices/audio-host.ts';
import { chooseDevice } from '../../src/devices/choose-device.ts';
import { exitCodes, VoiceloopError } from '../../src/errors.ts';

function device(kind: DeviceKind, id: string, name: string, isDefault = false): DeviceInfo {
  return { kind, id, name, channels: 1, rateHz: 48_000, isDefault };
}

const devices = [
  device('output', 'speaker', 'Laptop Speaker', true),
  device('input', 'usb-1', 'USB Headset Pro'),
  device('input', 'pci-0', 'Built-in Audio', true),
  device('input', 'usb-2', 'USB Headset'),
  device('input', 'Built-in Audio', 'Oddly Named'),
  device('input', 'twin-1', 'Twin'),
  device('input', 'twin-2', 'Twin'),
];

const chosen = (wanted?: string, kind: DeviceKind = 'input') => chooseDevice(devices, kind, wanted).id;

function refusal(wanted?: string, kind: DeviceKind = 'input', among: readonly DeviceInfo[] = devices) {
  try {
    chooseDevice(among, kind, wanted);
  } catch (error) {
    if (error instanceof VoiceloopError) return error;
    throw error;
  }
  throw new Error('a device was chosen');
}

test('takes the default where nothing is wanted, or else the first of the kind', () => {
  expect(chosen()).toBe('pci-0');
  expect(chosen(undefined, 'output')).toBe('speaker');
  expect(chooseDevice(devices.slice(3), 'input').id).toBe('usb-2');
});

test('takes an id before a name, a whole name before a part of one', () => {
  expect(chosen('Built-in Audio')).toBe('Built-in Audio');
  expect(chosen('usb-2')).toBe('usb-2');
  expect(chosen('USB Headset')).toBe('usb-2');
  expect(chosen('usb headset')).toBe('usb-2');
});

test('takes a part of a name that only one has, in small or capital letters', () => {
  expect(chosen('headset p')).toBe('usb-1');
  expect(chosen('ODD')).toBe('Built-in Audio');
});

test('says that there is no device of the kind at all', () => {
  for (const wanted of [undefined, 'Headset']) {
    const error = refusal(wanted, 'output', devices.slice(1));
    expect([error.code, error.kind, error.message]).toEqual([
      'device-none',
      'device',
      'there is no loudspeaker',
    ]);
    expect(error.hint).toBe('plug one in; voiceloop devices lists what there is');
    expect(exitCodes[error.kind]).toBe(6);
  }
});

test('says that none is called so, and what is nearest', () => {
  const error = refusal('hedset');
  expect([error.code, error.message]).toEqual(['device-not-found', 'there is no microphone "hedset"']);
  expect(error.hint).toBe('did you mean Headset? voiceloop devices lists what there is');
  expect(refusal('usb-3').hint).toMatch(/^did you mean usb-[12]\? /);
  expect(refusal('gramophone').hint).toBe('voiceloop devices lists what there is');
});

test('says that what is called so is of the other kind', () => {
  expect(refusal('laptop').reason).toBe('"Laptop Speaker" is a loudspeaker');
  expect(refusal('gramophone').reason).toBeUndefined();
});

test('says which could be meant where several are called so, by their ids where the names are one', () => {
  const error = refusal('headset');
  expect([error.code, error.message]).toEqual([
    'device-ambiguous',
    '"headset" could be any of 2 microphones',
  ]);
  expect(error.reason).toBe('"USB Headset Pro", "USB Headset"');
  expect(error.hint).toBe('give more of the name, or the id; voiceloop devices lists what there is');
  expect(refusal('Twin').reason).toBe('"Twin" (twin-1), "Twin" (twin-2)');
});
