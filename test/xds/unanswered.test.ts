import { Unanswered } from '../../src/xds/unanswered';

const MOST = 256;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function full() {
  const onRoom = jest.fn();
  const unanswered = new Unanswered<number>(onRoom);
  for (let client = 0; client < MOST; client += 1) unanswered.sent(client);
  return { onRoom, unanswered };
}

test('there is room for so many, and each that answers makes room for one', () => {
  const { onRoom, unanswered } = full();
  expect(unanswered.hasRoom).toBe(false);
  expect(onRoom).not.toHaveBeenCalled();
  unanswered.answered(7);
  expect(unanswered.hasRoom).toBe(true);
  expect(onRoom).toHaveBeenCalledTimes(1);
  unanswered.answered(7);
  expect(onRoom).toHaveBeenCalledTimes(1);
});

test('who is sent more counts once', () => {
  const { unanswered } = full();
  unanswered.sent(7);
  unanswered.answered(7);
  expect(unanswered.hasRoom).toBe(true);
});

test('clients that never answer do not keep others waiting, and in the end no timer runs', () => {
  const { onRoom, unanswered } = full();
  jest.advanceTimersByTime(30);
  expect(unanswered.hasRoom).toBe(true);
  expect(onRoom).toHaveBeenCalled();
  expect(jest.getTimerCount()).toBe(0);
});
