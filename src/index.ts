/**
 * voiceloop: the parts of a voice loop, one by one, for Node, Deno and Bun. See docs/architecture.md for how they fit.
 *
 * @module
 */

// Time, chance, errors
export { type Clock, StalledError, SystemClock, type Timer, VirtualClock } from './clock.ts';
export { type ErrorDetails, type ErrorKind, exitCodes, VoiceloopError } from './errors.ts';
export { type Quantiles, Random } from './random.ts';

// The pipeline: inlets, stages, Web Streams
export { chain } from './pipeline/chain.ts';
export { type Inlet, inlet, type Source, type Stage } from './pipeline/inlet.ts';
export type { Heard, Playback } from './pipeline/playback.ts';
export { type Lateness, Tap } from './pipeline/tap.ts';
export type { Transport, TransportClosed, TransportEvents } from './pipeline/transport.ts';
export { toReadableStream, toTransformStream, toWritableStream } from './pipeline/web-streams.ts';

// Audio: blocks, formats, WAV files, speech
export type { AgentAudio } from './audio/agent-audio.ts';
export { AudibilityMeter } from './audio/audibility.ts';
export { type AudioBlock, durationMs } from './audio/audio-block.ts';
export { FrameClock, type FrameClockOptions } from './audio/frame-clock.ts';
export { EnergyVoiceDetector } from './audio/energy-voice-detector.ts';
export { LevelMeter, type LevelReading } from './audio/level-meter.ts';
export { measureSpeech, type SpeechSegment } from './audio/measure-speech.ts';
export { resampleWhole } from './audio/resample-whole.ts';
export {
  bytesPerSample,
  decodeSamples,
  Dither,
  encodeSamples,
  inputWireFormat,
  outputWireFormat,
  type SampleFormat,
  type WireFormat,
} from './audio/sample-format.ts';
export { type Speech, speechOf } from './audio/speech-segments.ts';
export { VoiceHysteresis, type VoiceEvent, type VoiceHysteresisOptions } from './audio/voice-hysteresis.ts';
export { TimedTrack, type TimedTrackOptions } from './audio/timed-track.ts';
export { StereoRecording, type StereoRecordingOptions, type Track } from './audio/stereo-recording.ts';
export { openWav, type WavReader } from './audio/wav-reader.ts';
export { WavWriter, type WavWriterOptions } from './audio/wav-writer.ts';

// Sound devices
export type {
  AudioHost,
  CapturedBlock,
  DeviceInfo,
  DeviceKind,
  InputOptions,
  InputStream,
  OutputStream,
  StreamOptions,
} from './devices/audio-host.ts';
export { chooseDevice } from './devices/choose-device.ts';
export type { DeviceErrorCode } from './devices/device-error.ts';
export type { DeviceNotice } from './devices/device-notice.ts';
export type { FakeDevice, FakeDeviceOptions } from './devices/fake/fake-device.ts';
export { FakeHost, type FakeHostOptions } from './devices/fake/fake-host.ts';
export type { FakeInput } from './devices/fake/fake-input.ts';
export type { FakeOutput, FakeOutputOptions } from './devices/fake/fake-output.ts';
export { echoInAir, type EchoPath, samplesInAir, type SoundInAir } from './devices/fake/sound-in-air.ts';
export {
  driverNames,
  type DriverName,
  type OpenedHost,
  openHost,
  type OpenHostOptions,
} from './devices/open-host.ts';

// Stages
export {
  type AdjustableResampler,
  adjustableResampler,
  type AdjustableResamplerOptions,
} from './stages/adjustable-resampler.ts';
export { type Bypass, bypass, type BypassOptions } from './stages/bypass.ts';
export { ConnectError } from './stages/connect-error.ts';
export { denoiser, type DenoiserOptions } from './stages/denoiser.ts';
export { loadRnnoise, type Rnnoise } from './stages/denoiser/rnnoise.ts';
export { DeviceCapture, type DeviceCaptureOptions } from './stages/device-capture.ts';
export {
  DeviceSink,
  type DeviceSinkOptions,
  type DeviceSinkOutput,
  type DeviceSinkStatistics,
} from './stages/device-sink.ts';
export { DriftFollower, type DriftFollowerOptions } from './stages/drift-follower.ts';
export {
  type EchoReference,
  echoReference,
  type EchoReferenceOptions,
  type EchoReferenceStatistics,
} from './stages/echo-reference.ts';
export { framePacker, type FramePackerOptions, type UplinkFrame } from './stages/frame-packer.ts';
export {
  type FrameUnpacker,
  frameUnpacker,
  type FrameUnpackerOptions,
  type ReceivedMessage,
} from './stages/frame-unpacker.ts';
export {
  JitterBuffer,
  type JitterBufferObserver,
  type JitterBufferOptions,
  type PlayedRun,
  type PlayoutState,
  type PlayoutStatistics,
  type RecalledRun,
  type Underrun,
} from './stages/jitter-buffer.ts';
export {
  type MemoryTransport,
  memoryTransport,
  type MemoryTransportOptions,
} from './stages/memory-transport.ts';
export { loadLibsamplerate, type LibsamplerateOptions } from './stages/libsamplerate.ts';
export { LookAheadLimiter, type LimiterOptions } from './stages/gain/look-ahead-limiter.ts';
export { type MicrophoneGate, microphoneGate, type MicrophoneGateOptions } from './stages/microphone-gate.ts';
export { PullResampler, type PullResamplerOptions } from './stages/pull-resampler.ts';
export { type PreGain, preGain, type PreGainOptions } from './stages/pre-gain.ts';
export type { RateConversion, RateEngine } from './stages/rate-conversion.ts';
export { resampler, type ResamplerOptions, type ResamplerTier } from './stages/resampler.ts';
export { openSocket, type SocketOptions } from './stages/socket-transport.ts';
export { type PullSource, type SampleTrack, WavSink, type WavSinkOptions } from './stages/wav-sink.ts';
export { type VoiceActivity, voiceActivity, type VoiceActivityOptions } from './stages/voice-activity.ts';
export { type Utterance, WavSource, type WavSourceOptions } from './stages/wav-source.ts';

