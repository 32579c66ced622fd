/**
 * What the mock shows over plain HTTP: that it is there, and what its sessions do.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit, hasKey, queryOf } from './handshake.ts';
import type { MockSessionView } from './session-log.ts';

/** What there is to show. */
export interface HttpViews {
  readonly key: string | undefined;
  readonly sessions: () => readonly MockSessionView[];
}

/** Answers `GET /health`, `/sessions` and `/sessions/NAME`; says what is wrong with everything else. */
export function answerHttp(request: IncomingMessage, response: ServerResponse, views: HttpViews): void {
  const [status, body] = view(request, views);
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
}

function view(request: IncomingMessage, { key, sessions }: HttpViews): [status: number, body: object] {
  const { url = '/', headers, method } = request;
  const [path = '', search] = url.split('?', 2);
  const isRead = method === 'GET' || method === 'HEAD';
  if (path === '/health' && isRead) {
    const open = sessions().filter(({ closed }) => !closed).length;
    return [200, { schema: 'voiceloop.mock-health/1', status: 'ok', openSessions: open }];
  }
  if ((path === '/sessions' || path.startsWith('/sessions/')) && isRead) {
    if (!hasKey(headers, queryOf(search), key)) return failed(401, 'The key is missing or wrong.');
    if (path === '/sessions') {
      return [200, { schema: 'voiceloop.mock-sessions/1', sessions: sessions().map(summary) }];
    }
    const name = path.slice('/sessions/'.length);
    const session = sessions().find((each) => each.name === name);
    if (!session) return failed(404, `There is no session "${name}".`);
    return [200, { schema: 'voiceloop.mock-session/1', ...summary(session), frames: session.frames }];
  }
  const admission = admit(url, headers, { key, isFull: false });
  return admission.isAdmitted
    ? failed(426, 'Connect with a WebSocket.')
    : failed(admission.status, admission.message);
}

function failed(status: number, message: string): [status: number, body: object] {
  return [status, errorBody(status, message)];
}

/** How the service words a refusal over HTTP. */
export function errorBody(status: number, message: string): object {
  return { error: { code: String(status), message } };
}

function summary({
  name,
  dialect,
  model,
  apiVersion,
  openedAtMs,
  closed,
  counters,
  forgottenFrames,
}: MockSessionView) {
  return { name, dialect, model, apiVersion, openedAtMs, closed: closed ?? null, counters, forgottenFrames };
}
