import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { regexMaxSize } from '../../resolution/module';
import type { Violation } from '../../resolution/quarantine';
import { expressionsOf, programSize } from '../definition/regex-rule';
import { type ReferenceRule, inService } from '../rule';

/** CS5002: no expression of a Mapping is larger than the Module's `regex_max_size`; that none is larger than Envoy takes is known already. */
export const regexSizeRule: ReferenceRule = (context) => {
  const limit = regexMaxSize(context.definitions);
  if (limit === undefined) return [];
  return inService('Mapping', context).flatMap((mapping) =>
    sizesOf(mapping)
      .filter(({ size }) => size > limit)
      .map(({ path, size }): Violation => {
        const message = `regular expression is invalid: its program has ${size} instructions; the Module allows ${limit}`;
        return {
          diagnostic: diagnostic('CS5002', { message, subject: subjectOf(mapping), location: mapping.at(path) }),
        };
      }),
  );
};

const known = new WeakMap<Definition, ReturnType<typeof measure>>();

function sizesOf(mapping: Definition<'Mapping'>): ReturnType<typeof measure> {
  let sizes = known.get(mapping);
  if (sizes === undefined) {
    sizes = measure(mapping);
    known.set(mapping, sizes);
  }
  return sizes;
}

function measure(mapping: Definition<'Mapping'>) {
  return expressionsOf(mapping).map(([path, expression]) => ({ path, size: programSize(expression) }));
}
