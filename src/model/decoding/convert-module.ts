import type { Path } from '../document';
import type { Converted } from './convert-v2';
import { JOINED_LISTS, convertCors } from './convert-v2-cors';
import { type Fields, isFields } from './problem';

const TIME: Path = ['spec', 'config', 'keepalive', 'time'];
/** What says who may come in. */
const GUARDING = ['ip_allow', 'ip_deny'];
const IDLE_TIME: Path = ['spec', 'config', 'keepalive', 'idle_time'];

/**
 * A Module's `config` in the one form that its schema has. To Ambassador it is an untyped dictionary in every version, so that forms
 * mean something there that no other kind has: `keepalive.time` (Emissary reads it by that name), text in place of the lists of
 * `cors`, and nothing at all (null, or for `lua_scripts` an empty list) for a setting that is absent; but not for the lists of
 * addresses, which somebody may have lost.
 */
export function convertModule(converted: Converted): Converted {
  const { spec } = converted;
  const config = isFields(spec) ? spec['config'] : undefined;
  if (!isFields(spec) || !isFields(config)) return converted;
  const { cors, keepalive, lua_scripts: scripts, ...rest } = withoutNothings(config);
  const renames = isFields(keepalive) && Object.hasOwn(keepalive, 'time') && !Object.hasOwn(keepalive, 'idle_time');
  const isNone = scripts === undefined || (Array.isArray(scripts) && scripts.length === 0);
  return {
    spec: {
      ...spec,
      config: {
        ...rest,
        ...(cors !== undefined && { cors: isFields(cors) ? convertCors(cors, JOINED_LISTS) : cors }),
        ...(keepalive !== undefined && { keepalive: renames ? withIdleTime(keepalive) : keepalive }),
        ...(!isNone && { lua_scripts: scripts }),
      },
    },
    problems: converted.problems,
    toDocument: (path) => converted.toDocument(renames && isWithin(IDLE_TIME, path) ? moved(path) : path),
  };
}

function withoutNothings(config: Fields): Fields {
  const present = Object.entries(config).filter(([field, value]) => value !== null || GUARDING.includes(field));
  return Object.fromEntries(present);
}

function withIdleTime({ time, ...keepalive }: Fields): Fields {
  return { ...keepalive, idle_time: time };
}

function isWithin(place: Path, path: Path): boolean {
  return place.every((part, index) => path[index] === part);
}

function moved(path: Path): Path {
  return [...TIME, ...path.slice(TIME.length)];
}
