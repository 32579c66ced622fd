/**
 * What the host hands to a stream of the driver.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { DeviceInfo, StreamOptions } from '../audio-host.ts';
import type { LatencyPlan } from './portaudio-latency.ts';
import type { PortAudioLibrary, PortAudioStream } from './portaudio-library.ts';

/** What an input or an output of the driver is made of. */
export interface PortAudioParts {
  readonly library: PortAudioLibrary;
  /** Has been started. */
  readonly stream: PortAudioStream;
  readonly clock: Clock;
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  readonly plan: LatencyPlan;
  readonly onLost: StreamOptions['onLost'];
  /** Called once, when the stream is closed for whatever reason. */
  readonly onClosed: () => void;
}
