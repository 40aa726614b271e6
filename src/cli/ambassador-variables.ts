import { type Environment, variable } from './environment';

/** Variables of Ambassador that do nothing here, and why that is no loss. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  AMBASSADOR_DISABLE_ENDPOINTS: 'endpoints are looked up only where a resolver asks for them',
  AMBASSADOR_EDS_BYPASS: 'a rotated certificate changes no cluster, so there is nothing to work around',
  AMBASSADOR_FAST_RECONFIGURE: 'what did not change is never built again',
  AMBASSADOR_UPDATE_MAPPING_STATUS: 'no status is written to Mappings; /status of the admin port tells it',
  DISABLE_STRICT_LABEL_SELECTORS: 'all labels of a selector must match',
};

/** Variables that speak to the Envoy process, and how to say the same to it. */
const OF_ENVOY: Readonly<Record<string, string>> = {
  AMBASSADOR_DRAIN_TIME: '--drain-time-s',
  AMBASSADOR_ENVOY_BASE_ID: '--base-id',
};

/** What somebody should know who comes with the environment of an Ambassador, a line each. */
export function variableNotices(environment: Environment): readonly string[] {
  const set = (name: string) => variable(name, environment);
  return [
    ...Object.entries(OF_ENVOY).flatMap(([name, flag]) => {
      const value = set(name);
      return value === undefined ? [] : [`${name} has no effect here: start Envoy with ${flag} ${value}`];
    }),
    ...Object.entries(WITHOUT_EFFECT).flatMap(([name, reason]) =>
      set(name) === undefined ? [] : [`${name} has no effect: ${reason}`],
    ),
  ];
}

/** Tells the notices on standard error. */
export function tellNotices(environment: Environment): void {
  for (const notice of variableNotices(environment)) environment.stderr.write(`countersign: ${notice}\n`);
}
