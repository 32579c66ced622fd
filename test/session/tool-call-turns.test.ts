import { expect, test } from 'vitest';
import { Conversation } from '../../src/session/conversation.ts';
import { created, done, play, speechStarted } from './traces.ts';

const argumentsDone = {
  type: 'response.function_call_arguments.done',
  response_id: 'P',
  item_id: 'C',
  output_index: 0,
  call_id: 'call_1',
  name: 'find_loan',
  arguments: '{ "title": "The Sea" }',
};
const itemDone = (status = 'completed') => ({
  type: 'response.output_item.done',
  response_id: 'P',
  output_index: 0,
  item: {
    id: 'C',
    type: 'function_call',
    call_id: 'call_1',
    name: 'find_loan',
    arguments: '{ "title": "The Sea" }',
    status,
  },
});
const call = {
  kind: 'tool-call',
  responseId: 'P',
  itemId: 'C',
  callId: 'call_1',
  name: 'find_loan',
  arguments: '{ "title": "The Sea" }',
};
const calls = (...trace: Parameters<typeof play>[1]) =>
  play(new Conversation(), trace).turns.filter((turn) => turn.kind === 'tool-call');

test('a call is told once, with whichever event has all of it first', () => {
  expect(calls(created('P'), argumentsDone, itemDone(), done('P'))).toEqual([call]);
  expect(calls(created('P'), itemDone(), argumentsDone, done('P'))).toEqual([call]);
  expect(calls(created('P'), itemDone(), done('P'))).toEqual([call]);
});

test('arguments without a name wait for the item', () => {
  const { name: _, ...nameless } = argumentsDone;
  expect(calls(created('P'), nameless)).toEqual([]);
  expect(calls(created('P'), nameless, itemDone())).toEqual([call]);
});

test('what an interruption left of a call is not run', () => {
  const cut = { ...argumentsDone, arguments: '{ "tit' };
  expect(calls(created('P'), speechStarted(), cut, itemDone('incomplete'))).toEqual([]);
  expect(calls(created('P'), speechStarted(), argumentsDone, itemDone())).toEqual([call]);
});

test('a call with a field that is none is not run', () => {
  const odd = itemDone();
  expect(calls({ ...odd, item: { ...odd.item, arguments: { title: 1 } } })).toEqual([]);
});
