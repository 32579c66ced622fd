/**
 * The events of the Voice Live wire protocol and the objects inside them, in wire names.
 *
 * Made from `events.table.txt` by `npm run generate:events`; change the table, not this file.
 *
 * @module
 */

export interface ClientSessionUpdate {
  type: 'session.update';
  event_id?: string | null;
  session: RequestSession;
}

export interface ClientSessionAvatarConnect {
  type: 'session.avatar.connect';
  event_id?: string | null;
  client_sdp: string;
}

export interface ClientInputAudioTurnStart {
  type: 'input_audio.turn.start';
  event_id?: string | null;
  turn_id: string;
}

export interface ClientInputAudioTurnAppend {
  type: 'input_audio.turn.append';
  event_id?: string | null;
  turn_id: string;
  audio: string;
}

export interface ClientInputAudioTurnEnd {
  type: 'input_audio.turn.end';
  event_id?: string | null;
  turn_id: string;
}

export interface ClientInputAudioTurnCancel {
  type: 'input_audio.turn.cancel';
  event_id?: string | null;
  turn_id: string;
}

export interface ClientInputAudioClear {
  type: 'input_audio.clear';
  event_id?: string | null;
}

export interface ClientInputTextDelta {
  type: 'input_text.delta';
  event_id?: string | null;
  id: string;
  delta: string;
  content_index?: number | null;
}

export interface ClientInputTextDone {
  type: 'input_text.done';
  event_id?: string | null;
  id: string;
  content_index?: number | null;
}

export interface ClientInputAudioBufferAppend {
  type: 'input_audio_buffer.append';
  event_id?: string | null;
  audio: string;
}

export interface ClientInputAudioBufferCommit {
  type: 'input_audio_buffer.commit';
  event_id?: string | null;
}

export interface ClientInputAudioBufferClear {
  type: 'input_audio_buffer.clear';
  event_id?: string | null;
}

export interface ClientConversationItemCreate {
  type: 'conversation.item.create';
  event_id?: string | null;
  previous_item_id?: string | null;
  item?: ConversationRequestItemUnion | null;
}

export interface ClientConversationItemTruncate {
  type: 'conversation.item.truncate';
  event_id?: string | null;
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}

export interface ClientConversationItemDelete {
  type: 'conversation.item.delete';
  event_id?: string | null;
  item_id: string;
}

export interface ClientResponseCreate {
  type: 'response.create';
  event_id?: string | null;
  response?: ResponseCreateParams | null;
  additional_instructions?: string | null;
}

export interface ClientResponseCancel {
  type: 'response.cancel';
  event_id?: string | null;
  response_id?: string | null;
}

export interface ClientConversationItemRetrieve {
  type: 'conversation.item.retrieve';
  event_id?: string | null;
  item_id: string;
}

export interface ClientOutputAudioBufferClear {
  type: 'output_audio_buffer.clear';
  event_id?: string | null;
}

/** Every event that the client sends, told apart by `type`. */
export type ClientEvent =
  | ClientSessionUpdate
  | ClientSessionAvatarConnect
  | ClientInputAudioTurnStart
  | ClientInputAudioTurnAppend
  | ClientInputAudioTurnEnd
  | ClientInputAudioTurnCancel
  | ClientInputAudioClear
  | ClientInputTextDelta
  | ClientInputTextDone
  | ClientInputAudioBufferAppend
  | ClientInputAudioBufferCommit
  | ClientInputAudioBufferClear
  | ClientConversationItemCreate
  | ClientConversationItemTruncate
  | ClientConversationItemDelete
  | ClientResponseCreate
  | ClientResponseCancel
  | ClientConversationItemRetrieve
  | ClientOutputAudioBufferClear;

/** The `type` of every event that the client sends. */
export const clientEventTypes = [
  'session.update',
  'session.avatar.connect',
  'input_audio.turn.start',
  'input_audio.turn.append',
  'input_audio.turn.end',
  'input_audio.turn.cancel',
  'input_audio.clear',
  'input_text.delta',
  'input_text.done',
  'input_audio_buffer.append',
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'conversation.item.create',
  'conversation.item.truncate',
  'conversation.item.delete',
  'response.create',
  'response.cancel',
  'conversation.item.retrieve',
  'output_audio_buffer.clear',
] as const;

export interface ServerError {
  type: 'error';
  event_id?: string | null;
  error: ServerEventErrorDetails;
}

export interface ServerWarning {
  type: 'warning';
  event_id?: string | null;
  warning: ServerEventWarningDetails;
}

export interface ServerSessionCreated {
  type: 'session.created';
  event_id?: string | null;
  session: ResponseSession;
}

export interface ServerSessionUpdated {
  type: 'session.updated';
  event_id?: string | null;
  session: ResponseSession;
}