// Paths
export { describePath, type PathPart } from './paths/describe-path.ts';
export {
  type DeviceDownlink,
  deviceDownlink,
  type DeviceDownlinkOptions,
  type WavDownlink,
  wavDownlink,
  type WavDownlinkOptions,
} from './paths/downlink.ts';
export {
  openUplink,
  planUplink,
  type UplinkOptions,
  type UplinkPlan,
  type UplinkProcessing,
} from './paths/uplink.ts';

// Protocol
export type * from './protocol/events.ts';
export { NetworkLink, type NetworkModel, networkModels, type NetworkName } from './protocol/network-link.ts';
export { redactText, redactUrl } from './protocol/redact.ts';

// The client
export type { Action, ConversationInput, FlushReason, Notice, Turn } from './session/actions.ts';
export { Conversation, type ConversationOptions } from './session/conversation.ts';
export { authHeaders, type Credential, entraCredential } from './session/credentials.ts';
export {
  chatSession,
  type ChatSessionOptions,
  defaultSession,
  type EchoChoice,
  voiceNamed,
} from './session/defaults.ts';
export type { SessionDifference } from './session/effective-session.ts';
export {
  type AgentAddress,
  ECHO_REFERENCE_FEATURE,
  type RealtimeAddress,
  realtimeUrl,
} from './session/endpoint.ts';
export type { LoggedEvent } from './session/event-log.ts';
export type { ReceivedEvent, UnknownEvent } from './session/received-event.ts';
export { Session, type SessionOptions } from './session/session.ts';
export type { SessionClosed, SessionCounters, SessionObserver } from './session/session-observer.ts';
export {
  type Tool,
  ToolCalls,
  type ToolCallsOptions,
  type ToolContext,
  toolDefinitions,
} from './session/tool-calls.ts';

// The mock service
export { type LatencyProfile, latencyProfiles, type ProfileName } from './mock/scenario/latency-profile.ts';
export type { Dialect } from './mock/dialect.ts';
export { type Fault, type FaultName, faultKinds, parseFault } from './mock/faults/faults.ts';
export type { MockFrame } from './mock/frame-outbox.ts';
export { MockSession } from './mock/mock-session.ts';
export type { MockSessionOptions } from './mock/mock-session-options.ts';
export { OpenAiDialect } from './mock/openai/openai-dialect.ts';
export type { MockSessionCounters, MockSessionView } from './mock/server/session-log.ts';
export type { MockTrace } from './mock/mock-trace.ts';
export { loadScenario } from './mock/scenario/load-scenario.ts';
export type {
  AnswerSpeech,
  Scenario,
  ScenarioAnswer,
  ScriptedCall,
  ScriptedEvent,
  ScriptedTurn,
  SpokenAnswer,
} from './mock/scenario/scenario.ts';
export { type MockServer, startMock } from './mock/server/server.ts';
export type { MockServerOptions } from './mock/server/server-options.ts';
export {
  TurnDetector,
  type TurnDetectorOptions,
  type TurnDetectorSettings,
  type TurnEvent,
} from './mock/turn-detection/turn-detector.ts';

// Latency
export { median } from './latency/statistics.ts';
export { latencyTable, type ReportedTurn } from './latency/terminal-report.ts';
export {
  type InterruptionLatency,
  interruptionLatency,
  type InterruptionMarks,
  type TurnLatency,
  turnLatency,
  type TurnMarks,
} from './latency/turn-latency.ts';

// Whole loops
export { Chat } from './loops/chat/chat.ts';
export type { ChatAnswer, ChatInterruption } from './loops/chat/chat-answers.ts';
export type {
  ChatCounters,
  ChatFigures,
  ChatObserver,
  ChatOptions,
  ChatResult,
  ChatState,
} from './loops/chat/chat-options.ts';
export type { TranscriptEntry } from './loops/chat/transcript.ts';
export {
  type DeviceTestOptions,
  type DeviceTestResult,
  type DeviceTestStep,
  testDevices,
} from './loops/device-test.ts';
export { loadProcessing, type ProcessingChoice } from './loops/processing.ts';
export { loadTools } from './loops/tools-module.ts';
export {
  replay,
  type ReplayCounters,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayResult,
} from './loops/replay.ts';
export type { ServiceChoice } from './loops/service.ts';
export { checkSpokenFile, type SpokenFile } from './loops/spoken-file.ts';
export type { TurnOutcome, TurnReport } from './loops/turn-trace.ts';
