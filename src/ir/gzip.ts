import type { ModuleConfig } from '../resolution/module';

/** Compression of responses; what is absent is left to Envoy. */
export interface Gzip {
  readonly memoryLevel?: number;
  readonly windowBits?: number;
  readonly level?: Exclude<Level, keyof typeof LEVELS>;
  readonly strategy?: Exclude<Strategy, keyof typeof STRATEGIES>;
  /** In bytes. */
  readonly minContentLength?: number;
  /** Media types; empty: Envoy's list. */
  readonly contentTypes: readonly string[];
  readonly notWithEtag: boolean;
  readonly hideAcceptEncoding: boolean;
}

type Config = NonNullable<ModuleConfig['gzip']>;
type Level = NonNullable<Config['compression_level']>;
type Strategy = NonNullable<Config['compression_strategy']>;

/** The words of Envoy's API v2 in those of v3. */
const LEVELS = { DEFAULT: 'DEFAULT_COMPRESSION', SPEED: 'BEST_SPEED', BEST: 'BEST_COMPRESSION' } as const;
const STRATEGIES = { DEFAULT: 'DEFAULT_STRATEGY', HUFFMAN: 'HUFFMAN_ONLY' } as const;

export function gzip(config: Config): Gzip {
  const { compression_level: level, compression_strategy: strategy } = config;
  return {
    ...(config.memory_level !== undefined && { memoryLevel: config.memory_level }),
    ...(config.window_bits !== undefined && { windowBits: config.window_bits }),
    ...(level !== undefined && { level: isOldLevel(level) ? LEVELS[level] : level }),
    ...(strategy !== undefined && { strategy: isOldStrategy(strategy) ? STRATEGIES[strategy] : strategy }),
    ...(config.min_content_length !== undefined && { minContentLength: config.min_content_length }),
    contentTypes: config.content_type ?? [],
    notWithEtag: config.disable_on_etag_header ?? false,
    hideAcceptEncoding: config.remove_accept_encoding_header ?? false,
  };
}

function isOldLevel(level: Level): level is keyof typeof LEVELS {
  return Object.hasOwn(LEVELS, level);
}

function isOldStrategy(strategy: Strategy): strategy is keyof typeof STRATEGIES {
  return Object.hasOwn(STRATEGIES, strategy);
}