export interface ServerSessionAvatarConnecting {
  type: 'session.avatar.connecting';
  event_id?: string | null;
  server_sdp: string;
}

export interface ServerInputAudioBufferCommitted {
  type: 'input_audio_buffer.committed';
  event_id?: string | null;
  previous_item_id?: string | null;
  item_id: string;
}

export interface ServerInputAudioBufferCleared {
  type: 'input_audio_buffer.cleared';
  event_id?: string | null;
}

export interface ServerInputAudioBufferSpeechStarted {
  type: 'input_audio_buffer.speech_started';
  event_id?: string | null;
  audio_start_ms: number;
  item_id: string;
}

export interface ServerInputAudioBufferSpeechStopped {
  type: 'input_audio_buffer.speech_stopped';
  event_id?: string | null;
  audio_end_ms: number;
  item_id: string;
}

export interface ServerConversationItemCreated {
  type: 'conversation.item.created';
  event_id?: string | null;
  previous_item_id?: string | null;
  item?: ResponseItemUnion | null;
}

export interface ServerConversationItemInputAudioTranscriptionCompleted {
  type: 'conversation.item.input_audio_transcription.completed';
  event_id?: string | null;
  item_id: string;
  content_index: number;
  transcript: string;
  logprobs?: LogProbProperties[] | null;
  phrases?: TranscriptionPhrase[] | null;
}

export interface ServerConversationItemInputAudioTranscriptionFailed {
  type: 'conversation.item.input_audio_transcription.failed';
  event_id?: string | null;
  item_id: string;
  content_index: number;
  error: VoiceLiveErrorDetails;
}

export interface ServerConversationItemTruncated {
  type: 'conversation.item.truncated';
  event_id?: string | null;
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}

export interface ServerConversationItemDeleted {
  type: 'conversation.item.deleted';
  event_id?: string | null;
  item_id: string;
}

export interface ServerResponseCreated {
  type: 'response.created';
  event_id?: string | null;
  response: VoiceLiveResponse;
}

export interface ServerResponseDone {
  type: 'response.done';
  event_id?: string | null;
  response: VoiceLiveResponse;
}

export interface ServerResponseOutputItemAdded {
  type: 'response.output_item.added';
  event_id?: string | null;
  response_id: string;
  output_index: number;
  item?: ResponseItemUnion | null;
}

export interface ServerResponseOutputItemDone {
  type: 'response.output_item.done';
  event_id?: string | null;
  response_id: string;
  output_index: number;
  item?: ResponseItemUnion | null;
}

export interface ServerResponseContentPartAdded {
  type: 'response.content_part.added';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  part: ContentPartUnion;
}

export interface ServerResponseContentPartDone {
  type: 'response.content_part.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  part: ContentPartUnion;
}

export interface ServerResponseTextDelta {
  type: 'response.text.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  delta: string;
}

export interface ServerResponseTextDone {
  type: 'response.text.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  text: string;
}

export interface ServerResponseAudioTranscriptDelta {
  type: 'response.audio_transcript.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  delta: string;
}

export interface ServerResponseAudioTranscriptDone {
  type: 'response.audio_transcript.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  transcript: string;
}

export interface ServerResponseAudioDelta {
  type: 'response.audio.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  delta: string;
}

export interface ServerResponseAudioDone {
  type: 'response.audio.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
}

export interface ServerResponseAnimationBlendshapesDelta {
  type: 'response.animation_blendshapes.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  frames: number[][] | string;
  frame_index: number;
}

export interface ServerResponseAnimationBlendshapesDone {
  type: 'response.animation_blendshapes.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
}

export interface ServerResponseAudioTimestampDelta {
  type: 'response.audio_timestamp.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  audio_offset_ms: number;
  audio_duration_ms: number;
  text: string;
  timestamp_type: 'word';
}

export interface ServerResponseAudioTimestampDone {
  type: 'response.audio_timestamp.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
}

export interface ServerResponseAnimationVisemeDelta {
  type: 'response.animation_viseme.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  audio_offset_ms: number;
  viseme_id: number;
}

export interface ServerResponseAnimationVisemeDone {
  type: 'response.animation_viseme.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
}

export interface ServerConversationItemInputAudioTranscriptionDelta {
  type: 'conversation.item.input_audio_transcription.delta';
  event_id?: string | null;
  item_id: string;
  content_index?: number | null;
  delta?: string | null;
  logprobs?: LogProbProperties[] | null;
}

export interface ServerConversationItemRetrieved {
  type: 'conversation.item.retrieved';
  event_id?: string | null;
  item?: ResponseItemUnion | null;
}

export interface ServerResponseFunctionCallArgumentsDelta {
  type: 'response.function_call_arguments.delta';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  call_id: string;
  delta: string;
}

export interface ServerResponseFunctionCallArgumentsDone {
  type: 'response.function_call_arguments.done';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  call_id: string;
  arguments: string;
  name: string;
}

