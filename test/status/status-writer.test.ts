import { StatusWriter } from '../../src/cli/kubernetes/status-writer';
import { type Api, ApiError, type ApiRequest } from '../../src/sources/kubernetes/api';
import type { ObjectWithStatus } from '../../src/sources/kubernetes/object-statuses';
import { RESOURCES } from '../../src/sources/kubernetes/resource';
import { accepted } from '../../src/status/accepted';
import { diagnostic } from '../../src/diagnostics/diagnostic';
import { Closing } from '../support/closing';
import { eventually } from '../support/eventually';

const closing = new Closing();
afterEach(() => closing.close());

const resource = RESOURCES.find(({ kind }) => kind === 'Mapping');
if (resource === undefined) throw new Error('no Mappings');
const object = (name: string): ObjectWithStatus => ({
  resource,
  namespace: 'default',
  name,
  uid: name,
  resourceVersion: '1',
  generation: 1,
  status: {},
});

/** A writer that wants a status of two objects, of which the API refuses the first. */
function writing(refuse: () => Error) {
  const written: string[] = [];
  const troubles: unknown[] = [];
  const json = ({ path }: ApiRequest) => {
    written.push(path.split('/').at(-2) ?? '');
    return path.includes('/refused/') ? Promise.reject(refuse()) : Promise.resolve({});
  };
  const writer = new StatusWriter({
    api: { json } as unknown as Api,
    objects: () => [object('refused'), object('good')],
    wanted: () => {
      rounds += 1;
      return () => ({ conditions: [] });
    },
    isLeader: () => true,
    onTrouble: (error) => troubles.push(error),
  });
  closing.keep(writer);
  let rounds = 0;
  const round = async (number: number) => {
    writer.trigger();
    await eventually(`round ${number}`, () => Promise.resolve(rounds >= number || undefined));
  };
  const times = (name: string) => written.filter((each) => each === name).length;
  return { round, times, troubles };
}

test.each([
  ['gone', 404, 0],
  ['changed meanwhile', 409, 0],
  ['more than the API takes', 422, 1],
])('an object that is %s is left alone, and holds nobody up', async (_what, status, told) => {
  const { round, times, troubles } = writing(() => new ApiError(status, 'no'));
  await round(1);
  await round(2);
  // What the second has to say is said when the third begins.
  await round(3);
  expect([times('refused'), times('good'), troubles.length]).toEqual([1, 1, told]);
});

test('a bug of ours ends the round, and not the process', async () => {
  const { round, times, troubles } = writing(() => new ApiError(404, 'no'));
  const broken = new StatusWriter({
    api: {} as Api,
    objects: () => [],
    wanted: () => {
      throw new TypeError('a bug');
    },
    isLeader: () => true,
    onTrouble: (error) => troubles.push(error),
  });
  closing.keep(broken);
  broken.trigger();
  await eventually('it is told', () => Promise.resolve(troubles.length > 0 || undefined));
  expect(troubles).toMatchObject([{ message: 'a bug' }]);
  await round(1);
  await round(2);
  expect(times('good')).toBe(1);
});

test('no message is longer than a condition may be', () => {
  const finding = (text: string) => diagnostic('CS3001', { message: text.repeat(20_000) });
  const one = accepted([finding('é')]).message;
  expect(one.length).toBeLessThan(1200);
  expect(one).toContain('fix: ');
  const many = accepted(Array.from({ length: 10 }, () => ({ ...finding('x'), fix: 'é'.repeat(5_000) }))).message;
  expect(Buffer.byteLength(many)).toBeLessThan(32_768);
  expect(many).toMatch(/é…$/);
});