export interface ServerMcpListToolsInProgress {
  type: 'mcp_list_tools.in_progress';
  event_id?: string | null;
  item_id: string;
}

export interface ServerMcpListToolsCompleted {
  type: 'mcp_list_tools.completed';
  event_id?: string | null;
  item_id: string;
}

export interface ServerMcpListToolsFailed {
  type: 'mcp_list_tools.failed';
  event_id?: string | null;
  item_id: string;
}

export interface ServerResponseMcpCallArgumentsDelta {
  type: 'response.mcp_call_arguments.delta';
  event_id?: string | null;
  delta: string;
  item_id: string;
  response_id: string;
  output_index: number;
  obfuscation?: string | null;
}

export interface ServerResponseMcpCallArgumentsDone {
  type: 'response.mcp_call_arguments.done';
  event_id?: string | null;
  item_id: string;
  response_id: string;
  output_index: number;
  arguments?: string | null;
}

export interface ServerResponseMcpCallInProgress {
  type: 'response.mcp_call.in_progress';
  event_id?: string | null;
  item_id: string;
  output_index: number;
}

export interface ServerResponseMcpCallCompleted {
  type: 'response.mcp_call.completed';
  event_id?: string | null;
  item_id: string;
  output_index: number;
}

export interface ServerResponseMcpCallFailed {
  type: 'response.mcp_call.failed';
  event_id?: string | null;
  item_id: string;
  output_index: number;
}

export interface ServerSessionAvatarSwitchToSpeaking {
  type: 'session.avatar.switch_to_speaking';
  event_id?: string | null;
  turn_id?: string | null;
}

export interface ServerSessionAvatarSwitchToIdle {
  type: 'session.avatar.switch_to_idle';
  event_id?: string | null;
  turn_id?: string | null;
}

export interface ServerResponseVideoDelta {
  type: 'response.video.delta';
  event_id?: string | null;
  output_index: number;
  codec: string;
  delta: string;
}

export interface ServerResponseWebSearchCallSearching {
  type: 'response.web_search_call.searching';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  sequence_number: number;
}

export interface ServerResponseWebSearchCallInProgress {
  type: 'response.web_search_call.in_progress';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  sequence_number: number;
}

export interface ServerResponseWebSearchCallCompleted {
  type: 'response.web_search_call.completed';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  sequence_number: number;
}

export interface ServerResponseFileSearchCallSearching {
  type: 'response.file_search_call.searching';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  sequence_number: number;
}

export interface ServerResponseFileSearchCallInProgress {
  type: 'response.file_search_call.in_progress';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  sequence_number: number;
}

export interface ServerResponseFileSearchCallCompleted {
  type: 'response.file_search_call.completed';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  sequence_number: number;
}

export interface ServerOutputAudioBufferCleared {
  type: 'output_audio_buffer.cleared';
  event_id?: string | null;
}

export interface ServerResponseAudioTranscriptAnnotationAdded {
  type: 'response.audio_transcript.annotation.added';
  event_id?: string | null;
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  annotation_index: number;
  annotation: unknown;
}

export interface ServerResponseInvocationDelta {
  type: 'response.invocation.delta';
  event_id?: string | null;
  delta: Record<string, unknown>;
}

export interface ServerConversationItemDone {
  type: 'conversation.item.done';
  event_id?: string | null;
  previous_item_id?: string | null;
  item: ResponseItemUnion;
}

export interface ServerRateLimitsUpdated {
  type: 'rate_limits.updated';
  event_id?: string | null;
  rate_limits: RateLimit[];
}

/** Every event that the service sends, told apart by `type`. */
export type ServerEvent =
  | ServerError
  | ServerWarning
  | ServerSessionCreated
  | ServerSessionUpdated
  | ServerSessionAvatarConnecting
  | ServerInputAudioBufferCommitted
  | ServerInputAudioBufferCleared
  | ServerInputAudioBufferSpeechStarted
  | ServerInputAudioBufferSpeechStopped
  | ServerConversationItemCreated
  | ServerConversationItemInputAudioTranscriptionCompleted
  | ServerConversationItemInputAudioTranscriptionFailed
  | ServerConversationItemTruncated
  | ServerConversationItemDeleted
  | ServerResponseCreated
  | ServerResponseDone
  | ServerResponseOutputItemAdded
  | ServerResponseOutputItemDone
  | ServerResponseContentPartAdded
  | ServerResponseContentPartDone
  | ServerResponseTextDelta
  | ServerResponseTextDone
  | ServerResponseAudioTranscriptDelta
  | ServerResponseAudioTranscriptDone
  | ServerResponseAudioDelta
  | ServerResponseAudioDone
  | ServerResponseAnimationBlendshapesDelta
  | ServerResponseAnimationBlendshapesDone
  | ServerResponseAudioTimestampDelta
  | ServerResponseAudioTimestampDone
  | ServerResponseAnimationVisemeDelta
  | ServerResponseAnimationVisemeDone
  | ServerConversationItemInputAudioTranscriptionDelta
  | ServerConversationItemRetrieved
  | ServerResponseFunctionCallArgumentsDelta
  | ServerResponseFunctionCallArgumentsDone
  | ServerMcpListToolsInProgress
  | ServerMcpListToolsCompleted
  | ServerMcpListToolsFailed
  | ServerResponseMcpCallArgumentsDelta
  | ServerResponseMcpCallArgumentsDone
  | ServerResponseMcpCallInProgress
  | ServerResponseMcpCallCompleted
  | ServerResponseMcpCallFailed
  | ServerSessionAvatarSwitchToSpeaking
  | ServerSessionAvatarSwitchToIdle
  | ServerResponseVideoDelta
  | ServerResponseWebSearchCallSearching
  | ServerResponseWebSearchCallInProgress
  | ServerResponseWebSearchCallCompleted
  | ServerResponseFileSearchCallSearching
  | ServerResponseFileSearchCallInProgress
  | ServerResponseFileSearchCallCompleted
  | ServerOutputAudioBufferCleared
  | ServerResponseAudioTranscriptAnnotationAdded
  | ServerResponseInvocationDelta
  | ServerConversationItemDone
  | ServerRateLimitsUpdated;

/** The `type` of every event that the service sends. */
export const serverEventTypes = [
  'error',
  'warning',
  'session.created',
  'session.updated',
  'session.avatar.connecting',
  'input_audio_buffer.committed',
  'input_audio_buffer.cleared',
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'conversation.item.created',
  'conversation.item.input_audio_transcription.completed',
  'conversation.item.input_audio_transcription.failed',
  'conversation.item.truncated',
  'conversation.item.deleted',
  'response.created',
  'response.done',
  'response.output_item.added',
  'response.output_item.done',
  'response.content_part.added',
  'response.content_part.done',
  'response.text.delta',
  'response.text.done',
  'response.audio_transcript.delta',
  'response.audio_transcript.done',
  'response.audio.delta',
  'response.audio.done',
  'response.animation_blendshapes.delta',
  'response.animation_blendshapes.done',
  'response.audio_timestamp.delta',
  'response.audio_timestamp.done',
  'response.animation_viseme.delta',
  'response.animation_viseme.done',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.retrieved',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'mcp_list_tools.in_progress',
  'mcp_list_tools.completed',
  'mcp_list_tools.failed',
  'response.mcp_call_arguments.delta',
  'response.mcp_call_arguments.done',
  'response.mcp_call.in_progress',
  'response.mcp_call.completed',
  'response.mcp_call.failed',
  'session.avatar.switch_to_speaking',
  'session.avatar.switch_to_idle',
  'response.video.delta',
  'response.web_search_call.searching',
  'response.web_search_call.in_progress',
  'response.web_search_call.completed',
  'response.file_search_call.searching',
  'response.file_search_call.in_progress',
  'response.file_search_call.completed',
  'output_audio_buffer.cleared',
  'response.audio_transcript.annotation.added',
  'response.invocation.delta',
  'conversation.item.done',
  'rate_limits.updated',
] as const;

export interface AgentConfig {
  type: 'agent';
  name: string;
  description?: string | null;
  agent_id: string;
  thread_id: string;
}

export interface Animation {
  model_name?: string | null;
  outputs?: AnimationOutputType[] | null;
}

export interface AssistantMessageItem {
  type: 'message';
  id?: string | null;
  role: 'assistant';
  content: MessageContentPartUnion[];
  status?: ItemParamStatus | null;
}

export interface AudioEchoCancellation {
  type: 'server_echo_cancellation';
  reference_source?: EchoCancellationReferenceSource | null;
  channels?: number | null;
}

export interface AudioInputTranscriptionOptions {
  model: string;
  language?: string | null;
  custom_speech?: Record<string, string> | null;
  phrase_list?: string[] | null;
}

export interface AudioNoiseReduction {
  type: string;
}

export interface AvatarConfig {
  type?: AvatarConfigTypes | null;
  ice_servers?: IceServer[] | null;
  character: string;
  style?: string | null;
  model?: PhotoAvatarBaseModes | null;
  customized: boolean;
  video?: VideoParams | null;
  scene?: Scene | null;
  output_protocol?: AvatarOutputProtocol | null;
  output_audit_audio?: boolean | null;
}

export interface AzureAvatarVoiceSyncVoice {
  type: 'avatar-voice-sync';
  model: PersonalVoiceModels;
  temperature?: number | null;
  custom_lexicon_url?: string | null;
  custom_text_normalization_url?: string | null;
  prefer_locales?: string[] | null;
  locale?: string | null;
  style?: string | null;
  pitch?: string | null;
  rate?: string | null;
  volume?: string | null;
}

export interface AzureCustomVoice {
  type: 'azure-custom';
  name: string;
  endpoint_id: string;
  temperature?: number | null;
  custom_lexicon_url?: string | null;
  custom_text_normalization_url?: string | null;
  prefer_locales?: string[] | null;
  locale?: string | null;
  style?: string | null;
  pitch?: string | null;
  rate?: string | null;
  volume?: string | null;
}

export interface AzurePersonalVoice {
  type: 'azure-personal';
  name: string;
  temperature?: number | null;
  model: PersonalVoiceModels;
  custom_lexicon_url?: string | null;
  custom_text_normalization_url?: string | null;
  prefer_locales?: string[] | null;
  locale?: string | null;
  style?: string | null;
  pitch?: string | null;
  rate?: string | null;
  volume?: string | null;
}

export interface AzureRealtimeNativeVoice {
  type: 'azure-realtime-native';
  name: AzureRealtimeNativeVoiceName;
}

export interface AzureSemanticDetection {
  model: 'semantic_detection_v1';
  threshold_level?: EouThresholdLevel | null;
  timeout_ms?: number | null;
}

export interface AzureSemanticDetectionEn {
  model: 'semantic_detection_v1_en';
  threshold_level?: EouThresholdLevel | null;
  timeout_ms?: number | null;
}

export interface AzureSemanticDetectionMultilingual {
  model: 'semantic_detection_v1_multilingual';
  threshold_level?: EouThresholdLevel | null;
  timeout_ms?: number | null;
}

export interface AzureSemanticVad {
  type: 'azure_semantic_vad';
  threshold?: number | null;
  prefix_padding_ms?: number | null;
  silence_duration_ms?: number | null;
  end_of_utterance_detection?: EouDetectionUnion | null;
  speech_duration_ms?: number | null;
  remove_filler_words?: boolean | null;
  languages?: string[] | null;
  auto_truncate?: boolean | null;
  create_response?: boolean | null;
  interrupt_response?: boolean | null;
}

export interface AzureSemanticVadEn {
  type: 'azure_semantic_vad_en';
  threshold?: number | null;
  prefix_padding_ms?: number | null;
  silence_duration_ms?: number | null;
  end_of_utterance_detection?: EouDetectionUnion | null;
  speech_duration_ms?: number | null;
  remove_filler_words?: boolean | null;
  auto_truncate?: boolean | null;
  create_response?: boolean | null;
  interrupt_response?: boolean | null;
}

export interface AzureSemanticVadMultilingual {
  type: 'azure_semantic_vad_multilingual';
  threshold?: number | null;
  prefix_padding_ms?: number | null;
  silence_duration_ms?: number | null;
  end_of_utterance_detection?: EouDetectionUnion | null;
  speech_duration_ms?: number | null;
  remove_filler_words?: boolean | null;
  languages?: string[] | null;
  auto_truncate?: boolean | null;
  create_response?: boolean | null;
  interrupt_response?: boolean | null;
}

export interface AzureStandardVoice {
  type: 'azure-standard';
  name: string;
  temperature?: number | null;
  custom_lexicon_url?: string | null;
  custom_text_normalization_url?: string | null;
  prefer_locales?: string[] | null;
  locale?: string | null;
  style?: string | null;
  pitch?: string | null;
  rate?: string | null;
  volume?: string | null;
}

export interface Background {
  color?: string | null;
  image_url?: string | null;
}

export interface CachedTokenDetails {
  text_tokens: number;
  audio_tokens: number;
  image_tokens: number;
}

export interface FileSearchResult {
  attributes?: Record<string, string> | null;
  file_id?: string | null;
  filename?: string | null;
  score?: number | null;
  text?: string | null;
}

export interface FunctionCallItem {
  type: 'function_call';
  id?: string | null;
  name: string;
  call_id: string;
  arguments: string;
  status?: ItemParamStatus | null;
}

export interface FunctionCallOutputItem {
  type: 'function_call_output';
  id?: string | null;
  call_id: string;
  output: string;
  status?: ItemParamStatus | null;
}

export interface FunctionTool {
  type: 'function';
  name: string;
  description?: string | null;
  parameters?: unknown | null;
}

export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

export interface InputAudioContentPart {
  type: 'input_audio';
  audio: string;
  transcript?: string | null;
}

export interface InputTextContentPart {
  type: 'input_text';
  text: string;
}

export interface InputTokenDetails {
  cached_tokens: number;
  text_tokens: number;
  audio_tokens: number;
  image_tokens: number;
  cached_tokens_details: CachedTokenDetails;
}

export interface LlmInterimResponseConfig {
  type: 'llm_interim_response';
  triggers?: InterimResponseTrigger[] | null;
  latency_threshold_ms?: number | null;
  model?: string | null;
  instructions?: string | null;
  max_completion_tokens?: number | null;
}

export interface LogProbProperties {
  token: string;
  logprob: number;
  bytes: number[];
}

export interface MCPApprovalResponseRequestItem {
  type: 'mcp_approval_response';
  id?: string | null;
  approval_request_id: string;
  approve: boolean;
}

export interface MCPServer {
  type: 'mcp';
  server_label: string;
  server_url: string;
  authorization?: string | null;
  headers?: Record<string, string> | null;
  allowed_tools?: string[] | null;
  require_approval?: MCPApprovalType | Record<string, string[]> | null;
}

export interface MCPTool {
  name: string;
  description?: string | null;
  input_schema: unknown;
  annotations?: unknown | null;
}

export interface OpenAIVoice {
  type: 'openai';
  name: OAIVoice;
}

export interface OutputTextContentPart {
  type: 'text';
  text: string;
}

export interface OutputTokenDetails {
  text_tokens: number;
  audio_tokens: number;
  reasoning_tokens?: number | null;
}

export interface RequestAudioContentPart {
  type: 'input_audio';
  audio: string;
  transcript?: string | null;
}

export interface RequestImageContentPart {
  type: 'input_image';
  image_url?: string | null;
  detail?: RequestImageContentPartDetail | null;
}

export interface RequestSession {
  model?: string | null;
  modalities?: Modality[] | null;
  animation?: Animation | null;
  voice?: Voice | null;
  instructions?: string | null;
  input_audio_sampling_rate?: number | null;
  input_audio_format?: InputAudioFormat | null;
  output_audio_format?: OutputAudioFormat | null;
  turn_detection?: TurnDetectionUnion | null;
  input_audio_noise_reduction?: AudioNoiseReduction | null;
  input_audio_echo_cancellation?: AudioEchoCancellation | null;
  avatar?: AvatarConfig | null;
  input_audio_transcription?: AudioInputTranscriptionOptions | null;
  output_audio_timestamp_types?: AudioTimestampType[] | null;
  tools?: ToolUnion[] | null;
  tool_choice?: ToolChoice | null;
  temperature?: number | null;
  max_response_output_tokens?: number | 'inf' | null;
  reasoning_effort?: ReasoningEffort | null;
  interim_response?: InterimResponseConfig | null;
  include?: SessionIncludeOption[] | null;
  metadata?: Record<string, string> | null;
}

export interface RequestTextContentPart {
  type: 'input_text';
  text?: string | null;
}

export interface ResponseAudioContentPart {
  type: 'audio';
  transcript?: string | null;
}

export interface ResponseCancelledDetails {
  type: 'cancelled';
  reason: string;
}

export interface ResponseCreateParams {
  commit?: boolean | null;
  cancel_previous?: boolean | null;
  append_input_items?: ConversationRequestItemUnion[] | null;
  input_items?: ConversationRequestItemUnion[] | null;
  modalities?: Modality[] | null;
  instructions?: string | null;
  voice?: Voice | null;
  output_audio_format?: OutputAudioFormat | null;
  tools?: ToolUnion[] | null;
  tool_choice?: string | null;
  temperature?: number | null;
  max_output_tokens?: number | 'inf' | null;
  pre_generated_assistant_message?: AssistantMessageItem | null;
  reasoning_effort?: ReasoningEffort | null;
  metadata?: Record<string, string> | null;
  interim_response?: InterimResponseConfig | null;
  invoke_input?: Record<string, unknown> | null;
}

export interface ResponseFailedDetails {
  type: 'failed';
  error: unknown;
}

export interface ResponseFileSearchCallItem {
  type: 'file_search_call';
  id?: string | null;
  object?: 'realtime.item' | null;
  queries?: string[] | null;
  status: string;
  results?: FileSearchResult[] | null;
}

export interface ResponseFunctionCallItem {
  type: 'function_call';
  id?: string | null;
  object?: 'realtime.item' | null;
  name: string;
  call_id: string;
  arguments: string;
  status: ResponseItemStatus;
}

export interface ResponseFunctionCallOutputItem {
  type: 'function_call_output';
  id?: string | null;
  object?: 'realtime.item' | null;
  call_id: string;
  output: string;
}

export interface ResponseIncompleteDetails {
  type: 'incomplete';
  reason: string;
}

export interface ResponseMCPApprovalRequestItem {
  type: 'mcp_approval_request';
  id?: string | null;
  object?: 'realtime.item' | null;
  arguments?: string | null;
  name: string;
  server_label: string;
}

export interface ResponseMCPApprovalResponseItem {
  type: 'mcp_approval_response';
  id?: string | null;
  object?: 'realtime.item' | null;
  approval_request_id: string;
  approve: boolean;
  reason?: string | null;
}

export interface ResponseMCPCallItem {
  type: 'mcp_call';
  id?: string | null;
  object?: 'realtime.item' | null;
  approval_request_id?: string | null;
  arguments: string;
  server_label: string;
  name: string;
  output?: string | null;
  error?: unknown | null;
}

export interface ResponseMCPListToolItem {
  type: 'mcp_list_tools';
  id?: string | null;
  object?: 'realtime.item' | null;
  tools: MCPTool[];
  server_label: string;
}

export interface ResponseMessageItem {
  type: 'message';
  id?: string | null;
  object?: 'realtime.item' | null;
  role: MessageRole;
  content: ContentPartUnion[];
  status: ResponseItemStatus;
}

export interface ResponseSession {
  model?: string | null;
  modalities?: Modality[] | null;
  animation?: Animation | null;
  voice?: Voice | null;
  instructions?: string | null;
  input_audio_sampling_rate?: number | null;
  input_audio_format?: InputAudioFormat | null;
  output_audio_format?: OutputAudioFormat | null;
  turn_detection?: TurnDetectionUnion | null;
  input_audio_noise_reduction?: AudioNoiseReduction | null;
  input_audio_echo_cancellation?: AudioEchoCancellation | null;
  avatar?: AvatarConfig | null;
  input_audio_transcription?: AudioInputTranscriptionOptions | null;
  output_audio_timestamp_types?: AudioTimestampType[] | null;
  tools?: ToolUnion[] | null;
  tool_choice?: ToolChoice | null;
  temperature?: number | null;
  max_response_output_tokens?: number | 'inf' | null;
  reasoning_effort?: ReasoningEffort | null;
  interim_response?: InterimResponseConfig | null;
  include?: SessionIncludeOption[] | null;
  metadata?: Record<string, string> | null;
  agent?: AgentConfig | null;
  id?: string | null;
  object?: 'realtime.session' | null;
  expires_at?: number | null;
}

export interface ResponseTextContentPart {
  type: 'text';
  text?: string | null;
}

export interface ResponseWebSearchCallItem {
  type: 'web_search_call';
  id?: string | null;
  object?: 'realtime.item' | null;
  status: string;
}

export interface Scene {
  zoom?: number | null;
  position_x?: number | null;
  position_y?: number | null;
  rotation_x?: number | null;
  rotation_y?: number | null;
  rotation_z?: number | null;
  amplitude?: number | null;
}

export interface ServerEventErrorDetails {
  type: string;
  code?: string | null;
  message: string;
  param?: string | null;
  event_id?: string | null;
}

export interface ServerEventWarningDetails {
  message: string;
  code?: string | null;
  param?: string | null;
}

export interface ServerVad {
  type: 'server_vad';
  threshold?: number | null;
  prefix_padding_ms?: number | null;
  silence_duration_ms?: number | null;
  speech_duration_ms?: number | null;
  end_of_utterance_detection?: EouDetectionUnion | null;
  auto_truncate?: boolean | null;
  create_response?: boolean | null;
  interrupt_response?: boolean | null;
}

export interface StaticInterimResponseConfig {
  type: 'static_interim_response';
  triggers?: InterimResponseTrigger[] | null;
  latency_threshold_ms?: number | null;
  texts?: string[] | null;
}

export interface SystemMessageItem {
  type: 'message';
  id?: string | null;
  role: 'system';
  content: MessageContentPartUnion[];
  status?: ItemParamStatus | null;
}

export interface TokenUsage {
  total_tokens: number;
  input_tokens: number;
  output_tokens: number;
  input_token_details: InputTokenDetails;
  output_token_details: OutputTokenDetails;
}

export interface ToolChoiceFunctionSelection {
  type: 'function';
  name: string;
}

export interface TranscriptionPhrase {
  offset_milliseconds: number;
  duration_milliseconds: number;
  text: string;
  words?: TranscriptionWord[] | null;
  locale?: string | null;
  confidence?: number | null;
}

export interface TranscriptionWord {
  text: string;
  offset_milliseconds: number;
  duration_milliseconds: number;
}

export interface UserMessageItem {
  type: 'message';
  id?: string | null;
  role: 'user';
  content: MessageContentPartUnion[];
  status?: ItemParamStatus | null;
}

export interface VideoCrop {
  top_left: number[];
  bottom_right: number[];
}

export interface VideoParams {
  bitrate?: number | null;
  codec?: 'h264' | null;
  crop?: VideoCrop | null;
  resolution?: VideoResolution | null;
  background?: Background | null;
  gop_size?: number | null;
}

export interface VideoResolution {
  width: number;
  height: number;
}

export interface VoiceLiveErrorDetails {
  code?: string | null;
  message: string;
  param?: string | null;
  type?: string | null;
  event_id?: string | null;
}

export interface VoiceLiveResponse {
  id?: string | null;
  object?: 'realtime.response' | null;
  status?: ResponseStatus | null;
  status_details?: ResponseStatusDetailsUnion | null;
  output?: ResponseItemUnion[] | null;
  usage?: TokenUsage | null;
  conversation_id?: string | null;
  voice?: Voice | null;
  modalities?: Modality[] | null;
  output_audio_format?: OutputAudioFormat | null;
  temperature?: number | null;
  max_output_tokens?: number | 'inf' | null;
  metadata?: Record<string, string> | null;
}

export interface RateLimit {
  name: string;
  limit: number;
  remaining: number;
  reset_seconds: number;
}

export type AzureVoiceUnion = AzureCustomVoice | AzureStandardVoice | AzurePersonalVoice | AzureAvatarVoiceSyncVoice;

export type ContentPartUnion = RequestImageContentPart | RequestTextContentPart | RequestAudioContentPart | ResponseTextContentPart | ResponseAudioContentPart;

export type ConversationRequestItemUnion = MessageItemUnion | FunctionCallItem | FunctionCallOutputItem | MCPApprovalResponseRequestItem;

export type EouDetectionUnion = AzureSemanticDetection | AzureSemanticDetectionEn | AzureSemanticDetectionMultilingual;

export type InterimResponseConfig = StaticInterimResponseConfig | LlmInterimResponseConfig;

export type MessageContentPartUnion = InputTextContentPart | InputAudioContentPart | OutputTextContentPart;

export type MessageItemUnion = AssistantMessageItem | SystemMessageItem | UserMessageItem;

export type ResponseItemUnion = ResponseMessageItem | ResponseFunctionCallItem | ResponseFunctionCallOutputItem | ResponseMCPListToolItem | ResponseMCPCallItem | ResponseMCPApprovalRequestItem | ResponseMCPApprovalResponseItem | ResponseWebSearchCallItem | ResponseFileSearchCallItem;

export type ResponseStatusDetailsUnion = ResponseCancelledDetails | ResponseIncompleteDetails | ResponseFailedDetails;

export type ToolChoice = ToolChoiceLiteral | ToolChoiceSelectionUnion;

export type ToolChoiceSelectionUnion = ToolChoiceFunctionSelection;

export type ToolUnion = FunctionTool | MCPServer;

export type TurnDetectionUnion = ServerVad | AzureSemanticVad | AzureSemanticVadEn | AzureSemanticVadMultilingual;

export type Voice = OAIVoice | OpenAIVoice | AzureVoiceUnion | AzureRealtimeNativeVoice;

export type AnimationOutputType = 'blendshapes' | 'viseme_id';

export type AudioTimestampType = 'word';

export type AvatarConfigTypes = 'video-avatar' | 'photo-avatar';

export type AvatarOutputProtocol = 'webrtc' | 'websocket';

export type AzureRealtimeNativeVoiceName = 'aarti' | 'andrew' | 'ava' | 'denise' | 'diya' | 'elsa' | 'florian' | 'francisca' | 'meera' | 'xiaoxiao' | 'yunxi' | 'ximena' | (string & {});

export type EchoCancellationReferenceSource = 'server' | 'client';

export type EouThresholdLevel = 'low' | 'medium' | 'high' | 'default';

export type InputAudioFormat = 'pcm16' | 'g711_ulaw' | 'g711_alaw';

export type InterimResponseTrigger = 'latency' | 'tool';

export type ItemParamStatus = 'completed' | 'incomplete';

export type MCPApprovalType = 'never' | 'always';

export type MessageRole = 'system' | 'user' | 'assistant';

export type Modality = 'text' | 'audio' | 'animation' | 'avatar' | (string & {});

export type OAIVoice = 'alloy' | 'ash' | 'ballad' | 'coral' | 'echo' | 'sage' | 'shimmer' | 'verse' | 'marin' | 'cedar' | (string & {});

export type OutputAudioFormat = 'pcm16' | 'pcm16_8000hz' | 'pcm16_16000hz' | 'g711_ulaw' | 'g711_alaw';

export type PersonalVoiceModels = 'DragonLatestNeural' | 'PhoenixLatestNeural' | 'PhoenixV2Neural' | 'DragonHDOmniLatestNeural' | 'MAI-Voice-1' | (string & {});

export type PhotoAvatarBaseModes = 'vasa-1';

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | (string & {});

export type RequestImageContentPartDetail = 'auto' | 'low' | 'high';

export type ResponseItemStatus = 'in_progress' | 'completed' | 'incomplete';

export type ResponseStatus = 'completed' | 'cancelled' | 'failed' | 'incomplete' | 'in_progress';

export type SessionIncludeOption = 'item.input_audio_transcription.logprobs' | 'item.input_audio_transcription.phrases' | 'file_search_call.results' | (string & {});

export type ToolChoiceLiteral = 'auto' | 'none' | 'required';
